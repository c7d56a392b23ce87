"""Words, addresses and numbers that can be found again, in whatever way a program may have written them."""

import base64
import hashlib
import quopri
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

STEM = "zzkanari"
LANDLINE, MOBILE = "+49541770", "+4915177"
SEPARATORS = re.compile(rb"[\s/().-]")
SOFT_BREAKS = re.compile(rb"=\r?\n")  # quoted-printable
LINE_ENDS = re.compile(rb"[\r\n]")  # of base64 in mails
SUMS = (hashlib.md5, hashlib.sha1, hashlib.sha256)


@dataclass
class Person:
    """Everything by which one person of the drill could be recognised."""

    kind: str
    serial: int
    words: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.kind} {self.serial}"

    def word(self, what: str) -> str:
        """A name, street or note; the umlaut is written differently by each encoding."""
        self.words.append(f"{STEM.title()}{what}Ü{self.kind}{self.serial}q")
        return self.words[-1]

    def address(self, what: str = "") -> str:
        """Of a login. The first one is hers from the beginning."""
        self.addresses.append(f"{STEM}-{self.kind}{what}-{self.serial}@marke.example")
        return self.addresses[-1]

    def landline(self) -> str:
        self.numbers.append(f"{LANDLINE}{len(self.numbers)}{self.serial:04}")
        return self.numbers[-1]

    def mobile(self) -> str:
        self.numbers.append(f"{MOBILE}{self.serial:05}")
        return self.numbers[-1]

    @property
    def marks(self) -> list[str]:
        return [*self.words, *self.addresses, *self.numbers]


@dataclass(frozen=True, order=True)
class Hit:
    """Where which mark of whom stands, and how it is written there."""

    whom: str
    place: str
    form: str
    mark: str


def hits(places: Mapping[str, bytes], people: Iterable[Person]) -> list[Hit]:
    """Every mark of these people in these places, in every way of writing."""
    wanted = list(people)
    found: set[Hit] = set()
    for place, content in places.items():
        views = Views(content)
        worth_it = views.could_hold_a_mark()
        for person in wanted:
            if worth_it:
                for mark in person.marks:
                    found |= {Hit(str(person), place, form, mark) for form in views.forms_of(mark)}
            for mark in (*person.addresses, *person.numbers):
                if views.holds_sum_of(mark):
                    found.add(Hit(str(person), place, "checksum", mark))
            for number in person.numbers:
                if digits(number) in views.without_separators:
                    found.add(Hit(str(person), place, "plain", number))
    return sorted(found)


def digits(number: str) -> bytes:
    """A telephone number without the country, as it ends in every way of writing."""
    return number.removeprefix("+49").encode()


class Views:
    """One place's content, as it has to be looked at to find what is wrapped, folded or in capitals."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @cached_property
    def low(self) -> bytes:
        """Without regard to case, ASCII and beyond; soft line ends taken out."""
        unfolded = SOFT_BREAKS.sub(b"", self.content)
        return unfolded.decode("utf-8", "surrogateescape").casefold().encode("utf-8", "surrogateescape")

    @cached_property
    def unwrapped(self) -> bytes:
        return LINE_ENDS.sub(b"", self.content)

    @cached_property
    def without_separators(self) -> bytes:
        return SEPARATORS.sub(b"", self.content)

    def could_hold_a_mark(self) -> bool:
        """Whether the beginning that all marks share is there in any form: asked first, since it seldom is."""
        return any(
            form in view
            for stem in (STEM, LANDLINE, MOBILE)
            for view, forms in (
                (self.low, plain_forms(stem).values()),
                (self.unwrapped, base64_forms(stem)),
            )
            for form in forms
        )

    def forms_of(self, mark: str) -> list[str]:
        """The ways in which this mark is written here."""
        found = [name for name, form in plain_forms(mark).items() if form in self.low]
        if any(form in self.unwrapped for form in base64_forms(mark)):
            found.append("base64")
        return found

    def holds_sum_of(self, mark: str) -> bool:
        sums = (make(mark.encode(), usedforsecurity=False).hexdigest().encode() for make in SUMS)
        return any(one in self.content for one in sums)


def plain_forms(mark: str) -> dict[str, bytes]:
    """What does not hang on where the mark begins; in small letters."""
    low = mark.casefold()
    own = low.encode()
    return {
        "plain": own,
        "percent": quote(low, safe="").casefold().encode(),
        "every sign percent": "".join(f"%{byte:02x}" for byte in own).encode(),
        "quoted-printable": quopri.encodestring(mark.encode(), quotetabs=True).strip().lower(),
        "JSON": low.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00"),
        "HTML": low.encode("ascii", "xmlcharrefreplace"),
        "hex": own.hex().encode(),
        "hex of the original": mark.encode().hex().encode(),
    }


def base64_forms(mark: str) -> list[bytes]:
    """Base64, also of the middle of a text: at each of three places in a group, in three cases, in both alphabets."""
    found = []
    for text in {mark, mark.lower(), mark.upper(), mark.title()}:
        for before in range(3):
            raw = b"\0" * before + text.encode()
            raw = raw[: len(raw) - len(raw) % 3]  # whole groups, so that what follows does not matter
            whole = base64.b64encode(raw)[(before * 8 + 5) // 6 :]
            found += [whole, whole.translate(bytes.maketrans(b"+/", b"-_"))]
    return found
