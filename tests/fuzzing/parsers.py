"""What does everything that reads foreign text do with whatever it may be given?

Each parser with texts near what it expects and far from it, and with the only errors that it may raise: those have a
sentence for the reader, any other would be a fault of ours. What is said of the result holds for every text.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.forms import ValidationError
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

from backend.api.errors import BadRequest
from backend.errors import RuleViolated
from geo.address import GeoError
from notifications.texting.inbound import Unreadable
from outbound.errors import Refused
from tests.fuzzing import readers, texts
from tests.fuzzing.texts import either, near

URL_PARTS = ("https://", "push.example", "127.0.0.1", "@", ":", "443", "[", "::1", "]", "/", "\\", "#", "?")
ADDRESS_PARTS = ("::", "ffff", ":", "127.0.0.1", "%eth0", "1")
AN_ID = "01a200e6-5b43-76a4-a97d-a7ec5999f884"


@dataclass(frozen=True)
class Parser:
    """A reader of foreign text: with what it is fed, and what it may say no with."""

    name: str
    given: st.SearchStrategy[Any]
    read: Callable[[Any], None]
    refusals: tuple[type[Exception], ...] = ()


PARSERS = (
    Parser(
        "address", either(near("Markt 5", ", ", "49074", " Melle", "D-", "12")), readers.address, (GeoError,)
    ),
    Parser("postcode", either(near("4", "9", "0")), readers.postcode, (GeoError,)),
    Parser("place name", texts.Wild, readers.place),
    Parser("answers of Nominatim", texts.NominatimAnswers, readers.nominatim, (GeoError,)),
    Parser("answers of Photon", texts.PhotonAnswers, readers.photon, (GeoError,)),
    Parser("place list", st.lists(texts.GeonamesRow, max_size=6), readers.places, (GeoError,)),
    Parser(
        "outlines", st.one_of(texts.Collection.map(json.dumps), texts.Wild), readers.outlines, (GeoError,)
    ),
    Parser("area", texts.Drawn, readers.area, (GeoError,)),
    Parser("logo", texts.Png, readers.png, (RuleViolated,)),
    Parser("JSON body", texts.JsonBytes, readers.json_body, (BadRequest,)),
    Parser("cursor", either(near("cD0y", "b3Jp", "cj0x", "=", "AA==")), readers.cursor, (BadRequest,)),
    Parser("language tag", either(near("de", "-", "Latn", "ar", "_")), readers.language_tag, (RuleViolated,)),
    Parser("spreadsheet cell", texts.Wild, readers.cell),
    Parser("URL", either(near(*URL_PARTS)), readers.url, (Refused,)),
    Parser(
        "IP address", st.one_of(st.ip_addresses().map(str), either(near(*ADDRESS_PARTS))), readers.outside
    ),
    Parser("period", either(near("2026", "-q", "3", "-")), readers.period),
    Parser("colour", either(near("#", "0b5563", "abc")), readers.colour),
    Parser("display cookie", either(near("text", "=", "large", "&", "contrast", "more")), readers.display),
    Parser("ticked boxes", either(near("x=", "&", AN_ID, "%", "00")), readers.ticked_boxes),
    Parser("day", either(near("2026", "-", "03", "29", ".", "31")), readers.day, (ValidationError,)),
    Parser("clock", either(near("2", ":", "30", ".", "24", "00")), readers.clock, (ValidationError,)),
    Parser("message text", texts.MessageText, readers.wording, (RuleViolated,)),
    Parser("calendar entry", texts.CalendarText, readers.calendar),
    Parser("returned mail", texts.Mails, readers.returned_mail),
    Parser("reply by text message", texts.Replies, readers.text_reply, (Unreadable,)),
    Parser("name of a browser", either(near("Firefox", " ", "Android", "Edg")), readers.device),
)


def fuzzed(parser: Parser, *, examples: int, number: int | None = None) -> list[str]:
    """What went wrong with a parser: its faults with the texts that show them, made as small as they get."""

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=number is None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(parser.given)
    def feed(text: Any) -> None:
        try:
            parser.read(text)
        except parser.refusals:
            return
        except HypothesisException:
            raise
        except Exception as error:
            error.add_note(f"given {text!r}")
            raise

    run = feed if number is None else seed(number)(feed)
    try:
        run()
    except HypothesisException:
        raise
    except BaseException as error:
        return list(_told(parser, error))
    return []


def _told(parser: Parser, error: BaseException) -> Iterator[str]:
    errors = error.exceptions if isinstance(error, BaseExceptionGroup) else (error,)
    for one in errors:
        notes = " ".join(getattr(one, "__notes__", [])[:1])
        yield f"{parser.name}: {type(one).__name__} {one} {notes}"[:600]
