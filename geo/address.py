"""What did somebody mean by this line of address text?"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

MAX_TEXT_LENGTH = 300

_POSTCODE = re.compile(r"(?!00)\d{5}")
_POSTCODE_IN_TEXT = re.compile(r"(?<![\w-])(?:DE?[- ]?)?(\d{5})(?![\w-])", re.IGNORECASE)
_NUMBER_THEN_NAME = re.compile(r"(?<![\w-])(?:DE?-)?\d+\s+(?=[^\W\d_]{2})", re.IGNORECASE)
_HOUSE_NUMBER = re.compile(
    r"^(?P<name>.*[^\W\d_].*?)\s+(?P<number>\d+\s?[a-zA-Z]?(?:\s?[-–/]\s?\d+\s?[a-zA-Z]?)?)$"
)
_COUNTRY = re.compile(r"(?:,|\s)\s*(?:deutschland|germany)\s*$", re.IGNORECASE)
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_SAINT = re.compile(r"\bst\b(?= )")


class GeoError(ValueError):
    """A place could not be understood: a stable `code`, and the `facts` a sentence can be made from."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def check_postcode(text: str) -> str:
    """The German postcode in `text` without surrounding blanks; raises GeoError("postcode_malformed")."""
    postcode = text.strip()
    if not _POSTCODE.fullmatch(postcode) or not postcode.isascii():
        raise GeoError("postcode_malformed", postcode=postcode[:20])
    return postcode


def normalise_place(name: str) -> str:
    """The key under which a place name is compared: no case, umlauts written out, punctuation as blanks."""
    # Letters in other shapes (𝗕𝗼𝗻𝗻) have a case only once they are plain, and casefold may take a letter apart.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    plain = unicodedata.normalize("NFKD", folded.translate(_TRANSCRIBED))
    key = " ".join(re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c))))
    return _SAINT.sub("sankt", key)


@dataclass(frozen=True)
class Address:
    """Where something is, as people write it; the postcode or the place may be missing, not both."""

    street: str
    postcode: str
    place: str
    country: str = "DE"

    def __post_init__(self) -> None:
        if self.postcode:
            check_postcode(self.postcode)
        elif not self.place:
            raise GeoError("place_missing")

    @property
    def text(self) -> str:
        """The address on one line, as one writes it on an envelope."""
        town = " ".join(part for part in (self.postcode, self.place) if part)
        return ", ".join(part for part in (self.street, town) if part)

    @property
    def street_and_number(self) -> tuple[str, str]:
        """The street's name and the house number; the number is "" where none is given."""
        match = _HOUSE_NUMBER.match(self.street)
        return (match["name"].rstrip(" ,"), match["number"]) if match else (self.street, "")


def parse_address(text: str) -> Address:
    """Read "street number, postcode place", any part but the town missing; raises GeoError."""
    line = " ".join(text.split())
    if not line:
        raise GeoError("address_empty")
    if len(line) > MAX_TEXT_LENGTH:
        raise GeoError("address_too_long", limit=MAX_TEXT_LENGTH)
    line = _COUNTRY.sub("", line)
    postcodes = list(_POSTCODE_IN_TEXT.finditer(line))
    if not postcodes:
        return _without_postcode(line)
    # A house number of five digits is rarer than a postcode, and stands before it.
    found = postcodes[-1]
    before, after = line[: found.start()].strip(" ,;"), line[found.end() :].strip(" ,;")
    place, _, rest = (part.strip() for part in after.partition(","))
    if not before:
        return Address(street=rest, postcode=check_postcode(found[1]), place=place)
    if not place:
        # "Melle 49324" or "Hauptstraße 5, Melle 49324"
        street, _, place = (part.strip() for part in before.rpartition(","))
        return Address(street=street, postcode=check_postcode(found[1]), place=place)
    return Address(street=before, postcode=check_postcode(found[1]), place=place)


def _without_postcode(line: str) -> Address:
    parts = [part.strip() for part in line.split(",") if part.strip()]
    if not parts:
        raise GeoError("address_empty")
    for part in parts:
        if number := _NUMBER_THEN_NAME.match(part):
            raise GeoError("postcode_malformed", postcode=number[0].strip()[:20])
    streets = [part for part in parts if _HOUSE_NUMBER.match(part)]
    towns = [part for part in parts if part not in streets]
    if not towns:
        raise GeoError("place_missing")
    if any(character.isdigit() for character in towns[-1]):
        # No town has a number in its name: somebody mistyped the postcode.
        raise GeoError("postcode_malformed", postcode=towns[-1][:20])
    street = streets[0] if streets else ", ".join(towns[:-1])
    return Address(street=street, postcode="", place=towns[-1])
