"""Who is asking: users, the offices that coordinate, the organisations that request, and who belongs where."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Q, Value
from django.db.models.functions import Lower

from backend.accounts.entry.models import ApiToken as ApiToken
from backend.accounts.entry.models import EmailChange as EmailChange
from backend.accounts.entry.models import Invitation as Invitation
from backend.accounts.entry.models import InvitationLink as InvitationLink
from backend.accounts.entry.models import KnownBrowser as KnownBrowser
from backend.accounts.entry.models import Session as Session
from backend.accounts.entry.models import SignInElsewhere as SignInElsewhere
from backend.accounts.face.barriers import BarrierReport as BarrierReport
from backend.accounts.face.fields import PublicFace
from backend.accounts.face.logo import OfficeLogo as OfficeLogo
from backend.accounts.matters import Exclusions
from backend.accounts.roles import OFFICE_ROLES, STAFF_ROLES, OrganisationKind, Role
from backend.keeping import OFFICE_PERIODS, Period
from backend.keys import Keyed
from geo.postgis import WGS84_SRID
from matching.weights import Weights


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, *, language: str = "de", **fields: Any) -> "User":
        """A user who signs in by mail code or passkey; nobody has a password."""
        user = self.model(email=email.strip().lower(), language=language, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(Keyed, AbstractBaseUser):
    """A login. Names and phones live in the vault; the e-mail is the one identifier in clear."""

    email = models.EmailField()
    language = models.CharField(max_length=8, default="de")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []
    is_staff = False  # Django's admin is not installed
    is_superuser = False

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="email_taken")]

    class Privacy:
        personal = ("email", "language", "password", "last_login")
        plain = ("id", "is_active", "created_at")
        keep_for = "as long as the account"
        counted_from = "created_at"

    def has_role(self, *roles: str, office_id: UUID | None = None) -> bool:
        """Whether the user holds one of the roles, in that office if one is named."""
        return any(
            m.role in roles and (office_id is None or m.office_id == office_id) for m in self.live_memberships
        )

    @property
    def live_memberships(self) -> list["Membership"]:
        """The user's memberships, read once per user object; a closed login has none that count."""
        if not self.is_active:
            return []
        cached = self.__dict__.get("_memberships")
        if cached is None:
            memberships = self.memberships.select_related("office__logo", "organisation")
            memberships = memberships.defer(*(f"office__{name}" for name in OFFICE_WITHOUT))
            served = models.Prefetch("organisation__offices", Office.objects.without_area())
            cached = list(memberships.prefetch_related(served))
            self.__dict__["_memberships"] = cached
        return cached

    def forget_memberships(self) -> None:
        """Read them again next time, after a change of role."""
        self.__dict__.pop("_memberships", None)

    def office_ids(self, *roles: str) -> set[UUID]:
        """The offices in which the user holds one of the roles."""
        return {m.office_id for m in self.live_memberships if m.office_id and m.role in roles}

    def offices_as(self, *roles: str) -> "list[Office]":
        """The same offices by name, as read with the memberships: their areas are looked up when asked for."""
        offices = {m.office_id: m.office for m in self.live_memberships if m.office and m.role in roles}
        return sorted(offices.values(), key=lambda office: (office.name, office.pk))

    def organisation_ids(self) -> set[UUID]:
        """The organisations for which the user may ask."""
        return {m.organisation_id for m in self.live_memberships if m.organisation_id}


def default_weights() -> dict[str, float]:
    return Weights().to_dict()


def default_heavy_topics() -> list[str]:
    return ["conflict"]


# What of an office is large, and what hardly a page shows: its area and the bytes of its logo.
OFFICE_WITHOUT = ("service_area", "service_postcodes", "logo__content")


class OfficeQuerySet(models.QuerySet["Office"]):
    def without_area(self) -> "OfficeQuerySet":
        """With what a page needs to look like its office, and without what is large."""
        return self.select_related("logo").defer(*OFFICE_WITHOUT)

    def visible_to(self, user: User) -> "OfficeQuerySet":
        """Those whose rules the user reads, as one of the staff."""
        return self.filter(pk__in=user.office_ids(*STAFF_ROLES))


