"""A volunteer: what matching needs to know, and nothing that names the person."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q

from backend.accounts.models import Office, Organisation, User
from backend.accounts.roles import Role
from backend.keys import Keyed
from backend.people.codes import CefrLevel, Gender, ProfileStep, Topic, TravelMode
from backend.people.models.identity import Identity
from backend.people.models.place import Place
from backend.people.oneself import own_pilot
from backend.people.profile import Wishes
from backend.people.states import PILOT_TRANSITIONS, PilotStatus
from backend.states import Stateful, status_has_time, status_is_known


class PilotQuerySet(models.QuerySet["Pilot"]):
    def visible_to(self, user: User) -> "PilotQuerySet":
        """Pilots of the user's own offices, and oneself."""
        offices = user.office_ids(Role.COORDINATOR)
        mine = Q(pk__in=PilotOffice.objects.filter(office__in=offices).values("pilot"))
        if pilot := own_pilot(user):
            mine |= Q(pk=pilot.pk)
        return self.filter(mine)

    def bookable(self) -> "PilotQuerySet":
        """Those of whom `is_bookable` holds."""
        return self.filter(status=PilotStatus.ACTIVE, user__is_active=True)

    def hold(self, pilot_ids: Iterable[UUID]) -> None:
        """Until the transaction ends nobody changes these rows; whoever asks or commissions them does not wait.

        Whoever locks a request locks it first. What was read of a pilot before is to be read again.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM people_pilot WHERE id = ANY(%s) ORDER BY id FOR SHARE", [list(pilot_ids)]
            )


class Pilot(Keyed, Stateful):
    TRANSITIONS = PILOT_TRANSITIONS
    STATUS_TIMES = {
        PilotStatus.ACTIVE: "active_at",
        PilotStatus.LEFT: "left_at",
        PilotStatus.ERASED: "erased_at",
    }

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="pilot")
    identity = models.OneToOneField(Identity, on_delete=models.PROTECT, related_name="pilot")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="own_pilots")
    display_code = models.CharField(max_length=12)
    status = models.CharField(max_length=12, choices=PilotStatus.choices, default=PilotStatus.APPLICANT)
    gender = models.CharField(max_length=1, choices=Gender.choices, blank=True)
    german_level = models.PositiveSmallIntegerField(choices=CefrLevel.choices)
    home = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="+")
    reach_km = models.PositiveSmallIntegerField()
    travel_mode = models.CharField(max_length=8, choices=TravelMode.choices, default=TravelMode.TRANSIT)
    monthly_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    topics_wished = ArrayField(
        models.CharField(max_length=20, choices=Topic.choices), default=list, blank=True
    )
    topics_refused = ArrayField(
        models.CharField(max_length=20, choices=Topic.choices), default=list, blank=True
    )
    heavy_per_month = models.PositiveSmallIntegerField(null=True, blank=True)  # None: no limit
    quiet_from_hour = models.PositiveSmallIntegerField(null=True, blank=True)  # None: the office's
    quiet_until_hour = models.PositiveSmallIntegerField(null=True, blank=True)
    paused_until = models.DateField(null=True, blank=True)
    steps_done = ArrayField(
        models.CharField(max_length=12, choices=ProfileStep.choices), default=list, blank=True
    )  # what she has said so far; registered at once, all of them
    registered_at = models.DateTimeField()
    active_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects = PilotQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            status_is_known(PilotStatus, "pilot_status"),
            status_has_time(PilotStatus.ACTIVE, "active_at", "pilot_active_at"),
            status_has_time(PilotStatus.LEFT, "left_at", "pilot_left_at"),
            models.CheckConstraint(condition=Q(german_level__lte=6), name="pilot_german_level"),
            models.CheckConstraint(condition=Q(reach_km__gte=1, reach_km__lte=300), name="pilot_reach"),
            models.UniqueConstraint("office", "display_code", name="pilot_display_code"),
        ]

    class Privacy:
        personal = ("gender", "german_level", "home", "topics_wished", "topics_refused")
        plain = (
            "id", "user", "identity", "office", "display_code", "status", "reach_km", "travel_mode",
            "monthly_hours", "heavy_per_month", "quiet_from_hour", "quiet_until_hour", "paused_until",
            "steps_done", "registered_at", "active_at", "left_at", "erased_at",
        )  # fmt: skip
        keep_for = "12 months"
        counted_from = "left_at"
        at_the_end = "erased"
        office_period = "pilots_who_left"

    @property
    def wishes(self) -> Wishes:
        """What she offers and wants, so that a page can change a part of it."""
        return Wishes(
            german_level=self.german_level,
            reach_km=self.reach_km,
            gender=self.gender,
            travel_mode=self.travel_mode,
            monthly_hours=self.monthly_hours,
            heavy_per_month=self.heavy_per_month,
            topics_wished=self.topics_wished,
            topics_refused=self.topics_refused,
        )

    def note_steps(self, *steps: ProfileStep) -> None:
        """Remember, once the row is saved, that she has said this."""
        self.steps_done = sorted({*self.steps_done, *(step.value for step in steps)})

    @property
    def is_bookable(self) -> bool:
        """Whether she may be asked at all: active, and with a login by which she can answer."""
        return self.status == PilotStatus.ACTIVE and self.user.is_active


class PilotOffice(Keyed):
    """In which offices a pilot may be asked: the own one, and those she is lent to."""

    class Kind(models.TextChoices):
        BELONGS = "BELONGS"
        LENT = "LENT"

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="pilot_offices")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="pilot_offices")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.BELONGS)

    class Meta:
        constraints = [
            models.UniqueConstraint("pilot", "office", name="pilot_office_once"),
            models.UniqueConstraint("pilot", condition=Q(kind="BELONGS"), name="pilot_belongs_once"),
        ]

    class Privacy:
        personal = ()
        plain = ("id", "pilot", "office", "kind")
        keep_for = "as long as the pilot"
        counted_from = None


class VetoQuerySet(models.QuerySet["Veto"]):
    def visible_to(self, user: User) -> "VetoQuerySet":
        """One's own, and those of the pilots of one's offices: of one who is lent none that names somebody else's."""
        offices = user.office_ids(Role.COORDINATOR)
        served = Office.organisations.through.objects.filter(office__in=offices).values("organisation")
        here = Q(help_seeker__office__in=offices) | Q(organisation__in=served) | ~Q(postcode="")
        visible = Pilot.objects.visible_to(user).exclude(user=user)
        return self.filter(Q(pilot__user=user) | Q(pilot__in=visible.values("pk")) & here)


class Veto(Keyed):
    """Never again, without a reason: this pilot and that help-seeker, organisation or postal code."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="vetoes")
    help_seeker = models.ForeignKey("people.HelpSeeker", on_delete=models.CASCADE, null=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True)
    postcode = models.CharField(max_length=5, blank=True)

    objects = VetoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(help_seeker__isnull=False, organisation=None, postcode="")
                | Q(help_seeker=None, organisation__isnull=False, postcode="")
                | Q(help_seeker=None, organisation=None) & ~Q(postcode=""),
                name="veto_names_one",
            ),
        ]

    class Privacy:
        personal = ("pilot", "help_seeker", "organisation", "postcode")
        plain = ("id",)
        keep_for = "as long as the pilot"
        counted_from = None
