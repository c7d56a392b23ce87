"""What comes in and goes out about a pilot. Names never stand here: they are opened one by one, and logged."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.api.serializers.values import (
    Email,
    LanguageSkill,
    Moment,
    Named,
    PersonInput,
    PlaceInput,
    PlaceShown,
    ReaderLanguage,
    TownShown,
    WeeklyHours,
    WishesInput,
)
from backend.people.codes import AccessReason, CefrLevel, Gender, QualificationKind, Topic, TravelMode
from backend.people.models import Pilot
from backend.people.states import PilotStatus

SKILLS_AT_MOST = 20
SPANS_AT_MOST = 50


class PilotRegistration(serializers.Serializer):
    email = Email()
    language = ReaderLanguage(required=False)
    person = PersonInput()
    home = PlaceInput()
    wishes = WishesInput()
    languages: serializers.ListSerializer = serializers.ListSerializer(
        child=LanguageSkill(), max_length=SKILLS_AT_MOST
    )
    availability: serializers.ListSerializer = serializers.ListSerializer(
        child=WeeklyHours(), max_length=SPANS_AT_MOST
    )
    data_protection = serializers.BooleanField(help_text=_("Consent to data protection"))
    confidentiality = serializers.BooleanField(help_text=_("Confidentiality pledge"))

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Under the names of the command."""
        return {"skills": values.pop("languages"), "week": values.pop("availability"), **values}


class PilotChange(serializers.Serializer):
    """Each part that is given replaces what was there."""

    person = PersonInput(required=False)
    home = PlaceInput(required=False)
    wishes = WishesInput(required=False)
    languages: serializers.ListSerializer = serializers.ListSerializer(
        child=LanguageSkill(), max_length=SKILLS_AT_MOST, required=False
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if "languages" in values:
            values["skills"] = values.pop("languages")
        return values


class Activation(serializers.Serializer):
    pledge_seen = serializers.BooleanField(
        default=False,
        help_text=_("The office has the confidentiality pledge; needed where the pilot has never signed in"),
    )


class Pause(serializers.Serializer):
    until = serializers.DateField(required=False, allow_null=True, default=None)


class QualificationInput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=QualificationKind.choices)
    hours = serializers.IntegerField(min_value=0, max_value=1000, default=0)
    issuer = serializers.CharField(max_length=120, allow_blank=True, default="")
    issued_date = serializers.DateField()


class QualificationShown(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=QualificationKind.choices)
    hours = serializers.IntegerField()
    issuer = serializers.CharField()
    issued_date = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)


class BackgroundCheckInput(serializers.Serializer):
    """The certificate was inspected; the document itself is never kept."""

    inspected_date = serializers.DateField()
    stands_in_the_way = serializers.BooleanField(default=False)


class BackgroundCheckShown(serializers.Serializer):
    id = serializers.UUIDField()
    inspected_date = serializers.DateField()
    valid_until = serializers.DateField()
    stands_in_the_way = serializers.BooleanField()


class IdentityQuery(serializers.Serializer):
    reason = serializers.ChoiceField(choices=AccessReason.choices, help_text=_("Kept in the access log"))


class IdentityShown(serializers.Serializer):
    """A vault entry, opened for one reader."""

    name = serializers.CharField()
    phone = serializers.CharField()
    street = serializers.CharField()


class PilotShown(serializers.Serializer):
    """A pilot in a list. `name` only where the list was asked for names."""

    id = serializers.UUIDField()
    display_code = serializers.CharField()
    name = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=PilotStatus.choices)
    office = Named()
    home = TownShown()
    reach_km = serializers.IntegerField()
    travel_mode = serializers.ChoiceField(choices=TravelMode.choices)
    gender = serializers.ChoiceField(choices=Gender.choices, allow_blank=True)
    german_level = serializers.ChoiceField(choices=CefrLevel.choices)
    languages = LanguageSkill(many=True, source="skills")
    topics_wished = serializers.ListField(child=serializers.ChoiceField(choices=Topic.choices))
    topics_refused = serializers.ListField(child=serializers.ChoiceField(choices=Topic.choices))
    monthly_hours = serializers.IntegerField(allow_null=True)
    heavy_per_month = serializers.IntegerField(allow_null=True)
    paused_until = serializers.DateField(allow_null=True)
    registered_at = Moment()
    active_at = Moment(allow_null=True)

    def get_name(self, pilot: Pilot) -> str | None:
        names: dict[UUID, str] = self.context.get("names", {})
        return names.get(pilot.pk)


class PilotInFull(PilotShown):
    """A pilot with everything that activation and matching ask for."""

    home = PlaceShown()  # type: ignore[assignment]
    availability = WeeklyHours(many=True, source="availabilities")
    qualifications = QualificationShown(many=True)
    background_checks = BackgroundCheckShown(many=True)
    missing_for_activation = serializers.SerializerMethodField()

    def get_missing_for_activation(self, pilot: Pilot) -> list[str]:
        return list(self.context.get("missing", ()))


class AbsenceInput(serializers.Serializer):
    """Both days included."""

    start_date = serializers.DateField()
    end_date = serializers.DateField()


class AbsenceShown(serializers.Serializer):
    id = serializers.UUIDField()
    pilot = serializers.UUIDField(source="pilot_id")
    start_date = serializers.DateField()
    end_date = serializers.DateField()


class Week(serializers.Serializer):
    """The weekly hours as a whole."""

    week: serializers.ListSerializer = serializers.ListSerializer(
        child=WeeklyHours(), max_length=SPANS_AT_MOST
    )
