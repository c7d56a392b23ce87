"""What a pilot says of her times, and what the office notes about a pilot."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.language_names import language_name
from backend.moments import weekday_name
from backend.people.codes import QualificationKind
from backend.web.forms.base import DayField, PageForm, PostcodeField, with_empty

PAUSES = (1, 2, 4)  # weeks, one tap each


class AbsenceForm(PageForm):
    start_date = DayField(label=_("First day away"))
    end_date = DayField(label=_("Last day away"))


class PauseForm(PageForm):
    """A pause for some weeks, until a day, or without an end."""

    FIELD_OF = {"until": "until"}

    weeks = forms.TypedChoiceField(
        choices=[(weeks, weeks) for weeks in PAUSES], coerce=int, empty_value=None, required=False
    )
    until = DayField(label=_("Or pause until"), required=False)

    def until_from(self, today: date) -> date | None:
        """The day on which she is back; None is open."""
        weeks = self.cleaned_data["weeks"]
        until: date | None = self.cleaned_data["until"]
        return today + timedelta(weeks=weeks) if weeks else until


class PostcodeVetoForm(PageForm):
    """Somewhere she does not want to go."""

    postcode = PostcodeField(label=_("Postcode"))


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


class PilotSearchForm(PageForm):
    """What the address of the list says; every part may be missing."""

    q = forms.CharField(label=_("Name, code or place"), max_length=80, required=False)
    sprache = forms.ChoiceField(label=_("Language"), required=False)
    tag = forms.TypedChoiceField(label=_("Has time on"), required=False, coerce=int, empty_value=None)
    minderjaehrige = forms.BooleanField(label=_("may work with minors"), required=False)
    faellig = forms.BooleanField(label=_("background check runs out"), required=False)

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((code, language_name(code)) for code in languages), key=lambda one: one[1].casefold())
        language, day = self.fields["sprache"], self.fields["tag"]
        assert isinstance(language, forms.ChoiceField)
        assert isinstance(day, forms.ChoiceField)
        language.choices = with_empty(named, _("any language"))
        day.choices = with_empty([(number, weekday_name(number)) for number in range(7)], _("any day"))

    def wanted(self) -> dict[str, Any]:
        """The arguments of pilot_list.filtered and the words searched for; what makes no sense is left out."""
        self.is_valid()
        found = self.cleaned_data
        return {
            "language": found.get("sprache", ""),
            "weekday": found.get("tag"),
            "minors": found.get("minderjaehrige", False),
            "check_due": found.get("faellig", False),
        }

    @property
    def words(self) -> str:
        return self.cleaned_data.get("q", "")
