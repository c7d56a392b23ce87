"""Which texts break programs? Chance, what breaks more often than chance, and sound ones with a fault in them."""

import json
from typing import Any

from hypothesis import strategies as st

from backend.accounts.face.png import SIGNATURE
from geo.imports import CENTROID_HEADER
from tests.web.pngs import a_png, chunk

Text = st.text(max_size=200)
# What breaks programs more often than chance would have it.
ODD = st.sampled_from(
    [
        *(
            "",
            " ",
            "\0",
            "\r\n",
            "\ufeff",
            "\u202e",
            "\u200b",
            "\U0001f600",
            "²",
            "\u0130",
            "ß",
            "ﬀ",
            "\u0665",
        ),
        *("=1+1", "＝1", "'", '"', "<script>", "%00", "../..", "{{7*7}}", "{name}", "${x}", "\\", "|", ";"),
        *("0", "-1", "1e999", "nan", "9" * 400, "00000", "1970-01-01", "9999-12-31", "0001-01-01", "24:00"),
    ]
)
Wild = st.one_of(Text, ODD, st.lists(ODD, max_size=4).map("".join))
Scalar = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), Wild)
Json = st.recursive(
    Scalar,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(Wild, inner, max_size=4)),
    max_leaves=12,
)
Number = st.one_of(st.floats(), st.integers(), Wild)


def spliced(whole: bytes) -> st.SearchStrategy[bytes]:
    """A sound file with a piece of it exchanged, cut out or doubled."""
    places = st.integers(0, len(whole))
    return st.builds(
        lambda start, end, middle: whole[: min(start, end)] + middle + whole[max(start, end) :],
        places,
        places,
        st.binary(max_size=12),
    )


def near(*words: str) -> st.SearchStrategy[str]:
    """Texts made of the words a parser knows, in any order, with odd ones between them."""
    return st.lists(st.one_of(st.sampled_from(words), ODD), max_size=8).map("".join)


def _ring(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    point = st.lists(numbers, min_size=1, max_size=3)
    return st.lists(point, max_size=6)


Coordinates = st.one_of(
    st.lists(_ring(st.one_of(st.floats(5, 16), st.floats(47, 56), Number)), max_size=2), Json
)
Geometry = st.fixed_dictionaries(
    {"type": st.sampled_from(["Polygon", "MultiPolygon", "Point", ""]), "coordinates": Coordinates}
)
Feature = st.fixed_dictionaries(
    {
        "type": st.just("Feature"),
        "geometry": st.one_of(Geometry, Json),
        "properties": st.one_of(st.fixed_dictionaries({"ags": Scalar, "name": Scalar}), Json),
    }
)
Collection = st.fixed_dictionaries(
    {"type": st.just("FeatureCollection"), "features": st.lists(st.one_of(Feature, Json), max_size=3)}
)
NominatimAnswer = st.fixed_dictionaries(
    {},
    optional={
        "lat": st.one_of(Number, st.just("52.27")),
        "lon": st.one_of(Number, st.just("8.04")),
        "place_rank": Scalar,
        "type": Scalar,
        "addresstype": Scalar,
        "display_name": Scalar,
        "address": st.one_of(
            st.dictionaries(st.sampled_from(["city", "postcode", "house_number"]), Json), Json
        ),
    },
)
PhotonFeature = st.fixed_dictionaries(
    {},
    optional={
        "geometry": st.one_of(st.fixed_dictionaries({"coordinates": st.lists(Number, max_size=3)}), Json),
        "properties": st.one_of(
            st.dictionaries(
                st.sampled_from(["city", "name", "postcode", "type", "osm_key", "osm_value", "countrycode"]),
                Json,
            ),
            Json,
        ),
    },
)
SOUND_ROW = (
    *("DE", "49074", "Osnabrück", "Niedersachsen", "NI", ""),
    *("", "Osnabrück", "03404", "52.27", "8.05", "4"),
)
GeonamesRow = st.one_of(
    st.lists(Wild, max_size=13),
    st.tuples(*(st.one_of(st.just(sound), Wild) for sound in SOUND_ROW)).map(list),
    st.just(list(CENTROID_HEADER)),
)


def _sides(width: int, height: int) -> bytes:
    return a_png().replace(b"\0\0\0\x03\0\0\0\x02", width.to_bytes(4, "big") + height.to_bytes(4, "big"))


Side = st.integers(0, 2**32 - 1)
Png = st.one_of(
    spliced(a_png(chunk(b"tEXt", b"secret"))),
    st.binary(max_size=60).map(lambda body: SIGNATURE + body),
    st.builds(_sides, Side, Side),
    st.builds(
        lambda depth, colour, interlace, rows: a_png(
            depth=depth, colour_type=colour, interlace=interlace, rows=rows
        ),
        st.sampled_from([1, 2, 4, 8, 16, 3]),
        st.integers(0, 7),
        st.integers(0, 2),
        st.binary(max_size=80),
    ),
)
JsonBytes = st.one_of(
    st.binary(max_size=60),
    Json.map(lambda value: json.dumps(value).encode()),
    Wild.map(lambda text: text.encode("utf-8", "replace")),
)
NominatimAnswers = st.one_of(st.lists(NominatimAnswer, max_size=3), Json)
PhotonAnswers = st.one_of(st.fixed_dictionaries({"features": st.lists(PhotonFeature, max_size=3)}), Json)
Drawn = st.one_of(Geometry, Feature, Collection, Json)
MessageText = st.tuples(
    Wild, st.one_of(Wild, near("{", "}", "name", "url", "\n\n", "appointment", "pilot", "respond_url"))
)
CalendarText = st.tuples(
    Wild, st.one_of(Wild, near("\r\n", "ATTENDEE:", "END:VEVENT", ";", ",", "\\", "\n "))
)


def either(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """These, or any others."""
    return st.one_of(texts, Wild)


RETURNED = (
    b"From: mailer@mail.example\r\nTo: ilos+0123456789abcdef0123456789abcdef@office.example\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
    b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n"
    b"Final-Recipient: rfc822; ana@ana.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
)
Mails = st.one_of(spliced(RETURNED), st.binary(max_size=200))
Replies = st.one_of(
    spliced(b"From=%2B4915112345678&Body=1&MessageSid=SM1"),
    spliced(b'{"webhook_event": "sms_mo", "data": {"sender": "4915112345678", "text": "1", "id": "7"}}'),
    JsonBytes,
)
