"""Who understands which other language without having learnt it, and at what loss of level?

An edge says that a speaker of `speaks` can talk with a speaker of `understands`, each in their own language,
as if their level were `cost` CEFR levels lower. How a finding becomes a cost:

    0  one standard language under several names
    1  80 % and more understood, or dialects of one group
    2  60 to 80 %, or neighbouring groups with much contact
    3  40 to 60 %: enough for a simple talk only
    -  less than 40 %: no edge

Where `source` measured the pair, its figure decides; where it describes the varieties without measuring, the
cost is our reading of it, on the careful side. Pairs people often confuse, and without an edge on purpose:

- Kurmanji and Sorani: differ in morphology and lexicon (Haig & Öpengin 2014, Kurdish Studies 2/2).
- Kurmanji and Zazaki: measured low both ways (Özek, Saglam & Gooskens 2021, Applied Linguistics Review).
- Tigrinya and Amharic: Amharic speakers understand under half (Feleke 2017, VarDial).
- Maltese and Maghrebi Arabic: 30 to 40 % (Čéplö et al. 2016, Folia Linguistica 50/2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Edge(NamedTuple):
    """A speaker of `speaks` understands `understands` at `cost` CEFR levels less; as found by `source`."""

    speaks: str
    understands: str
    cost: int
    source: str


def _both(first: str, second: str, cost: int, source: str) -> tuple[Edge, Edge]:
    return Edge(first, second, cost, source), Edge(second, first, cost, source)


_ALBIRINI = "Albirini 2016, Modern Arabic Sociolinguistics (diglossia: the standard is learnt at school)"
_TRENTMAN = "Trentman 2011, L2 Journal 3/1 (knowing the standard helps where the other side adapts)"
_SOLIMAN = "Soliman 2014, Arabic Cross-dialectal Conversations, University of Leeds"
_OWENS = "Owens 2006, A Linguistic History of Arabic (grouping of the dialects)"
_CEPLO = "Čéplö et al. 2016, Folia Linguistica 50/2 (Tunisian and Benghazi Arabic: 73 and 79 %)"
_SHIRI = "S'hiri 2002, in Rouchdy (ed.), Language Contact and Language Conflict in Arabic (Tunisians adapt)"
_BAILYN = "Bailyn 2010, Journal of Slavic Linguistics 18/2; Kordić 2010, Jezik i nacionalizam"
_GOLUBOVIC = "Golubović & Gooskens 2015, Russian Linguistics 39/3"
_SUSSEX = "Sussex & Cubberley 2006, The Slavic Languages"
_BILANIUK = "Bilaniuk 2005, Contested Tongues (each keeps to their own language in one talk)"
_PERSIAN = "Windfuhr & Perry 2009, Persian and Tajik, in Windfuhr (ed.), The Iranian Languages"
_HAZARAGI = "Kieffer 2003, Encyclopædia Iranica, Hazāra iv: Hazāragi dialect"
_TURKIC = "Johanson & Csató (eds.) 1998, The Turkic Languages"
_MANDING = "Vydrine 1999, Manding-English Dictionary (Maninka, Bamana)"

_DIALECTS_OF_ARABIC = (
    "acm", "acq", "aeb", "afb", "apc", "apd", "arq", "ary", "arz", "ayl", "ayn", "ayp", "shu",
)  # fmt: skip


def _arabic() -> Iterator[Edge]:
    for dialect in _DIALECTS_OF_ARABIC:
        yield Edge(dialect, "ar", 1, _ALBIRINI)
        yield Edge("ar", dialect, 2, _TRENTMAN)
    # Egyptian films and series are known everywhere, the other way round less so.
    yield Edge("apc", "arz", 1, _SOLIMAN)
    yield Edge("arz", "apc", 2, _SOLIMAN)
    yield Edge("apd", "arz", 1, _OWENS)
    yield Edge("arz", "apd", 2, _OWENS)
    yield Edge("aeb", "arz", 2, _SHIRI)
    yield from _both("acm", "apc", 2, _OWENS)
    yield from _both("acm", "afb", 2, _OWENS)
    yield from _both("acm", "ayp", 1, _OWENS)
    yield from _both("ayp", "apc", 2, _OWENS)
    yield from _both("acq", "ayn", 1, _OWENS)
    yield from _both("aeb", "ayl", 2, _CEPLO)
    yield from _both("aeb", "arq", 2, _OWENS)
    yield from _both("arq", "ary", 2, _OWENS)
    yield from _both("apd", "shu", 2, _OWENS)


def _slavic() -> Iterator[Edge]:
    shtokavian = ("bs", "cnr", "hr", "sr")
    for first in shtokavian:
        yield from (Edge(first, second, 0, _BAILYN) for second in shtokavian if first != second)
        yield Edge("sl", first, 2, f"{_GOLUBOVIC} (Slovene listeners of Croatian)")
        yield Edge(first, "sl", 3, f"{_GOLUBOVIC} (Croatian listeners of Slovene)")
    yield from _both("cs", "sk", 1, f"{_GOLUBOVIC} (near the ceiling)")
    yield from _both("bg", "mk", 1, _SUSSEX)
    yield from _both("be", "uk", 2, _SUSSEX)
    yield Edge("be", "ru", 2, _SUSSEX)
    yield Edge("ru", "be", 3, _SUSSEX)
    yield Edge("uk", "ru", 2, _BILANIUK)
    yield Edge("ru", "uk", 3, _BILANIUK)


def _iranian_and_indo_aryan() -> Iterator[Edge]:
    yield from _both("fa", "prs", 1, _PERSIAN)
    yield from _both("prs", "tg", 1, _PERSIAN)
    yield from _both("fa", "tg", 2, _PERSIAN)
    yield Edge("haz", "prs", 1, _HAZARAGI)
    yield Edge("prs", "haz", 2, _HAZARAGI)
    yield from _both(
        "hi", "ur", 1, "Masica 1991, The Indo-Aryan Languages (one spoken base, other learned words)"
    )
    yield from _both(
        "pa", "pnb", 1, "Shackle 2003, Panjabi, in Cardona & Jain (eds.), The Indo-Aryan Languages"
    )
    yield from _both("rmn", "rmy", 2, "Matras 2002, Romani: A Linguistic Introduction")


def _turkic_and_caucasian() -> Iterator[Edge]:
    yield from _both("az", "azb", 1, _TURKIC)
    yield Edge("az", "tr", 2, "Sağın-Şimşek & Antonova Ünlü 2019, International Journal of Bilingualism 23/2")
    yield Edge("azb", "tr", 3, "Salehi & Neysani 2017, Cogent Education 4/1 (56 %)")
    yield Edge("tr", "az", 3, "Sağın-Şimşek & König 2012, International Journal of Bilingualism 16/3")
    yield from _both("kk", "ky", 2, _TURKIC)
    yield from _both("ug", "uz", 2, _TURKIC)
    # Not by likeness but by contact: each is used to hearing the other.
    yield from _both("ce", "inh", 2, "Nichols 2011, Ingush Grammar (passive bilingualism)")
    yield from _both("hy", "hyw", 2, "Dum-Tragut 2009, Armenian: Modern Eastern Armenian")


def _african() -> Iterator[Edge]:
    yield from _both(
        "rn", "rw", 1, "Nassenstein 2019, Modern Africa 7/1; Zorc & Nibagwire 2007, Comparative Grammar"
    )
    yield from _both("fat", "tw", 1, "Dolphyne 1988, The Akan (Twi-Fante) Language")
    yield from _both("bm", "dyu", 1, _MANDING)
    yield from _both("bm", "mnk", 3, _MANDING)


def _others() -> Iterator[Edge]:
    yield Edge(
        "aln", "sq", 1, "Byron 1976, Selection among Alternates in Language Standardization (Albanian)"
    )
    yield Edge(
        "sq", "aln", 2, "Byron 1976, Selection among Alternates in Language Standardization (Albanian)"
    )
    yield from _both(
        "aii", "cld", 1, "Khan 2011, North-Eastern Neo-Aramaic, in Weninger (ed.), The Semitic Languages"
    )
    yield from _both("es", "pt", 3, "Jensen 1989, Hispania 72/4 (50 and 58 %)")
    yield from _both("id", "ms", 1, "Sneddon 2003, The Indonesian Language")


EDGES: tuple[Edge, ...] = (
    *_arabic(),
    *_slavic(),
    *_iranian_and_indo_aryan(),
    *_turkic_and_caucasian(),
    *_african(),
    *_others(),
)
"""All directed edges of the language graph."""
