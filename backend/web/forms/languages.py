"""Rows of languages with levels: a fixed number of them, so that adding one needs no JavaScript."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from backend.people.profile import Skill
from backend.web.forms.base import LanguageField, PageForm, levels

ROWS, ROWS_IN_SIGHT, ROWS_AT_MOST = 6, 2, 30


class OwnNamesSelect(forms.Select):
    """Each option is a language in its own words, and says so to whoever reads it aloud."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        code = str(option["value"])
        option["attrs"] |= {"lang": code, "dir": "rtl" if get_language_info(code)["bidi"] else "ltr"}
        return option


def reader_languages() -> list[tuple[str, str]]:
    """The languages in which we write to people, each in its own words."""
    return [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]


class LanguageRows(PageForm):
    """A form with rows `language_N`, `speaks_N`, `understands_N`; as many as are needed for what is stored or sent."""

    def __init__(self, *args: Any, skills: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = list(skills)
        sent = max((row for row in range(1, ROWS_AT_MOST + 1) if f"language_{row}" in self.data), default=0)
        self.rows = max(ROWS, len(stored) + 1, sent)
        self.in_sight = max(ROWS_IN_SIGHT, len(stored))
        for row in range(1, self.rows + 1):
            first = row == 1
            self.fields[f"language_{row}"] = LanguageField(label=_("Language"), required=first)
            self.fields[f"speaks_{row}"] = self._level(_("I speak it"), required=first)
            self.fields[f"understands_{row}"] = self._level(_("I understand it"), required=first)
            for skill in stored[row - 1 : row]:
                self.fields[f"language_{row}"].initial = skill.language
                self.fields[f"speaks_{row}"].initial = skill.speaks or None
                self.fields[f"understands_{row}"].initial = skill.understands or None
            for name in (f"language_{row}", f"speaks_{row}", f"understands_{row}"):
                self.fields[name].depends = True  # type: ignore[attr-defined]  # no "optional" in every row

    @property
    def rows_in_sight(self) -> list[list[BoundField]]:
        return list(self._rows(1, self.in_sight))

    @property
    def more_rows(self) -> list[list[BoundField]]:
        return list(self._rows(self.in_sight + 1, self.rows))

    @property
    def more_rows_used(self) -> bool:
        """Whether the folded rows hold something, so that they must not be folded away."""
        return any(field.value() or field.errors for row in self.more_rows for field in row)

    def clean(self) -> dict[str, Any]:
        """A row is whole or empty."""
        values = super().clean() or self.cleaned_data
        for row in range(2, self.rows + 1):
            names = [f"{name}_{row}" for name in ("language", "speaks", "understands")]
            given = [name for name in names if values.get(name)]
            if given and len(given) < len(names):
                for name in set(names) - set(given) - set(self.errors):
                    self.add_error(name, _("Please fill in the whole row or leave it empty."))
        return values

    def skills(self) -> list[Skill]:
        """The rows filled in."""
        data = self.cleaned_data
        return [
            Skill(data[f"language_{row}"], data[f"speaks_{row}"], data[f"understands_{row}"])
            for row in range(1, self.rows + 1)
            if data.get(f"language_{row}")
        ]

    def _rows(self, first: int, last: int) -> Iterator[list[BoundField]]:
        for row in range(first, last + 1):
            yield [self[f"{name}_{row}"] for name in ("language", "speaks", "understands")]

    @staticmethod
    def _level(label: Any, *, required: bool) -> forms.TypedChoiceField:
        return forms.TypedChoiceField(label=label, choices=levels(), coerce=int, required=required)
