"""How many parts does an SMS take? One holds 160 characters of the GSM alphabet, or 70 of any other (TS 23.038)."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("^{}\\[~]|€\f")  # two places each
ALONE_GSM, PART_GSM = 160, 153  # a part of a longer message gives seven places to its number
ALONE_UCS, PART_UCS = 70, 67


def is_gsm(text: str) -> bool:
    """Whether every character is in the GSM alphabet."""
    return all(character in BASIC or character in EXTENSION for character in text)


def segments(text: str) -> int:
    """How many parts the text is sent and paid as."""
    if is_gsm(text):
        places = [2 if character in EXTENSION else 1 for character in text]
        return _parts(places, ALONE_GSM, PART_GSM)
    return _parts([len(character.encode("utf-16-be")) // 2 for character in text], ALONE_UCS, PART_UCS)


def _parts(places: list[int], alone: int, part: int) -> int:
    """A character that takes two places is never cut in two."""
    if sum(places) <= alone:
        return 1
    parts, used = 1, 0
    for width in places:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts
