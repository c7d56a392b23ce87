"""The whole table of operations, and whether it knows every address there is."""

import re
from collections.abc import Iterable, Iterator

from backend.privacy.access.account_pages import ACCOUNT, OF_APPS
from backend.privacy.access.api import API
from backend.privacy.access.operations import Address, Operation
from backend.privacy.access.pages import PAGES

ADDRESSES: tuple[Address, ...] = (*PAGES, *ACCOUNT, *API)
PARAMETER = re.compile(r"<(\w+):(\w+)>")


def operations() -> Iterator[Operation]:
    """Every operation of every address."""
    for address in ADDRESSES:
        yield from address.operations()


def parameters_of(path: str) -> list[tuple[str, str]]:
    """(converter, name) of what the address names."""
    return PARAMETER.findall(path)


def unknown(paths: Iterable[str]) -> list[str]:
    """The addresses that the table does not know; and, with a note, those it knows and that are not there."""
    there = {path for path in paths if not path.startswith(OF_APPS)}
    known = {address.path for address in ADDRESSES}
    return [
        *sorted(there - known),
        *(f"{path} (no longer there)" for path in sorted(known - there)),
    ]
