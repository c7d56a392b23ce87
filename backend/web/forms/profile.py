"""The five short steps of a pilot's profile: each form shows what is stored and gives the arguments of its command."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.people.codes import Gender, ProfileStep, Topic, TravelMode
from backend.people.commands.applications import Quiet
from backend.people.models import Pilot
from backend.people.profile import WeeklySpan
from backend.people.queries import Revealed
from backend.web.forms.base import PageForm, PostcodeField, levels, with_empty
from backend.web.forms.languages import LanguageRows, OwnNamesSelect, reader_languages
from backend.web.forms.registration import name_field, phone_field
from backend.web.forms.week import PARTS, WeekGridField, boxes_of, grid_rows
from backend.web.places import private_place

LIKE, FINE, NOT = "like", "fine", "not"
HOURS = [(hour, f"{hour}:00") for hour in range(24)]


class LanguagesStep(LanguageRows):
    """What she speaks, German with it."""

    template = "web/pilot/steps/languages.html"
    FIELD_OF: ClassVar[dict[str, str]] = {"languages": "language_1"}

    german_level = forms.TypedChoiceField(
        label=_("How well do you speak German?"), choices=levels(), coerce=int
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, pilot: Pilot) -> None:
        super().__init__(data, skills=pilot.skills.all())
        self.fields["german_level"].initial = pilot.german_level or None

    def values(self) -> dict[str, Any]:
        """The arguments of change_profile."""
        wished = {"german_level": self.cleaned_data["german_level"]}
        return {"skills": self.skills(), "wished": wished, "step": ProfileStep.LANGUAGES}


class TravelStep(PageForm):
    """Where she lives, and how far she comes."""

    template = "web/pilot/steps/travel.html"
    FIELD_OF: ClassVar[dict[str, str]] = {"home": "postcode"}

    postcode = PostcodeField(label=_("Postcode"))
    place = forms.CharField(label=_("Town"), max_length=80, required=False)
    reach_km = forms.IntegerField(
        label=_("How far would you come, in km?"),
        min_value=1,
        max_value=300,
        help_text=_("As the crow flies. Talks by phone or video have no distance."),
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
    )
    travel_mode = forms.ChoiceField(
        label=_("How do you travel?"), choices=TravelMode.choices, widget=forms.RadioSelect
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, pilot: Pilot) -> None:
        home = pilot.home
        super().__init__(
            data,
            initial={
                "postcode": home.postcode,
                "place": home.place,
                "reach_km": pilot.reach_km,
                "travel_mode": pilot.travel_mode,
            },
        )

    def values(self) -> dict[str, Any]:
        """The arguments of change_profile; a home that stays is not located anew, as it may be known more closely."""
        data = self.cleaned_data
        wished = {"reach_km": data["reach_km"], "travel_mode": data["travel_mode"]}
        values: dict[str, Any] = {"wished": wished, "step": ProfileStep.TRAVEL}
        if {"postcode", "place"} & set(self.changed_data):
            values["home"] = private_place(postcode=data["postcode"], place=data["place"])
        return values


class TimesStep(PageForm):
    """When she usually has time, as boxes to tick."""

    template = "web/pilot/steps/times.html"
    FIELD_OF: ClassVar[dict[str, str]] = {"availability": "week"}

    week = WeekGridField(
        label=_("When do you usually have time?"),
        required=False,
        help_text=_("This is no promise: you can say no every time, and change it whenever you like."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, pilot: Pilot) -> None:
        super().__init__(data, initial={"week": boxes_of(pilot.availabilities.all()) or []})

    def clean_week(self) -> list[WeeklySpan]:
        """Whoever ticks nothing could never be asked."""
        week: list[WeeklySpan] = self.cleaned_data["week"]
        if not week:
            raise forms.ValidationError(_("Please tick at least one time."))
        return week

    @property
    def week_rows(self) -> list[dict[str, Any]]:
        return grid_rows(self["week"])

    @property
    def week_parts(self) -> Any:
        return PARTS

    def values(self) -> dict[str, Any]:
        """The arguments of set_availability."""
        return {"week": self.cleaned_data["week"]}


class TopicsStep(PageForm):
    """What she likes to help with, what not, and how much."""

    template = "web/pilot/steps/topics.html"
    CHOICES: ClassVar[list[tuple[str, Any]]] = [
        (LIKE, pgettext_lazy("topic", "gladly")),
        (FINE, pgettext_lazy("topic", "if needed")),
        (NOT, pgettext_lazy("topic", "rather not")),
    ]

    monthly_hours = forms.IntegerField(
        label=_("How many hours a month at most?"),
        min_value=1,
        max_value=200,
        required=False,
        help_text=_("Leave it empty if you do not mind."),
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
    )
    heavy_per_month = forms.IntegerField(
        label=_("How many heavy appointments a month at most?"),
        min_value=0,
        max_value=31,
        required=False,
        help_text=_("Conflicts, for example, can weigh on you. Leave it empty if you do not mind."),
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
    )
    gender = forms.ChoiceField(
        label=_("Gender"),
        choices=with_empty(Gender.choices, _("No answer")),
        required=False,
        help_text=_("Some people ask for a woman or a man."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, pilot: Pilot) -> None:
        super().__init__(
            data,
            initial={
                "monthly_hours": pilot.monthly_hours,
                "heavy_per_month": pilot.heavy_per_month,
                "gender": pilot.gender,
            },
        )
        for topic in Topic:
            stored = LIKE if topic in pilot.topics_wished else NOT if topic in pilot.topics_refused else FINE
            self.fields[f"topic_{topic.value}"] = forms.ChoiceField(
                label=topic.label, choices=self.CHOICES, initial=stored, widget=forms.RadioSelect
            )

    @property
    def topics(self) -> list[BoundField]:
        return [self[f"topic_{topic.value}"] for topic in Topic]

    def values(self) -> dict[str, Any]:
        """The arguments of change_profile."""
        data = self.cleaned_data
        wished = {
            "topics_wished": [topic.value for topic in Topic if data[f"topic_{topic.value}"] == LIKE],
            "topics_refused": [topic.value for topic in Topic if data[f"topic_{topic.value}"] == NOT],
            "monthly_hours": data["monthly_hours"],
            "heavy_per_month": data["heavy_per_month"],
            "gender": data["gender"],
        }
        return {"wished": wished, "step": ProfileStep.TOPICS}


class ContactStep(PageForm):
    """How messages and calls reach her; her pledge with it."""

    template = "web/pilot/steps/contact.html"

    name = name_field()
    phone = phone_field(
        label=_("Phone"),
        help_text=_(
            "For questions at short notice. Only the office and, after a confirmation, whoever asked can see it."
        ),
    )
    language = forms.ChoiceField(
        label=_("In which language shall we write to you?"), choices=reader_languages, widget=OwnNamesSelect
    )
    quiet_from_hour = forms.TypedChoiceField(
        label=_("No messages from"),
        choices=with_empty(HOURS, "–"),
        coerce=int,
        empty_value=None,
        required=False,
    )
    quiet_until_hour = forms.TypedChoiceField(
        label=_("until"), choices=with_empty(HOURS, "–"), coerce=int, empty_value=None, required=False
    )
    confidentiality = forms.BooleanField(
        label=_("I promise to keep to myself what I learn about people, also after I have stopped.")
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, pilot: Pilot, person: Revealed, asks_pledge: bool
    ) -> None:
        super().__init__(
            data,
            initial={
                "name": person.name,
                "phone": person.phone,
                "language": pilot.user.language,
                "quiet_from_hour": pilot.quiet_from_hour,
                "quiet_until_hour": pilot.quiet_until_hour,
            },
        )
        for name in ("quiet_from_hour", "quiet_until_hour"):
            self.fields[name].depends = True  # type: ignore[attr-defined]
        if not asks_pledge:
            del self.fields["confidentiality"]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have both ends or none."""
        values = super().clean() or self.cleaned_data
        ends = [values.get("quiet_from_hour"), values.get("quiet_until_hour")]
        if not self.errors and ends.count(None) == 1:
            missing = "quiet_from_hour" if ends[0] is None else "quiet_until_hour"
            self.add_error(missing, _("Please give both times or none."))
        return values

    def values(self) -> dict[str, Any]:
        """The arguments of say_how_to_reach."""
        data = self.cleaned_data
        start, end = data["quiet_from_hour"], data["quiet_until_hour"]
        return {
            "name": data["name"],
            "phone": str(data["phone"]),
            "language": data["language"],
            "quiet": None if start is None or end is None else Quiet(start, end),
            "pledges": data.get("confidentiality", False),
        }
