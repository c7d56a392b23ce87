"""What else can be tried at an address: ids that are none, HEAD for GET, tokens with one scope each."""

from collections.abc import Iterator

from django.utils import timezone

from backend.accounts.commands import SCOPES, issue_api_token
from backend.privacy.access.api import READ_SCOPES
from backend.privacy.access.matrix import ADDRESSES, operations, parameters_of
from backend.privacy.access.operations import Answer, Operation
from backend.privacy.access.readers import Reader
from tests.access.asking import Asking, address_of, body_of
from tests.access.walking import Walk, expected_of

MALFORMED = (
    "0",
    "x" * 300,
    "01a00000-0000-7000-8000-00000000dea",
    "01a00000-0000-7000-8000-00000000dead%00",
    "..%2F..%2Fetc%2Fpasswd",
    "'%20OR%201=1--",
    "%F0%9F%98%80",
)


def ids_that_are_none(result: Walk, asking: Asking) -> None:
    """Nothing answers there, to nobody."""
    for address in ADDRESSES:
        names = [f"<{kind}:{name}>" for kind, name in parameters_of(address.path) if kind == "uuid"]
        for malformed in MALFORMED if names else ():
            path = address.path
            for name in names:
                path = path.replace(name, malformed)
            path = path.replace("<slug:slug>", "wege")
            for method in address.methods:
                for reader in Reader:
                    heard = asking.at(method, f"/{path}", reader)
                    what = f"{method} {path[:60]} as {reader}"
                    result.note(what, heard, frozenset({Answer.ABSENT}))


def heads(result: Walk, asking: Asking) -> None:
    """HEAD hears what GET hears, and no word of it."""
    for operation in _read():
        for whose in operation.sides():
            for reader in Reader:
                case = asking.town.case(whose)
                heard = asking.at("HEAD", address_of(operation, reader, case), reader)
                expected = expected_of(operation, operation.answer(reader, whose))
                name = f"HEAD {operation.path} as {reader}, {whose}"
                if result.note(name, heard, expected) and heard.text:
                    result.deviations.append(f"{name}: a body")


def _read() -> Iterator[Operation]:
    return (operation for operation in operations() if operation.method == "GET")


def tokens(result: Walk, asking: Asking) -> None:
    """A token may what its reader may, as far as its one scope goes."""
    for reader in (Reader.COORDINATOR, Reader.CONFIRMED, Reader.REQUESTER):
        user = asking.town.readers[reader]
        assert user is not None
        for scope in SCOPES:
            made = {"name": scope, "scopes": (scope,), "days": 1, "is_strong": True}
            issued = issue_api_token(**made, by=user, now=timezone.now())
            headers = {"authorization": f"Bearer {issued.secret}"}
            for operation in operations():
                if operation.is_api and operation.path != "api/" and not operation.by_others:
                    case = asking.town.own
                    body = body_of(operation, reader, case)
                    address = address_of(operation, reader, case)
                    heard = asking.at(operation.method, address, Reader.STRANGER, headers=headers, **body)
                    expected = _with(operation, reader, scope)
                    name = f"{operation.method} {operation.path} as {reader} with {scope}"
                    result.note(name, heard, frozenset({expected}))


def _with(operation: Operation, reader: Reader, scope: str) -> Answer:
    """What a token of that one scope hears."""
    read = operation.method == "GET"
    wanted = READ_SCOPES.get(operation.path, ("read",)) if read else operation.scopes
    return operation.answer(reader) if scope in wanted else Answer.FORBIDDEN