class Office(Keyed, PublicFace, Exclusions):
    """A Leitstelle with its service area and its rules; what differs between offices is a field here."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    label = models.CharField(max_length=60, default="Leitstelle")
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=40, default="Europe/Berlin")
    service_area = models.MultiPolygonField(srid=WGS84_SRID, null=True, blank=True)
    service_postcodes = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    accepts_self_registration = models.BooleanField(default=False)
    offer_lifetime_hours = models.PositiveSmallIntegerField(default=48)
    offers_at_once = models.PositiveSmallIntegerField(default=3)
    travel_buffer_minutes = models.PositiveSmallIntegerField(default=30)
    default_reach_km = models.PositiveSmallIntegerField(default=15)
    lead_days = models.PositiveSmallIntegerField(default=5)
    minimum_german_level = models.PositiveSmallIntegerField(default=3)
    background_check_years = models.PositiveSmallIntegerField(default=3)
    course_hours = models.PositiveSmallIntegerField(default=50)
    reminder_hours = models.PositiveSmallIntegerField(default=24)
    weights = models.JSONField(default=default_weights)
    plan_weights = models.JSONField(default=dict, blank=True)  # what is missing takes PlanWeights' default
    heavy_topics = ArrayField(models.CharField(max_length=20), default=default_heavy_topics, blank=True)
    wave_target_percent = models.PositiveSmallIntegerField(default=90)
    message_price_percent = models.PositiveSmallIntegerField(default=12)
    wave_interval_minutes = models.PositiveSmallIntegerField(default=120)
    contact_budget_week = models.PositiveSmallIntegerField(default=3)
    exploration_percent = models.PositiveSmallIntegerField(default=10)
    quiet_from_hour = models.PositiveSmallIntegerField(default=20)
    quiet_until_hour = models.PositiveSmallIntegerField(default=8)
    uses_acceptance_model = models.BooleanField(default=True)
    keep_days = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), blank=True
    )  # see backend.keeping
    created_at = models.DateTimeField()

    objects = OfficeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minimum_german_level__lte=6), name="office_german_level"),
            models.CheckConstraint(condition=Q(offers_at_once__gte=1), name="office_offers_at_once"),
            models.CheckConstraint(condition=Q(offer_lifetime_hours__gte=1), name="office_offer_lifetime"),
        ]

    class Privacy:
        personal = ()
        plain = (
            "id", "name", "slug", "label", "email", "phone", "time_zone", "service_area", "service_postcodes",
            "accepts_self_registration", "offer_lifetime_hours", "offers_at_once", "travel_buffer_minutes",
            "default_reach_km", "lead_days", "minimum_german_level", "background_check_years", "course_hours",
            "reminder_hours", "weights", "plan_weights", "heavy_topics", "wave_target_percent",
            "message_price_percent", "wave_interval_minutes", "contact_budget_week", "exploration_percent",
            "quiet_from_hour", "quiet_until_hour", "uses_acceptance_model", "keep_days",
            "created_at", *PublicFace.FIELDS, *Exclusions.RULES,
        )  # fmt: skip
        keep_for = None
        counted_from = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def keeps(self, name: str) -> Period:
        """How long this office keeps what OFFICE_PERIODS names."""
        return OFFICE_PERIODS[name].of(self.keep_days.get(name))

    def local_date(self, moment: datetime) -> date:
        """The date on the wall of the office: until two in the morning it is not that of UTC."""
        return moment.astimezone(self.zone).date()


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: User) -> "OrganisationQuerySet":
        """Those that the user's offices look after, and one's own."""
        own = Q(pk__in=user.organisation_ids())
        served = Office.organisations.through.objects.filter(office__in=user.office_ids(Role.COORDINATOR))
        return self.filter(own | Q(pk__in=served.values("organisation")))


class Organisation(Keyed):
    """A requesting service. It may ask once an office has approved it."""

    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    street = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=5)
    place = models.CharField(max_length=80)
    point = models.PointField(srid=WGS84_SRID)
    offices = models.ManyToManyField(Office, related_name="organisations")
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["name"], name="organisation_name")]

    class Privacy:
        personal = ()
        plain = (
            "id", "name", "kind", "street", "postcode", "place", "point", "offices", "created_at", "approved_at",
        )  # fmt: skip
        keep_for = None
        counted_from = None


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User) -> "MembershipQuerySet":
        """Those in the offices that the user administers."""
        return self.filter(office__in=user.office_ids(Role.ADMIN))

    def staff(self) -> "MembershipQuerySet":
        """Those who work in an office: everybody there but the pilots."""
        return self.filter(role__in=STAFF_ROLES)


class Membership(Keyed):
    """What a user is, and where: a role in an office, or requester for an organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="memberships"
    )
    created_at = models.DateTimeField()

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role"),
            models.CheckConstraint(
                condition=Q(role__in=OFFICE_ROLES, office__isnull=False, organisation__isnull=True)
                | Q(role=Role.REQUESTER, office__isnull=True, organisation__isnull=False),
                name="membership_place",
            ),
            models.UniqueConstraint(
                F("user"),
                F("role"),
                F("office"),
                F("organisation"),
                name="membership_exists",
                nulls_distinct=False,
            ),
        ]

    class Privacy:
        personal = ()
        plain = ("id", "user", "role", "office", "organisation", "created_at")
        keep_for = "as long as the account"
        counted_from = "created_at"


class IdempotencyKey(Keyed):
    """The first answer to a keyed request, so that a repetition gets the same answer and changes nothing."""

    REMEMBERED = timedelta(hours=24)

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(F("user"), F("key"), name="idempotency_key_used", nulls_distinct=False)
        ]

    class Privacy:
        personal = ("answer",)
        plain = ("id", "user", "key", "fingerprint", "status", "created_at")
        keep_for = "24 hours"
        counted_from = "created_at"
