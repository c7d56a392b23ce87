"""What a pilot says of her times, and what the office notes about a pilot."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.people.codes import QualificationKind
from backend.web.forms.base import DayField, PageForm


class AbsenceForm(PageForm):
    start_date = DayField(label=_("First day away"))
    end_date = DayField(label=_("Last day away"))


class PauseForm(PageForm):
    FIELD_OF = {"until": "until"}

    until = DayField(
        label=_("Pause until"), required=False, help_text=_("Leave it empty to pause until you come back.")
    )


class ActivationForm(PageForm):
    pledge_seen = forms.BooleanField(
        label=_("The confidentiality pledge is at hand"),
        required=False,
        help_text=_("It counts once the pilot has signed in, or you have it on paper."),
    )


class QualificationForm(PageForm):
    kind = forms.ChoiceField(label=_("What"), choices=QualificationKind.choices)
    hours = forms.IntegerField(label=_("Hours"), min_value=0, max_value=1000, initial=0)
    issuer = forms.CharField(label=_("Given by"), max_length=120, required=False)
    issued_date = DayField(label=_("On"))

    def values(self) -> dict[str, Any]:
        """The arguments of record_qualification."""
        return dict(self.cleaned_data)


class BackgroundCheckForm(PageForm):
    inspected_date = DayField(label=_("Inspected on"))
    stands_in_the_way = forms.BooleanField(
        label=_("An entry stands in the way of work with minors"), required=False
    )

    def values(self) -> dict[str, Any]:
        """The arguments of record_background_check."""
        return dict(self.cleaned_data)
