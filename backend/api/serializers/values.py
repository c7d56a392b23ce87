"""The pieces that input and output are made of: moments, places, languages, people."""

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers

from backend.accounts.addresses import check_local_part
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.errors import RuleViolated
from backend.moments import YEARS
from backend.people.codes import CefrLevel, Gender, Topic, TravelMode
from backend.people.models import Place
from backend.people.profile import PersonalData, Skill, WeeklySpan, Wishes
from geo.address import GeoError
from geo.locating import Located, locate
from geo.postgis import from_point

WALL_TIME = "%H:%M"


class Moment(serializers.DateTimeField):
    """An instant with its offset; a time without one would mean another hour to somebody."""

    default_error_messages = {
        "naive": _("Please add the offset, such as 2026-11-30T10:00:00+01:00."),
        "year": _("The year has to lie between {first} and {last}."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def to_internal_value(self, value: Any) -> datetime:
        try:
            read = parse_datetime(value) if isinstance(value, str) else None
        except ValueError:
            read = None
        if read is None:
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss±hh:mm")
        if read.tzinfo is None:
            self.fail("naive")
        if not YEARS[0] <= read.year <= YEARS[1]:
            self.fail("year", first=YEARS[0], last=YEARS[1])
        return read.astimezone(UTC)


class Id(serializers.UUIDField):
    """The id of something, as text; DRF would read a number as one too."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return UUID(str(super().to_internal_value(data)))


class Email(serializers.EmailField):
    """An address as it comes in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)
        self.validators.append(check_local_part)


class Into(serializers.Serializer):
    """Input that becomes the plain value `becomes`, as commands take it."""

    becomes: ClassVar[type]

    def to_internal_value(self, data: Any) -> Any:
        return self.becomes(**super().to_internal_value(data))


class PersonInput(Into):
    becomes = PersonalData

    name = serializers.CharField(max_length=120)
    phone = PhoneNumberField(required=False, allow_blank=True)
    street = serializers.CharField(max_length=120, required=False, allow_blank=True)

    def to_internal_value(self, data: Any) -> PersonalData:
        person = super().to_internal_value(data)
        return PersonalData(name=person.name, phone=str(person.phone), street=person.street)


class LanguageSkill(Into):
    """Levels are those of the CEFR, A1 = 1 to C2 = 6; 0 is unknown."""

    becomes = Skill

    language = serializers.CharField(max_length=16, help_text=_("BCP 47 code"))
    speaks = serializers.IntegerField(min_value=0, max_value=6)
    understands = serializers.IntegerField(min_value=0, max_value=6)


@extend_schema_field(
    {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", "example": "08:30"}
)
class WallTime(serializers.TimeField):
    """By the clock on the wall, without an offset: two with different ones could not be compared."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format=WALL_TIME, input_formats=[WALL_TIME, "%H:%M:%S"], **kwargs)


class WeeklyHours(Into):
    """Wall time of the office on one weekday; Monday is 0."""

    becomes = WeeklySpan

    weekday = serializers.IntegerField(min_value=0, max_value=6)
    starts = WallTime()
    ends = WallTime()


class WishesInput(Into):
    becomes = Wishes

    german_level = serializers.ChoiceField(choices=CefrLevel.choices)
    reach_km = serializers.IntegerField(min_value=1, max_value=300, required=False, allow_null=True)
    gender = serializers.ChoiceField(choices=Gender.choices, required=False, allow_blank=True)
    travel_mode = serializers.ChoiceField(choices=TravelMode.choices, required=False)
    monthly_hours = serializers.IntegerField(min_value=1, max_value=300, required=False, allow_null=True)
    heavy_per_month = serializers.IntegerField(min_value=0, max_value=31, required=False, allow_null=True)
    topics_wished = serializers.ListField(
        child=serializers.ChoiceField(choices=Topic.choices), max_length=len(Topic), required=False
    )
    topics_refused = serializers.ListField(
        child=serializers.ChoiceField(choices=Topic.choices), max_length=len(Topic), required=False
    )


class PlaceInput(serializers.Serializer):
    """A postcode, a place, both, or a point. `private` places are kept no finer than a 1-km cell."""

    private: ClassVar[bool] = True

    postcode = serializers.CharField(max_length=5, required=False, allow_blank=True)
    place = serializers.CharField(max_length=80, required=False, allow_blank=True)
    lat = serializers.FloatField(min_value=-90, max_value=90, required=False)
    lon = serializers.FloatField(min_value=-180, max_value=180, required=False)

    def to_internal_value(self, data: Any) -> Located:
        values = super().to_internal_value(data)
        try:
            return locate(private=self.private, **values)
        except GeoError as error:
            raise RuleViolated(error.code, field=self.field_name, **error.facts) from error


class AddressInput(PlaceInput):
    """A public place: with its street."""

    private = False

    street = serializers.CharField(max_length=120, required=False, allow_blank=True)


class MeetingPlaceInput(Into):
    """An address or a point. `public` says that it is no home, such as an authority, a school or a practice.

    Without it, public are the own address of the asking organisation and what it names no finer than a postcode.
    Everything else is a home: its street goes into the vault, into no message and to no geocoder.
    """

    becomes = MeetingPlace

    postcode = serializers.CharField(max_length=5, required=False, allow_blank=True)
    place = serializers.CharField(max_length=80, required=False, allow_blank=True)
    street = serializers.CharField(max_length=120, required=False, allow_blank=True)
    lat = serializers.FloatField(min_value=-90, max_value=90, required=False)
    lon = serializers.FloatField(min_value=-180, max_value=180, required=False)
    public = serializers.BooleanField(required=False, allow_null=True)


class PlaceShown(serializers.Serializer):
    """A place as it is kept, with its point in degrees (WGS 84); of a private one no street and a coarse point."""

    street = serializers.CharField()
    postcode = serializers.CharField()
    place = serializers.CharField()
    lat = serializers.SerializerMethodField()
    lon = serializers.SerializerMethodField()
    precision = serializers.CharField()
    private = serializers.BooleanField()

    def get_lat(self, place: Place) -> float:
        return round(from_point(place.point)[0], 6)

    def get_lon(self, place: Place) -> float:
        return round(from_point(place.point)[1], 6)


class TownShown(serializers.Serializer):
    """As much of a private place as lists need."""

    postcode = serializers.CharField()
    place = serializers.CharField()


class ReaderLanguage(serializers.ChoiceField):
    """A language in which we write to people."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=settings.LANGUAGES, **kwargs)


class Slot(serializers.Serializer):
    """One of the dates of a request, as it is shown."""

    id = serializers.UUIDField()
    starts_at = Moment()
    ends_at = Moment()


class Named(serializers.Serializer):
    """Something with a name: an office, an organisation."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class Received(serializers.Serializer):
    """The answer to a public registration: the same for everybody, so that a stranger learns nothing."""

    status = serializers.ChoiceField(choices=["received"])
    detail = serializers.CharField()


def received() -> dict[str, str]:
    """The body of that answer."""
    return {
        "status": "received",
        "detail": str(_("Thank you. If the address is right, a message is on its way to you.")),
    }
