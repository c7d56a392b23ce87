"""Asking for a pilot: the help-seeker by case key, what is needed, when and where."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Office
from backend.dispatch.codes import ServiceKind, Setting, WithdrawalReason
from backend.dispatch.commands.help_requests import Confidential, Need
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.policies import LONGEST_SLOT
from backend.errors import RuleViolated
from backend.people.codes import CefrLevel, Topic
from backend.web.forms.base import (
    GENDER_WISHES,
    ClockField,
    DayField,
    LanguageField,
    PageForm,
    PostcodeField,
    levels,
    with_empty,
)
from backend.web.forms.matters import Choice, MatterField, choices_of
from backend.web.places import meeting_place

DATES = 3
LENGTHS = (30, 45, 60, 90, 120, 180, 240)
LONGEST = LONGEST_SLOT // timedelta(minutes=1)


class NeedForm(PageForm):
    """What is needed, when and where; the rest of asking is who it is for."""

    FIELD_OF = {
        "slots": "day_1",
        "postcode": "address",
        "meeting_place": "address",
        "languages": "language",
    }
    asked: Sequence[
        str
    ] = ()  # the languages of the request that is changed: the form has a field for the first

    language = LanguageField(label=_("Which language should the pilot speak?"))
    required_level = forms.TypedChoiceField(
        label=_("How well, at least?"), choices=levels(), coerce=int, initial=CefrLevel.B1
    )
    topic = forms.ChoiceField(
        label=_("What is it about?"), choices=lambda: with_empty(Topic.choices, _("Please choose"))
    )
    service_kind = forms.ChoiceField(
        label=_("What should the pilot do?"), choices=ServiceKind.choices, initial=ServiceKind.INTERPRET
    )
    setting = forms.ChoiceField(
        label=_("How do you meet?"),
        choices=Setting.choices,
        initial=Setting.ON_SITE,
        widget=forms.RadioSelect,
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        required=False,
        # Postcode and town would change places in a page that runs from right to left.
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        help_text=_("Street and number, postcode and town. Not needed by phone or video."),
    )
    public = forms.BooleanField(
        label=_("That is a public place, such as an authority, a school or a practice"),
        required=False,
        help_text=_(
            "Without this tick we treat an address that is not the organisation's own as a home: the street is "
            "stored encrypted, stands in no message, and of the pilots only the one confirmed gets to see it."
        ),
    )
    minors = forms.BooleanField(label=_("Children or young people are present"), required=False)
    gender_wish = forms.ChoiceField(label=_("Who should come?"), choices=GENDER_WISHES, required=False)
    urgent = forms.BooleanField(
        label=_("It is urgent"), required=False, help_text=_("The office then tries at short notice as well.")
    )
    meeting_point = forms.CharField(
        label=_("Meeting point"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("For example: main entrance, room 12."),
    )
    contact_on_site = forms.CharField(
        label=_("Contact on site, with phone"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    note = forms.CharField(
        label=_("What else should the pilot know?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Please no names of clients and no diagnoses."),
    )

    def __init__(self, *args: Any, zone: str, offices: Iterable[Office] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        self.offices = list(offices)
        matter = MatterField(self.offices)
        if matter.hand_offs:
            self.fields["matter"] = matter
        # Neither required nor optional: it depends on how they meet.
        self.fields["address"].depends = True  # type: ignore[attr-defined]
        for number in range(1, DATES + 1):
            first = number == 1
            self.fields[f"day_{number}"] = DayField(label=_("Date"), required=first)
            self.fields[f"start_{number}"] = ClockField(label=_("Begins at"), required=first)
            self.fields[f"minutes_{number}"] = forms.TypedChoiceField(
                label=_("How long?"),
                coerce=int,
                initial=60,
                choices=[
                    (length, _("%(count)s minutes") % {"count": length}) for length in self._lengths(number)
                ],
            )

    @property
    def matters(self) -> list[Choice]:
        """What the office leaves to others; empty where it leaves nothing."""
        return list(choices_of(self["matter"])) if "matter" in self.fields else []

    @property
    def matter_used(self) -> bool:
        return self._used("matter")

    @property
    def first_date(self) -> list[BoundField]:
        return self._date(1)

    @property
    def more_dates(self) -> list[list[BoundField]]:
        return [self._date(number) for number in range(2, DATES + 1)]

    @property
    def more_dates_used(self) -> bool:
        dates = any(date[0].value() or date[1].value() or date[0].errors for date in self.more_dates)
        return dates or self._used("urgent")

    @property
    def wishes_used(self) -> bool:
        return self._used("gender_wish", "required_level")

    @property
    def setting_used(self) -> bool:
        return self._used("setting")

    @property
    def contact_used(self) -> bool:
        return self._used("contact_on_site", "note")

    def _used(self, *names: str) -> bool:
        """Whether one of these holds something else than it began with, or has to be looked at again."""
        usual = {"required_level": str(CefrLevel.B1.value), "setting": Setting.ON_SITE.value}
        return any(
            bool(self[name].errors) or str(self[name].value() or usual.get(name, "")) != usual.get(name, "")
            for name in names
        )

    def clean(self) -> dict[str, Any]:
        """A date is whole or empty."""
        values = super().clean() or self.cleaned_data
        for number in range(2, DATES + 1):
            day, start = values.get(f"day_{number}"), values.get(f"start_{number}")
            if (day is None) != (start is None):
                missing = f"start_{number}" if start is None else f"day_{number}"
                if missing not in self.errors:
                    self.add_error(missing, _("Please give date and time."))
        for number in range(1, DATES + 1):
            if (start_at := self._starts_at(number)) and not _exists(start_at):
                self.add_error(
                    f"start_{number}", _("The clock is put forward that night: this hour does not exist.")
                )
        return values

    def where(self) -> MeetingPlace | None:
        """The meeting place; None by phone or video. Raises RuleViolated for a line we cannot read."""
        if self.cleaned_data.get("setting") != Setting.ON_SITE:
            return None
        if not self.cleaned_data.get("address"):
            raise RuleViolated("meeting_place_missing", field="address")
        return meeting_place(self.cleaned_data["address"], public=self.cleaned_data["public"])

    def need(self) -> Need:
        """What is asked for."""
        data = self.cleaned_data
        return Need(
            topic=data["topic"],
            slots=self.slots(),
            languages=self.languages(),
            required_level=data["required_level"],
            service_kind=data["service_kind"],
            setting=data["setting"],
            gender_wish=data["gender_wish"],
            minors=data["minors"],
            urgent=data["urgent"],
            matter=data.get("matter", ""),
        )

    def languages(self) -> list[str]:
        """The one chosen; of a request that asks for several the others too, as long as the first stays."""
        chosen = self.cleaned_data["language"]
        return list(self.asked) if self.asked and self.asked[0] == chosen else [chosen]

    def confidential(self) -> Confidential:
        """What goes into the vault."""
        data = self.cleaned_data
        return Confidential(
            meeting_point=data["meeting_point"],
            contact_on_site=data["contact_on_site"],
            note=data["note"],
        )

    def _lengths(self, number: int) -> list[int]:
        """The usual ones, and what this date has: not every request was written in this form."""
        given = str((self.data if self.is_bound else self.initial).get(f"minutes_{number}", ""))
        own = [int(given)] if len(given) <= 3 and given.isdecimal() and int(given) <= LONGEST else []
        return sorted({*LENGTHS, *own})

    def _date(self, number: int) -> list[BoundField]:
        return [self[f"{name}_{number}"] for name in ("day", "start", "minutes")]

    def _starts_at(self, number: int) -> datetime | None:
        day, start = self.cleaned_data.get(f"day_{number}"), self.cleaned_data.get(f"start_{number}")
        return datetime.combine(day, start, tzinfo=self.zone) if day and start else None

    @staticmethod
    def fields_of_date(starts_at: datetime, ends_at: datetime, zone: str) -> dict[str, str]:
        """This one date as it would be typed, with no other beside it."""
        start = starts_at.astimezone(ZoneInfo(zone))
        others = {f"{name}_{number}": "" for number in range(2, DATES + 1) for name in ("day", "start")}
        return {
            "day_1": start.date().isoformat(),
            "start_1": f"{start:%H:%M}",
            "minutes_1": str((ends_at - starts_at) // timedelta(minutes=1)),
            **others,
        }

    def slots(self) -> list[tuple[datetime, datetime]]:
        """From and to of each date that is whole, in UTC."""
        slots = []
        data = self.cleaned_data
        for number in range(1, DATES + 1):
            starts_at = self._starts_at(number)
            if starts_at is None:
                continue
            # In UTC: adding to the wall clock would be an hour off in the nights when it is put forward or back.
            starts_at = starts_at.astimezone(UTC)
            slots.append((starts_at, starts_at + timedelta(minutes=data.get(f"minutes_{number}") or 60)))
        return slots


def _exists(moment: datetime) -> bool:
    """Whether the clocks show this time at all; the night in spring leaves an hour out."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(
        tzinfo=None
    )


