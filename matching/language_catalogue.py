"""Which languages can be asked for and offered, how are they called, and which other codes stand for them?

Codes are the shortest BCP 47 language subtags. Varieties whose speakers do not understand each other well are
languages of their own here: Kurmanji and Sorani, Dari and Farsi, the Arabic dialects, Turoyo and Assyrian.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Language(NamedTuple):
    """A language, its English name, its own name in its own script, and whether that runs right to left."""

    code: str
    name_en: str
    endonym: str
    rtl: bool


_LEFT_TO_RIGHT = (
    ("aa", "Afar", "Qafar af"),
    ("aln", "Albanian (Gheg)", "Gegnisht"),
    ("am", "Amharic", "አማርኛ"),
    ("az", "Azerbaijani", "Azərbaycan dili"),
    ("be", "Belarusian", "Беларуская"),
    ("bg", "Bulgarian", "Български"),
    ("bin", "Edo (Bini)", "Ẹ̀dó"),
    ("bm", "Bambara", "Bamanankan"),
    ("bn", "Bengali", "বাংলা"),
    ("bs", "Bosnian", "Bosanski"),
    ("byn", "Bilen", "ብሊና"),
    ("ce", "Chechen", "Нохчийн мотт"),
    ("cnr", "Montenegrin", "Crnogorski"),
    ("cs", "Czech", "Čeština"),
    ("da", "Danish", "Dansk"),
    ("de", "German", "Deutsch"),
    ("dyu", "Dyula", "Julakan"),
    ("ee", "Ewe", "Eʋegbe"),
    ("el", "Greek", "Ελληνικά"),
    ("en", "English", "English"),
    ("es", "Spanish", "Español"),
    ("et", "Estonian", "Eesti"),
    ("fat", "Fante", "Mfantse"),
    ("ff", "Fula", "Pulaar"),
    ("fil", "Filipino", "Filipino"),
    ("fr", "French", "Français"),
    ("gsg", "German Sign Language", "Deutsche Gebärdensprache"),
    ("gu", "Gujarati", "ગુજરાતી"),
    ("ha", "Hausa", "Hausa"),
    ("hi", "Hindi", "हिन्दी"),
    ("hr", "Croatian", "Hrvatski"),
    ("hu", "Hungarian", "Magyar"),
    ("hy", "Armenian (Eastern)", "Հայերեն"),
    ("hyw", "Armenian (Western)", "Արեւմտահայերէն"),
    ("id", "Indonesian", "Bahasa Indonesia"),
    ("ig", "Igbo", "Igbo"),
    ("inh", "Ingush", "ГӀалгӀай мотт"),
    ("it", "Italian", "Italiano"),
    ("ja", "Japanese", "日本語"),
    ("ka", "Georgian", "ქართული"),
    ("kk", "Kazakh", "Қазақ тілі"),
    ("km", "Khmer", "ខ្មែរ"),
    ("kmr", "Kurmanji Kurdish", "Kurmancî"),
    ("ko", "Korean", "한국어"),
    ("kri", "Krio", "Krio"),
    ("ky", "Kyrgyz", "Кыргызча"),
    ("lg", "Luganda", "Luganda"),
    ("ln", "Lingala", "Lingála"),
    ("lt", "Lithuanian", "Lietuvių"),
    ("lv", "Latvian", "Latviešu"),
    ("mg", "Malagasy", "Malagasy"),
    ("mk", "Macedonian", "Македонски"),
    ("ml", "Malayalam", "മലയാളം"),
    ("mn", "Mongolian", "Монгол"),
    ("mnk", "Mandinka", "Mandinka"),
    ("ms", "Malay", "Bahasa Melayu"),
    ("my", "Burmese", "မြန်မာဘာသာ"),
    ("ne", "Nepali", "नेपाली"),
    ("nl", "Dutch", "Nederlands"),
    ("om", "Oromo", "Afaan Oromoo"),
    ("pa", "Punjabi (Eastern)", "ਪੰਜਾਬੀ"),
    ("pcm", "Nigerian Pidgin", "Naijá"),
    ("pl", "Polish", "Polski"),
    ("pt", "Portuguese", "Português"),
    ("rhg", "Rohingya", "Ruáingga"),  # in Latin letters: hardly any device shows Hanifi Rohingya
    ("rmn", "Romani (Balkan)", "Romani čhib"),
    ("rmy", "Romani (Vlax)", "Romani šib"),
    ("rn", "Kirundi", "Ikirundi"),
    ("ro", "Romanian", "Română"),
    ("ru", "Russian", "Русский"),
    ("rw", "Kinyarwanda", "Ikinyarwanda"),
    ("si", "Sinhala", "සිංහල"),
    ("sk", "Slovak", "Slovenčina"),
    ("sl", "Slovenian", "Slovenščina"),
    ("so", "Somali", "Soomaali"),
    ("sq", "Albanian", "Shqip"),
    ("sr", "Serbian", "Српски"),
    ("ssy", "Saho", "Saaho"),
    ("sus", "Susu", "Sosoxui"),
    ("sv", "Swedish", "Svenska"),
    ("sw", "Swahili", "Kiswahili"),
    ("ta", "Tamil", "தமிழ்"),
    ("te", "Telugu", "తెలుగు"),
    ("tg", "Tajik", "Тоҷикӣ"),
    ("th", "Thai", "ไทย"),
    ("ti", "Tigrinya", "ትግርኛ"),
    ("tig", "Tigre", "ትግረ"),
    ("tk", "Turkmen", "Türkmençe"),
    ("tr", "Turkish", "Türkçe"),
    ("tw", "Twi", "Twi"),
    ("uk", "Ukrainian", "Українська"),
    ("uz", "Uzbek", "Oʻzbekcha"),
    ("vi", "Vietnamese", "Tiếng Việt"),
    ("wo", "Wolof", "Wolof"),
    ("yo", "Yoruba", "Yorùbá"),
    ("yue", "Cantonese", "粵語"),
    ("zh", "Chinese (Mandarin)", "普通话"),
    ("zza", "Zazaki", "Zazakî"),
)
_RIGHT_TO_LEFT = (
    ("acm", "Arabic (Iraqi)", "اللهجة العراقية"),
    ("acq", "Arabic (Yemeni, Taʽizz-Aden)", "لهجة تعز وعدن"),
    ("aeb", "Arabic (Tunisian)", "تونسي"),
    ("afb", "Arabic (Gulf)", "خليجي"),
    ("aii", "Assyrian Neo-Aramaic", "ܣܘܪܝܬ"),
    ("apc", "Arabic (Levantine)", "شامي"),
    ("apd", "Arabic (Sudanese)", "سوداني"),
    ("ar", "Arabic (Standard)", "العربية"),
    ("arq", "Arabic (Algerian)", "دارجة جزائرية"),
    ("ary", "Arabic (Moroccan)", "الدارجة المغربية"),
    ("arz", "Arabic (Egyptian)", "مصري"),
    ("ayl", "Arabic (Libyan)", "ليبي"),
    ("ayn", "Arabic (Yemeni, Sanʽa)", "لهجة صنعاء"),
    ("ayp", "Arabic (North Mesopotamian)", "مصلاوي"),
    ("azb", "Azerbaijani (South)", "تورکجه"),
    ("bal", "Balochi", "بلۏچی"),
    ("ckb", "Sorani Kurdish", "سۆرانی"),
    ("cld", "Chaldean Neo-Aramaic", "ܣܘܪܬ"),
    ("fa", "Persian (Farsi)", "فارسی"),
    ("haz", "Hazaragi", "هزارگی"),
    ("he", "Hebrew", "עברית"),
    ("pnb", "Punjabi (Western)", "پنجابی"),
    ("prs", "Dari", "دری"),
    ("ps", "Pashto", "پښتو"),
    ("sdh", "Southern Kurdish", "کوردی خوارگ"),
    ("shu", "Arabic (Chadian)", "تشادي"),
    ("tru", "Turoyo", "ܣܘܪܝܬ ܛܘܪܝܐ"),
    ("ug", "Uyghur", "ئۇيغۇرچە"),
    ("ur", "Urdu", "اردو"),
)

LANGUAGES: tuple[Language, ...] = tuple(
    sorted(
        [Language(*row, rtl=False) for row in _LEFT_TO_RIGHT]
        + [Language(*row, rtl=True) for row in _RIGHT_TO_LEFT]
    )
)

ALIASES: Mapping[str, str] = {
    # ISO 639-2 and 639-3 codes of languages that have a two-letter code, and deprecated subtags.
    "aar": "aa", "amh": "am", "ara": "ar", "arb": "ar", "ajp": "apc", "aze": "az", "azj": "az", "bel": "be",
    "bul": "bg", "bam": "bm", "ben": "bn", "bos": "bs", "che": "ce", "ces": "cs", "cze": "cs", "dan": "da",
    "deu": "de", "ger": "de", "ewe": "ee", "ell": "el", "gre": "el", "eng": "en", "spa": "es", "est": "et",
    "fas": "fa", "per": "fa", "pes": "fa", "fa-af": "prs", "ful": "ff", "tl": "fil", "tgl": "fil",
    "fra": "fr", "fre": "fr", "guj": "gu", "hau": "ha", "heb": "he", "iw": "he", "hin": "hi", "hrv": "hr",
    "scr": "hr", "hun": "hu", "hye": "hy", "arm": "hy",
    "ind": "id", "in": "id", "ibo": "ig", "ita": "it", "jpn": "ja",
    "kat": "ka", "geo": "ka", "kaz": "kk", "khm": "km", "kor": "ko", "kir": "ky", "lug": "lg", "lin": "ln",
    "lit": "lt", "lav": "lv", "mlg": "mg", "mkd": "mk", "mac": "mk", "mal": "ml", "mon": "mn", "msa": "ms",
    "may": "ms", "mya": "my", "bur": "my", "nep": "ne", "nld": "nl", "dut": "nl", "orm": "om", "gaz": "om",
    "pan": "pa", "pol": "pl", "pus": "ps", "pbt": "ps", "pbu": "ps", "pst": "ps", "por": "pt", "run": "rn",
    "ron": "ro", "rum": "ro", "mo": "ro", "mol": "ro", "rus": "ru", "kin": "rw", "sin": "si", "slk": "sk",
    "slo": "sk", "slv": "sl", "som": "so", "sqi": "sq", "alb": "sq", "als": "sq", "srp": "sr", "scc": "sr",
    "swe": "sv", "swa": "sw", "swh": "sw", "tam": "ta", "tel": "te", "tgk": "tg", "tha": "th", "tir": "ti",
    "tuk": "tk", "tur": "tr", "twi": "tw", "uig": "ug", "ukr": "uk", "urd": "ur", "uzb": "uz", "uzn": "uz",
    "vie": "vi", "wol": "wo", "yor": "yo", "zho": "zh", "chi": "zh", "cmn": "zh", "diq": "zza", "kiu": "zza",
}  # fmt: skip
"""Other codes of the same language, in lower case."""

AMBIGUOUS: Mapping[str, tuple[str, ...]] = {
    # Guessing one of these would send somebody who does not understand a word.
    "ku": ("kmr", "ckb", "sdh"),
    "kur": ("kmr", "ckb", "sdh"),
    "rom": ("rmn", "rmy"),
    "sh": ("bs", "hr", "sr"),
    "hbs": ("bs", "hr", "sr"),
    "syr": ("aii", "cld", "tru"),
    "arc": ("aii", "cld", "tru"),
    "ak": ("tw", "fat"),
    "aka": ("tw", "fat"),
}
"""Collective codes that do not say which language is meant, with the ones that could be."""
