"""What holds of whatever a reader of foreign text makes of it, whatever that was?"""

import csv
import io
import json
import string
from datetime import date, time
from types import SimpleNamespace
from typing import Any

from django.http import QueryDict
from icalendar import Calendar, Event
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from backend.accounts.face.colours import normalised
from backend.accounts.face.png import checked_png
from backend.api.pagination import Cursor
from backend.api.parsers import StrictJSONParser
from backend.people.profile import checked_language
from backend.reporting.export import DANGEROUS, csv_lines, harmless
from backend.reporting.periods import named_period
from backend.reporting.sheets import Column, Kind, Line, sheet
from backend.web.devices import device_of
from backend.web.display import PARTS, Display
from backend.web.forms.base import ClockField, DayField
from backend.web.ticked import ticked
from geo.address import Address, check_postcode, normalise_place, parse_address
from geo.areas import read_area
from geo.imports import read_places
from geo.nominatim import NominatimGeocoder
from geo.outlines import read_outlines
from geo.photon import PhotonGeocoder
from notifications.bounces.report import bounces_in
from notifications.texting.gateway import PRESETS
from notifications.texting.inbound import reply_in
from notifications.wording import checked_wording
from outbound.addresses import PUBLIC_HTTPS, checked_url, is_outside


class _Answering:
    """A client whose server has said this."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def get_json(self, path: str, params: dict[str, str]) -> Any:
        return self.answer


ADDRESS = Address("Natruper-Tor-Wall 2", "49076", "Osnabrück")


def address(text: str) -> None:
    found = parse_address(text)
    assert found.postcode or found.place
    assert all("\n" not in part for part in (found.street, found.postcode, found.place))


def postcode(text: str) -> None:
    assert len(check_postcode(text)) == 5


def language_tag(text: str) -> None:
    code = checked_language(text)
    assert checked_language(code) == code


def place(text: str) -> None:
    key = normalise_place(text)
    assert normalise_place(key) == key


def nominatim(answer: Any) -> None:
    found = NominatimGeocoder(_Answering(answer)).geocode(ADDRESS)  # type: ignore[arg-type]
    assert found is None or len(found.label) <= 300


def photon(answer: Any) -> None:
    found = PhotonGeocoder(_Answering(answer)).geocode(ADDRESS)  # type: ignore[arg-type]
    assert found is None or len(found.label) <= 300


def places(rows: list[list[str]]) -> None:
    lines = ["\t".join(row) for row in rows]
    read = read_places(lines)
    assert len(read.accepted) + len(read.refused) + read.other_countries <= len(lines)


def outlines(text: str) -> None:
    assert read_outlines(text)


def area(drawn: Any) -> None:
    assert read_area(drawn).valid


def png(data: bytes) -> None:
    picture = checked_png(data)
    assert checked_png(picture.content) == picture


def json_body(raw: bytes) -> None:
    request = APIRequestFactory().post("/", data=raw, content_type="application/json")
    context = {"request": Request(request)}
    value = StrictJSONParser().parse(io.BytesIO(raw), "application/json", context)
    json.dumps(value, allow_nan=False).encode("utf-8")


def cursor(text: str) -> None:
    request = APIRequestFactory().get("/", {"cursor": text})
    Cursor().decode_cursor(Request(request))


def cell(text: str) -> None:
    safe = harmless(text)
    assert not safe.lstrip(f"{string.whitespace}\ufeff\u200b\u202e").startswith(DANGEROUS)
    rows = "".join(csv_lines([sheet("x", text, [Column(text, Kind.TEXT)], [Line((text,))])]))
    if "\0" not in text:  # Python's reader ends there
        for row in csv.reader(io.StringIO(rows[1:], newline=""), delimiter=";"):
            assert len(row) <= 1
            assert not any(cell.startswith(DANGEROUS) for cell in row)


def url(text: str) -> None:
    parts = checked_url(text, PUBLIC_HTTPS)
    assert parts.scheme == "https" and parts.hostname and parts.username is None


def outside(text: str) -> None:
    assert is_outside(text) in {True, False}


def period(text: str) -> None:
    found = named_period(text)
    assert found is None or found.first <= found.last


def colour(text: str) -> None:
    found = normalised(text)
    assert found is None or (len(found) == 7 and found.isascii())


def display(text: str) -> None:
    shown = Display.from_cookie(text)
    assert all(getattr(shown, part) in choices for part, choices in PARTS.items())
    assert set(shown.to_cookie()) <= set(string.ascii_lowercase + "=&")


def ticked_boxes(text: str) -> None:
    ticked(SimpleNamespace(POST=QueryDict(text)), "x")  # type: ignore[arg-type]


def day(text: str) -> None:
    found = DayField(required=False).clean(text)
    assert found is None or (2000 <= found.year <= 2100 and isinstance(found, date))


def clock(text: str) -> None:
    found = ClockField(required=False).clean(text)
    assert found is None or isinstance(found, time)


def wording(parts: tuple[str, str]) -> None:
    found = checked_wording("offer_made", *parts)
    assert "\n" not in found.subject and "<" not in found.body


def calendar(texts: tuple[str, str]) -> None:
    """No text of ours breaks out of its line, into a property of its own."""
    place, name = texts
    event = Event()
    event.add("location", place)
    event.add("summary", name)
    calendar = Calendar()
    calendar.add_component(event)
    (read,) = Calendar.from_ical(calendar.to_ical()).walk("VEVENT")
    assert set(read) <= {"LOCATION", "SUMMARY"}


def device(text: str) -> None:
    assert len(device_of(text)) <= 40


def returned_mail(raw: bytes) -> None:
    for bounce in bounces_in(raw):
        assert "\n" not in bounce.recipient
        assert bounce.status[0] in "245"


def text_reply(body: bytes) -> None:
    for preset in PRESETS.values():
        for kind in ("application/json", "application/x-www-form-urlencoded", ""):
            found = reply_in(body, kind, preset.inbound) if preset.inbound else None
            assert found is None or (found.provider_id and found.sender.startswith("+"))
