"""A need: which language, what about, where, and when it could be."""

from collections.abc import Collection
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.accounts.models import Office, Organisation, User
from backend.accounts.roles import Role
from backend.dispatch.codes import ServiceKind, Setting, UnfilledReason, WithdrawalReason
from backend.dispatch.states import HELP_REQUEST_TRANSITIONS, HelpRequestStatus
from backend.encryption import EncryptedTextField
from backend.errors import NotThere
from backend.keys import Keyed
from backend.people.codes import CefrLevel, Gender, Topic
from backend.people.models import HelpSeeker, Place
from backend.people.oneself import own_help_seeker
from backend.states import Stateful, status_has_time, status_is_known


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    def visible_to(self, user: User) -> "HelpRequestQuerySet":
        """The office's own, those of one's organisations, and one's own need."""
        mine = Q(office__in=user.office_ids(Role.COORDINATOR)) | Q(organisation__in=user.organisation_ids())
        if help_seeker := own_help_seeker(user):  # by key: an "or" over another table would read all rows
            mine |= Q(help_seeker=help_seeker)
        return self.filter(mine)

    def lock(self, help_request_id: UUID) -> "HelpRequest":
        """The row, locked; every command that touches its offers or assignments queues up here first."""
        found = self.select_for_update(of=("self",)).filter(pk=help_request_id).first()
        if found is None:
            raise NotThere("help_request_unknown")
        return found

    def lock_all(self, help_request_ids: Collection[UUID]) -> "dict[UUID, HelpRequest]":
        """The rows, locked in the order of their keys, so that nobody waits crosswise."""
        rows = self.select_for_update(of=("self",)).filter(pk__in=help_request_ids).order_by("pk")
        return {row.pk: row for row in rows}


class HelpRequest(Keyed, Stateful):
    TRANSITIONS = HELP_REQUEST_TRANSITIONS
    STATUS_TIMES = {
        HelpRequestStatus.OPEN: "opened_at",
        HelpRequestStatus.ASSIGNED: "assigned_at",
        HelpRequestStatus.FULFILLED: "fulfilled_at",
        HelpRequestStatus.UNFILLED: "unfilled_at",
        HelpRequestStatus.WITHDRAWN: "withdrawn_at",
    }

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="help_requests")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="help_requests"
    )
    help_seeker = models.ForeignKey(HelpSeeker, on_delete=models.PROTECT, related_name="help_requests")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=16, unique=True)
    status = models.CharField(
        max_length=10, choices=HelpRequestStatus.choices, default=HelpRequestStatus.DRAFT
    )
    languages = ArrayField(models.CharField(max_length=16))
    required_level = models.PositiveSmallIntegerField(choices=CefrLevel.choices, default=CefrLevel.B1)
    topic = models.CharField(max_length=20, choices=Topic.choices)
    service_kind = models.CharField(max_length=20, choices=ServiceKind.choices, default=ServiceKind.INTERPRET)
    setting = models.CharField(max_length=8, choices=Setting.choices, default=Setting.ON_SITE)
    gender_wish = models.CharField(max_length=1, choices=Gender.choices, blank=True)
    minors = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    seats = models.PositiveSmallIntegerField(default=1)
    meeting_place = models.OneToOneField(Place, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    asked_anew_at = models.DateTimeField(
        null=True
    )  # last changed so that what was offered before asks for less
    opened_at = models.DateTimeField(null=True)
    assigned_at = models.DateTimeField(null=True)
    fulfilled_at = models.DateTimeField(null=True)
    unfilled_at = models.DateTimeField(null=True)
    unfilled_reason = models.CharField(max_length=20, choices=UnfilledReason.choices, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=20, choices=WithdrawalReason.choices, blank=True)
    # What offers that are deleted by now had come to: figures add it to what is still there.
    past_asked = models.PositiveSmallIntegerField(default=0, db_default=0)
    past_answered = models.PositiveSmallIntegerField(default=0, db_default=0)
    past_yes_at = models.DateTimeField(null=True)

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["office", "status", "created_at"], name="help_request_worklist")]
        constraints = [
            status_is_known(HelpRequestStatus, "help_request_status"),
            status_has_time(HelpRequestStatus.OPEN, "opened_at", "help_request_opened_at"),
            status_has_time(HelpRequestStatus.ASSIGNED, "assigned_at", "help_request_assigned_at"),
            status_has_time(HelpRequestStatus.FULFILLED, "fulfilled_at", "help_request_fulfilled_at"),
            status_has_time(HelpRequestStatus.UNFILLED, "unfilled_at", "help_request_unfilled_at"),
            status_has_time(HelpRequestStatus.WITHDRAWN, "withdrawn_at", "help_request_withdrawn_at"),
            models.CheckConstraint(
                condition=~Q(status=HelpRequestStatus.UNFILLED) | ~Q(unfilled_reason=""),
                name="help_request_unfilled_reason",
            ),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=5), name="help_request_seats"),
            models.CheckConstraint(condition=~Q(languages=[]), name="help_request_has_language"),
            models.CheckConstraint(
                condition=~Q(setting=Setting.ON_SITE) | Q(meeting_place__isnull=False),
                name="on_site_has_place",
            ),
        ]

    class Privacy:
        personal = ("languages", "topic", "gender_wish", "meeting_place", "help_seeker")
        plain = (
            "id", "office", "organisation", "requested_by", "reference", "status", "required_level",
            "service_kind", "setting", "minors", "urgent", "seats", "created_at", "asked_anew_at", "opened_at",
            "assigned_at", "fulfilled_at", "unfilled_at", "unfilled_reason", "withdrawn_at", "withdrawn_reason",
            "past_asked", "past_answered", "past_yes_at",
        )  # fmt: skip
        keep_for = "6 months"
        counted_from = "the last session"
        at_the_end = "coarsened"
        office_period = "cases"

    @property
    def remote(self) -> bool:
        return self.setting != Setting.ON_SITE

    @property
    def site(self) -> UUID | None:
        """The same for all requests to be met at one address; None where the street is not known."""
        place = None if self.remote else self.meeting_place
        street = " ".join(place.street.split()).casefold() if place else ""
        return uuid5(NAMESPACE_OID, f"{place.postcode} {street}") if place and street else None

    def free_seats(self) -> list[int]:
        """Seats without a live assignment, lowest first."""
        taken = {assignment.seat for assignment in self.assignments.all() if assignment.is_live}
        return [seat for seat in range(1, self.seats + 1) if seat not in taken]

    def coming_slots(self, *, now: datetime) -> "list[HelpRequestSlot]":
        """The dates still possible: not begun, and with one of several seats taken just the date of that seat."""
        chosen = {assignment.slot_id for assignment in self.assignments.all() if assignment.is_live}
        return [
            slot for slot in self.slots.all() if slot.starts_at > now and (not chosen or slot.pk in chosen)
        ]