class OwnNeedForm(NeedForm):
    """Somebody asks for herself: the same questions in her words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in OWN_WORDS.items():
            self.fields[name].label = label
        self.fields["address"].help_text = _("Street and number, postcode and town.")
        self.fields["public"].help_text = _("Without this tick only the pilot who comes sees the street.")
        self.fields["note"].help_text = ""


OWN_WORDS = {
    "language": _("Which language do you speak?"),
    "topic": _("What do you need help with?"),
    "service_kind": _("How can the pilot help?"),
    "minors": _("My children come along"),
    "public": _("It is an authority, a school or a practice, and not a home"),
    "address": _("Where is the appointment?"),
    "meeting_point": _("Where do you meet the pilot?"),
    "contact_on_site": _("Who expects you there?"),
    "note": _("What else should we know?"),
}


class ClientRequestForm(NeedForm):
    """An organisation's request, for a client known by case key or registered with it."""

    # The office is found by the client's home; the meeting place has its own field name by then.
    FIELD_OF = {**NeedForm.FIELD_OF, "data_protection": "consent", "postcode": "home_postcode"}

    case_key = forms.CharField(
        label=_("Case key of your client"),
        max_length=40,
        widget=forms.TextInput(attrs={"list": "case-keys", "autocomplete": "off", "dir": "auto"}),
        help_text=_("Your own number for this person, never a name. A new key registers a new client."),
    )
    home_postcode = PostcodeField(
        label=_("Postcode of the client's home"),
        required=False,
        help_text=_("Only for a new client; without it we take the postcode of your organisation."),
    )
    consent = forms.BooleanField(
        label=_("New client: the person agrees that the office stores language, postcode and need."),
        required=False,
    )

    def __init__(self, *args: Any, case_keys: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case_keys = list(case_keys)

    @property
    def elsewhere_used(self) -> bool:
        return self._used("home_postcode")


class CallerRequestForm(ClientRequestForm):
    """The office enters a request for somebody on the phone."""

    organisation = forms.TypedChoiceField(label=_("Who is calling?"), required=False, empty_value=None)

    def __init__(self, *args: Any, organisations: Iterable[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = with_empty(
            [(str(pk), name) for pk, name in organisations], _("Nobody of these: the office itself asks")
        )
        self.fields["home_postcode"].help_text = _("Only for a new client.")


class WithdrawForm(PageForm):
    reason = forms.ChoiceField(label=_("Why?"), choices=WithdrawalReason.choices, widget=forms.RadioSelect)
