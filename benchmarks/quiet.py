"""How loud is the product's log while a bench runs?"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def logged_above(level: int) -> Iterator[None]:
    """Only lines above this level are made (logging.NOTSET: all of them); afterwards it is as before."""
    before = logging.root.manager.disable
    logging.disable(level)
    try:
        yield
    finally:
        logging.disable(before)
