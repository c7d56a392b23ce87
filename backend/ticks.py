"""How does the clock act on many rows, when one of them refuses or breaks?"""

import logging
from collections.abc import Callable, Iterable
from traceback import extract_tb
from typing import TypeVar
from uuid import UUID

from backend import stopping
from backend.errors import DomainError

logger = logging.getLogger(__name__)
Id = TypeVar("Id", bound=UUID | None)


def each(ids: Iterable[Id], act: Callable[[Id], object]) -> int:
    """Act on every row; one that refuses or breaks stops no other, and is due again at the next tick.

    How many broke. A process that is asked to stop begins no further row.
    """
    broken = 0
    for pk in list(ids):
        if stopping.is_asked():
            break
        try:
            act(pk)
        except DomainError as error:
            logger.info("skipped id=%s code=%s", pk, error.code)
        except Exception as error:
            # Type and place, not the text or the traceback: psycopg's DETAIL carries values.
            place = extract_tb(error.__traceback__)[-1]
            logger.error(
                "failed id=%s error=%s at=%s:%s", pk, type(error).__name__, place.filename, place.lineno
            )
            broken += 1
    return broken
