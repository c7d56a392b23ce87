"""What an operation is, and what each reader hears at it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from backend.privacy.access.readers import EVERYBODY, SIGNED_IN, STAFF, Reader, Readers


class Answer(StrEnum):
    LET_IN = "let in"  # also where a rule of the domain then says no
    SIGN_IN = "sign in first"
    FORBIDDEN = "forbidden"
    ABSENT = "absent"  # 404: like something that never was
    NO_METHOD = "no such method"


class Whose(StrEnum):
    """Of what an address names: whose it is, as the reader sees it."""

    OWN = "own"  # the reader's own case, or for staff the office's
    OFFICE = "office"  # of the same office, and of other people there
    FOREIGN = "foreign"  # of an office the reader has nothing to do with


@dataclass(frozen=True)
class Operation:
    """One method at one address.

    `gate`: whom the address is for by their role; others are sent to sign in or are forbidden. `sees`: to whom, among
    these, what the address names exists at all. `may`: who of them may do it. `named` is what the address, or `by_body`
    the body, names by an id; "" where there is nothing to own. `personal`: not even the own office shares it.
    """

    method: str
    path: str
    gate: Readers
    sees: Readers
    may: Readers
    named: str = ""
    by_body: bool = False
    personal: bool = False
    scopes: tuple[str, ...] = ()
    by_others: bool = False

    @property
    def is_api(self) -> bool:
        return self.path.startswith("api/")

    def answer(self, reader: Reader, whose: Whose = Whose.OWN) -> Answer:
        """What this reader hears."""
        if reader not in self.gate:
            return refused(reader)
        if reader not in self.sees or not self._reaches(reader, whose):
            return Answer.ABSENT
        return Answer.LET_IN if reader in self.may else Answer.FORBIDDEN

    def _reaches(self, reader: Reader, whose: Whose) -> bool:
        if not self.named or whose is Whose.OWN:
            return True
        return whose is Whose.OFFICE and reader in STAFF and not self.personal

    def sides(self) -> tuple[Whose, ...]:
        """From which sides it can be looked at."""
        return tuple(Whose) if self.named else (Whose.OWN,)


def refused(reader: Reader) -> Answer:
    """Where a gate is closed."""
    return Answer.SIGN_IN if reader is Reader.STRANGER else Answer.FORBIDDEN


@dataclass(frozen=True)
class Address:
    """One address with its methods, as the tables write it: whom it is for, and the exceptions."""

    path: str
    gate: Readers
    methods: tuple[str, ...]
    sees: Readers | None = None
    may: Readers | None = None
    named: str = ""
    by_body: bool = False
    personal: bool = False
    scopes: tuple[str, ...] = ()
    by_others: bool = False
    besides: dict[str, Readers] = field(default_factory=dict)  # method -> who may, where that differs

    def operations(self) -> Iterator[Operation]:
        """One for each method."""
        sees = self.gate if self.sees is None else self.sees
        for method in self.methods:
            may = self.besides.get(method, sees if self.may is None else self.may)
            yield Operation(
                method,
                self.path,
                self.gate,
                sees,
                may,
                named=self.named,
                by_body=self.by_body,
                personal=self.personal,
                scopes=self.scopes if method != "GET" else (),
                by_others=self.by_others,
            )

    def without_method(self, reader: Reader) -> Answer:
        """What a method hears that the address does not know: whether it exists is told to whoever may come in."""
        gate = SIGNED_IN if self.path.startswith("api/v1/") and self.gate == EVERYBODY else self.gate
        return Answer.NO_METHOD if reader in gate else refused(reader)
