"""The question whether a request is about something that the office leaves to others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django import forms
from django.forms.boundfield import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from backend.accounts.matters import Matter
from backend.accounts.models import Office


@dataclass(frozen=True)
class Choice:
    """One matter as it can be chosen, with the words that name whom to turn to instead."""

    code: str
    label: str
    hand_off: str
    is_chosen: bool


class MatterField(forms.ChoiceField):
    """The matters that one of these offices leaves to others; the first office's words count."""

    def __init__(self, offices: Iterable[Office]) -> None:
        self.hand_offs: dict[str, str] = {}
        for office in offices:
            for code in office.excluded_matters:
                self.hand_offs.setdefault(code, office.hand_off(code))
        self.matters = [("", str(_("No, none of these")))]
        self.matters += [
            (matter.value, str(capfirst(matter.label))) for matter in Matter if matter in self.hand_offs
        ]
        super().__init__(
            label=_("Is it about something that our pilots do not take on?"),
            choices=self.matters,
            widget=forms.RadioSelect,
            required=False,
        )


def choices_of(bound: BoundField) -> Iterator[Choice]:
    """Each matter of the question; `none` stands first and has an empty code."""
    field = bound.field
    assert isinstance(field, MatterField)
    chosen = str(bound.value() or "")
    for code, label in field.matters:
        yield Choice(code, label, field.hand_offs.get(code, ""), code == chosen)
