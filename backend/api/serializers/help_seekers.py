"""What comes in and goes out about a help-seeker: a case key, never a name in clear."""

from rest_framework import serializers

from backend.api.serializers.values import (
    Email,
    Id,
    Moment,
    Named,
    PersonInput,
    PlaceInput,
    ReaderLanguage,
    TownShown,
)
from backend.people.codes import Gender, Topic

LANGUAGES_AT_MOST = 10


class NeedsInput(serializers.Serializer):
    """What both ways of registration ask."""

    languages = serializers.ListField(
        child=serializers.CharField(max_length=16), min_length=1, max_length=LANGUAGES_AT_MOST
    )
    home = PlaceInput()
    needs = serializers.ListField(
        child=serializers.ChoiceField(choices=Topic.choices), max_length=len(Topic), default=list
    )
    gender_wish = serializers.ChoiceField(choices=Gender.choices, allow_blank=True, default="")
    data_protection = serializers.BooleanField(help_text="Consent, or the attestation that it was given")


class HelpSeekerRegistration(NeedsInput):
    case_key = serializers.CharField(max_length=40)
    organisation_id = Id(required=False, allow_null=True, default=None)


class SelfRegistration(NeedsInput):
    email = Email()
    language = ReaderLanguage(required=False)
    person = PersonInput()


class HelpSeekerShown(serializers.Serializer):
    id = serializers.UUIDField()
    case_key = serializers.CharField()
    office = Named()
    organisation = Named(allow_null=True)
    languages = serializers.ListField(child=serializers.CharField())
    home = TownShown()
    needs = serializers.ListField(child=serializers.ChoiceField(choices=Topic.choices))
    gender_wish = serializers.ChoiceField(choices=Gender.choices, allow_blank=True)
    registered_at = Moment()
