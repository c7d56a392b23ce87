"""The walk: every operation, as every reader, at every side's things; what was heard, and which marks stood in it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.privacy.access.fields import BY_LINK, HAND_OUTS
from backend.privacy.access.matrix import ADDRESSES, operations
from backend.privacy.access.operations import Address, Answer, Operation, Whose
from backend.privacy.access.readers import Reader
from tests.access.asking import Asking, Heard, address_of
from tests.access.marks import marks_in

READ_ALSO = {
    "help_request": "api/v1/help-requests/<uuid:id>",
    "assignment": "api/v1/assignments/<uuid:id>",
    "pilot": "api/v1/pilots/<uuid:id>/identity",
}
READABLE = {operation.path: operation for operation in operations() if operation.method == "GET"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# allauth's pages say by themselves who may go on; that they let no stranger in and break for nobody is looked at.
THEIRS = frozenset({Answer.LET_IN, Answer.SIGN_IN, Answer.FORBIDDEN, Answer.ABSENT, Answer.NO_METHOD})


@dataclass
class Walk:
    """What came of it."""

    checks: int = 0
    deviations: list[str] = field(default_factory=list)
    done: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Operation -> what those heard who were let in."""
    seen: dict[Reader, dict[str, dict[str, set[str]]]] = field(default_factory=dict)
    """Reader -> case -> field -> the operations that told it."""
    by_link: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    """Address with a secret -> case -> the fields it told whoever held it."""

    def note(self, what: str, heard: Heard, expected: frozenset[Answer]) -> bool:
        """Count one check; whether it was as expected."""
        self.checks += 1
        fits = heard.answer in expected
        if not fits:
            wanted = " or ".join(sorted(expected))
            self.deviations.append(f"{what}: {heard.status} {heard.location} instead of {wanted}")
        return fits

    def told(self, asking: Asking, reader: Reader, operation: Operation, heard: Heard) -> None:
        """Note whose marks stood in an answer."""
        marks = marks_in(heard.text)
        for case in (asking.town.own, asking.town.beside, asking.town.foreign):
            found = case.marks.among(marks)
            if operation.path in HAND_OUTS:
                continue
            if operation.path in BY_LINK:
                self.by_link[operation.path][case.tag] |= found - case.marks.among(asking.own_marks(reader))
                continue
            for name in found:
                where = self.seen.setdefault(reader, {}).setdefault(case.tag, {})
                where.setdefault(name, set()).add(f"{operation.method} {operation.path}")


def walk(asking: Asking, *, whole: bool = False) -> Walk:
    """All of it; in the short form one method that is not there is tried at each address, by some only."""
    result = Walk()
    for turn, operation in enumerate(operations()):
        for whose in operation.sides():
            for number, reader in enumerate(Reader):
                # Where the gate is closed nobody looks at what is named; and of those who stand before it, by turns
                # every third one tries, since nearly all of the time is theirs.
                tries = reader in operation.gate or (whose is Whose.OWN and (turn + number) % 3 == 0)
                if whole or tries:
                    look(result, asking, operation, reader, whose)
    for reader in Reader:
        _read_all(result, asking, reader)
    for turn, address in enumerate(ADDRESSES):
        missing = list(_missing(address))
        if missing and not whole:  # one of them, and another one at the next address
            missing = [missing[turn % len(missing)]]
        for method in missing:
            for reader in asked_in_vain(address, whole=whole):
                _try(result, asking, address, method, reader)
    return result


def asked_in_vain(address: Address, *, whole: bool) -> list[Reader]:
    """Who tries the methods that are not there: everybody, or in the short form one of each that hears the same."""
    first = {address.without_method(reader): reader for reader in reversed(Reader)}
    return list(Reader) if whole else list(first.values())


def _read_all(result: Walk, asking: Asking, reader: Reader) -> None:
    """Every request, assignment and pilot there is, one by one, so that nothing is hidden by which one was named."""
    for kind, path in READ_ALSO.items():
        operation = READABLE[path]
        for case in (asking.town.own, asking.town.beside, asking.town.foreign):
            for pk in case.all_of(kind):
                query = "?reason=contact" if path.endswith("identity") else ""
                address = f"/{path}{query}".replace("<uuid:id>", str(pk))
                heard = asking.at("GET", address, reader)
                result.note(f"GET {address} as {reader}", heard, THEIRS)
                result.told(asking, reader, operation, heard)


def look(result: Walk, asking: Asking, operation: Operation, reader: Reader, whose: Whose) -> None:
    heard = asking.hear(operation, reader, whose)
    name = f"{operation.method} {operation.path}"
    expected = operation.answer(reader, whose)
    fits = result.note(f"{name} as {reader}, {whose}", heard, expected_of(operation, expected))
    if fits and heard.answer is Answer.LET_IN:
        result.done[name].add(heard.status)
    result.told(asking, reader, operation, heard)


def expected_of(operation: Operation, answer: Answer) -> frozenset[Answer]:
    """What may be heard; at pages of others more than one thing, but never an open door for strangers."""
    if not operation.by_others:
        return frozenset({answer})
    return THEIRS if answer is Answer.LET_IN else THEIRS - {Answer.LET_IN}


def _missing(address: Address) -> Iterator[str]:
    """The methods that no row of the table knows at this address."""
    known = {method for row in ADDRESSES if row.path == address.path for method in row.methods}
    first = next(row for row in ADDRESSES if row.path == address.path)
    if first is address and not address.by_others:
        yield from (method for method in METHODS if method not in known)


def _try(result: Walk, asking: Asking, address: Address, method: str, reader: Reader) -> None:
    operation = Operation(method, address.path, address.gate, address.gate, address.gate, named=address.named)
    heard = asking.at(method, address_of(operation, reader, asking.town.own), reader)
    expected = address.without_method(reader)
    result.note(f"{method} {address.path} as {reader}", heard, frozenset({expected}))
