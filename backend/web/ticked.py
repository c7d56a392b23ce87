"""Which boxes of a list were ticked?"""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpRequest


def ticked(request: HttpRequest, name: str) -> list[UUID]:
    """The ids sent under this name; whatever is no id was not sent by our pages, and is left out."""
    return list(_ids(request.POST.getlist(name)))


def _ids(values: list[str]) -> Iterator[UUID]:
    for value in values:
        try:
            yield UUID(value)
        except ValueError:
            continue
