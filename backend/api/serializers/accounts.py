"""What comes in and goes out about users, their tokens, organisations and offices."""

from rest_framework import serializers

from backend.accounts.commands import SCOPES, TOKEN_DAYS_AT_MOST
from backend.accounts.roles import OrganisationKind, Role
from backend.api.serializers.values import AddressInput, Moment, Named, ReaderLanguage


class RoleShown(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices)
    office = Named(allow_null=True)
    organisation = Named(allow_null=True)


class MeShown(serializers.Serializer):
    """The signed-in user. `scopes` is null for a person's own session, which may do everything."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    language = ReaderLanguage()
    roles = RoleShown(many=True, source="live_memberships")
    pilot = serializers.UUIDField(allow_null=True)
    help_seeker = serializers.UUIDField(allow_null=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES), allow_null=True)


class MeChange(serializers.Serializer):
    language = ReaderLanguage()


class TokenIssue(serializers.Serializer):
    name = serializers.CharField(max_length=60)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=SCOPES), min_length=1, max_length=len(SCOPES)
    )
    days = serializers.IntegerField(min_value=1, max_value=TOKEN_DAYS_AT_MOST, default=90)


class TokenShown(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))
    created_at = Moment()
    expires_at = Moment()
    revoked_at = Moment(allow_null=True)
    last_used_at = Moment(allow_null=True)


class TokenIssued(TokenShown):
    """The only answer that ever holds the secret; null when the same request is repeated."""

    secret = serializers.CharField(allow_null=True)


class OrganisationRegistration(serializers.Serializer):
    name = serializers.CharField(max_length=160)
    kind = serializers.ChoiceField(choices=OrganisationKind.choices)
    address = AddressInput()
    contact_email = serializers.EmailField(max_length=254)
    language = ReaderLanguage(required=False)


class OrganisationShown(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrganisationKind.choices)
    street = serializers.CharField()
    postcode = serializers.CharField()
    place = serializers.CharField()
    offices = Named(many=True)
    created_at = Moment()
    approved_at = Moment(allow_null=True)


class MemberInput(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    language = ReaderLanguage(required=False)


class MemberShown(serializers.Serializer):
    id = serializers.UUIDField()
    email = serializers.EmailField(source="user.email")
    role = serializers.ChoiceField(choices=Role.choices)
    created_at = Moment()


class OfficeShown(serializers.Serializer):
    """What everybody may know of an office."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.SlugField()
    label = serializers.CharField()  # type: ignore[assignment]
    accepts_self_registration = serializers.BooleanField()


class OfficeInFull(OfficeShown):
    """The rules of an office, for those who work there."""

    email = serializers.EmailField()
    phone = serializers.CharField()
    time_zone = serializers.CharField()
    service_postcodes = serializers.ListField(child=serializers.CharField())
    offer_lifetime_hours = serializers.IntegerField()
    offers_at_once = serializers.IntegerField()
    travel_buffer_minutes = serializers.IntegerField()
    default_reach_km = serializers.IntegerField()
    lead_days = serializers.IntegerField()
    minimum_german_level = serializers.IntegerField()
    background_check_years = serializers.IntegerField()
    course_hours = serializers.IntegerField()
    reminder_hours = serializers.IntegerField()
    weights = serializers.DictField(child=serializers.FloatField())
