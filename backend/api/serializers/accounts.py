"""What comes in and goes out about users, their tokens, organisations and offices."""

from typing import Any

from rest_framework import serializers

from backend.accounts.commands import SCOPES, TOKEN_DAYS_AT_MOST
from backend.accounts.matters import HAND_OFF_AT_MOST, Matter
from backend.accounts.office_rules import BOUNDS
from backend.accounts.roles import STAFF_CHOICES, OrganisationKind, Role
from backend.api.serializers.values import AddressInput, Email, Moment, Named, ReaderLanguage
from backend.people.codes import Topic
from geo.areas import read_area


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
    contact_email = Email()
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
    email = Email()
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
    """The rules of an office, for those who work there; the numbers are those of office_rules.BOUNDS."""

    email = serializers.EmailField()
    phone = serializers.CharField()
    time_zone = serializers.CharField()
    service_postcodes = serializers.ListField(child=serializers.CharField())
    uses_acceptance_model = serializers.BooleanField()
    heavy_topics = serializers.ListField(child=serializers.ChoiceField(choices=Topic.choices))
    excluded_matters = serializers.ListField(child=serializers.ChoiceField(choices=Matter.choices))
    hand_offs = serializers.DictField(child=serializers.CharField())
    weights = serializers.DictField(child=serializers.FloatField())

    def get_fields(self) -> dict[str, serializers.Field]:
        return super().get_fields() | {name: serializers.IntegerField() for name in BOUNDS}


class Area(serializers.JSONField):
    """GeoJSON (RFC 7946): a polygon or several; null for an office that serves postcodes alone."""

    def to_internal_value(self, data: Any) -> Any:
        return read_area(data)


class OfficeChange(serializers.Serializer):
    """What is named changes; weights that are not named stay as they are."""

    label = serializers.CharField(max_length=60, required=False)  # type: ignore[assignment]
    email = Email(required=False)
    phone = serializers.CharField(max_length=40, allow_blank=True, required=False)
    accepts_self_registration = serializers.BooleanField(required=False)
    service_postcodes = serializers.ListField(
        child=serializers.CharField(max_length=5), max_length=5000, required=False
    )
    service_area = Area(required=False, allow_null=True)
    uses_acceptance_model = serializers.BooleanField(required=False)
    heavy_topics = serializers.ListField(
        child=serializers.ChoiceField(choices=Topic.choices), max_length=len(Topic), required=False
    )
    excluded_matters = serializers.ListField(
        child=serializers.ChoiceField(choices=Matter.choices), max_length=len(Matter), required=False
    )
    hand_offs = serializers.DictField(
        child=serializers.CharField(max_length=HAND_OFF_AT_MOST, allow_blank=True), required=False
    )
    weights = serializers.DictField(child=serializers.FloatField(), required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        numbers = {
            name: serializers.IntegerField(min_value=least, max_value=most, required=False)
            for name, (least, most) in BOUNDS.items()
        }
        return super().get_fields() | numbers


class OfficeMemberInput(MemberInput):
    role = serializers.ChoiceField(choices=STAFF_CHOICES)


class RoleChange(serializers.Serializer):
    role = serializers.ChoiceField(choices=STAFF_CHOICES)


class OfficeMemberShown(MemberShown):
    user = serializers.UUIDField(source="user_id")
    is_active = serializers.BooleanField(source="user.is_active")


class AccessShown(serializers.Serializer):
    """Who opened which sealed data, when and why."""

    id = serializers.UUIDField()
    reader = serializers.UUIDField(source="reader_id")
    subject_type = serializers.CharField()
    subject_id = serializers.UUIDField()
    office = serializers.UUIDField(source="office_id")
    reason = serializers.CharField()
    read_at = Moment()