class HelpRequestSlot(Keyed):
    """One of the dates that would suit. One that was taken back stays for the offers that named it."""

    help_request = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, null=True, related_name="slots")
    dropped_from = models.ForeignKey(
        HelpRequest, on_delete=models.CASCADE, null=True, related_name="dropped_slots"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_order"),
            models.CheckConstraint(
                condition=Q(help_request__isnull=False) ^ Q(dropped_from__isnull=False),
                name="slot_of_one_request",
            ),
            models.UniqueConstraint("help_request", "starts_at", "ends_at", name="slot_once"),
        ]

    class Privacy:
        personal = ()
        plain = ("id", "help_request", "dropped_from", "starts_at", "ends_at")
        keep_for = "as long as the request"
        counted_from = None

    @property
    def request_id(self) -> UUID:
        """The request whose date this is or was."""
        found = self.help_request_id or self.dropped_from_id
        assert found  # held by a constraint
        return found


class ConfidentialDetails(Keyed):
    """What only the confirmed pilot and the office may read: meeting point, contact on site, free note."""

    help_request = models.OneToOneField(HelpRequest, on_delete=models.CASCADE, related_name="confidential")
    home = EncryptedTextField(blank=True)  # the street of a home, with which the meeting point begins
    meeting_point = EncryptedTextField(blank=True)
    contact_on_site = EncryptedTextField(blank=True)
    note = EncryptedTextField(blank=True)

    class Privacy:
        personal = ("home", "meeting_point", "contact_on_site", "note")
        plain = ("id", "help_request")
        keep_for = "30 days"
        counted_from = "the last session"
        office = "help_request__office"
        office_period = "vault"

    @property
    def office_id(self) -> UUID:
        return self.help_request.office_id

    def without_home(self, meeting_point: str) -> str:
        """A meeting point as it was typed beside the address, where it begins with the street that we know."""
        if self.home and (meeting_point == self.home or meeting_point.startswith(f"{self.home}, ")):
            return meeting_point[len(self.home) :].removeprefix(", ")
        return meeting_point
