"""What is a language called, in the reader's language and in its own script?"""

from backend.reader import reader_language, reader_locale
from matching.languages import LANGUAGES, Language, language

# Where CLDR has no German name, or one that people in this work would not recognise.
GERMAN_NAMES = {
    "acm": "Arabisch (irakisch)",
    "acq": "Arabisch (jemenitisch, Taizz und Aden)",
    "aeb": "Arabisch (tunesisch)",
    "afb": "Arabisch (Golfstaaten)",
    "aii": "Assyrisch (Neuaramäisch)",
    "aln": "Albanisch (Gegisch)",
    "apc": "Arabisch (syrisch-libanesisch)",
    "apd": "Arabisch (sudanesisch)",
    "ar": "Arabisch (Hocharabisch)",
    "arq": "Arabisch (algerisch)",
    "ary": "Arabisch (marokkanisch)",
    "arz": "Arabisch (ägyptisch)",
    "ayl": "Arabisch (libysch)",
    "ayn": "Arabisch (jemenitisch, Sanaa)",
    "ayp": "Arabisch (nordmesopotamisch)",
    "azb": "Aserbaidschanisch (südlich)",
    "bin": "Edo (Bini)",
    "byn": "Bilen",
    "ckb": "Sorani (Kurdisch)",
    "cld": "Chaldäisch (Neuaramäisch)",
    "cnr": "Montenegrinisch",
    "fa": "Persisch (Farsi)",
    "ff": "Fula",
    "gsg": "Deutsche Gebärdensprache",
    "ha": "Hausa",
    "haz": "Hazaragi",
    "hy": "Armenisch (Ostarmenisch)",
    "hyw": "Armenisch (Westarmenisch)",
    "kmr": "Kurmandschi (Kurdisch)",
    "lg": "Luganda",
    "mnk": "Mandinka",
    "pa": "Punjabi (östlich)",
    "pnb": "Punjabi (westlich)",
    "prs": "Dari",
    "rhg": "Rohingya",
    "rmn": "Romanes (Balkan)",
    "rmy": "Romanes (Vlax)",
    "rn": "Kirundi",
    "sdh": "Südkurdisch",
    "shu": "Arabisch (tschadisch)",
    "zh": "Chinesisch (Mandarin)",
    "zza": "Zazaki",
}


def language_name(code: str, reader: str | None = None) -> str:
    """The name of a stored code in the reader's language (the active one by default); UnknownLanguage else."""
    known, reader = language(code), reader or reader_language()
    if reader == "en":
        return known.name_en
    if reader == "de" and code in GERMAN_NAMES:
        return GERMAN_NAMES[code]
    # A reader of neither knows a language by its own name sooner than by a foreign one.
    return str(reader_locale(reader).languages.get(code, known.name_en if reader == "de" else known.endonym))


def endonym(code: str) -> Language:
    """The language with its own name, script direction included."""
    return language(code)


def language_choices(reader: str | None = None) -> list[tuple[str, str]]:
    """(code, name) of every language, by name; the own name stands behind where it differs."""
    named = [(item.code, language_name(item.code, reader), item.endonym) for item in LANGUAGES]
    named.sort(key=lambda row: row[1].casefold())
    return [(code, name if own in name else f"{name} · {own}") for code, name, own in named]
