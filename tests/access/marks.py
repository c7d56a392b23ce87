"""Marked values: each field of each case holds a word that stands nowhere else, so that it is found in any answer."""

import re
from itertools import count

WORD, NUMBER = re.compile(r"qx[a-z]+"), re.compile(r"231\d{4}")
BETWEEN_DIGITS = re.compile(r"[\s()/-]+|&nbsp;|\u00a0")
_numbers = count(2_310_000)


class Marks:
    """The marked values of one case, by the name of the field."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.values: dict[str, str] = {}

    def text(self, field: str, sentence: str = "{}") -> str:
        """A sentence with the mark of the field in it."""
        self.values[field] = f"qx{field.replace('_', '')}{self.tag}"
        return sentence.format(self.values[field].capitalize())

    def phone(self, field: str) -> str:
        """A number whose last digits are the mark."""
        self.values[field] = str(next(_numbers))
        return f"+49541{self.values[field]}"

    def email(self, field: str) -> str:
        self.values[field] = f"qx{field.replace('_', '')}{self.tag}"
        return f"{self.values[field]}@marks.example"

    def among(self, marks: set[str]) -> set[str]:
        """The fields whose marks are among these."""
        return {field for field, mark in self.values.items() if mark in marks}


def marks_in(text: str) -> set[str]:
    """All marks of whatever case in an answer; telephone numbers however they are grouped."""
    return {*WORD.findall(text.lower()), *NUMBER.findall(BETWEEN_DIGITS.sub("", text))}
