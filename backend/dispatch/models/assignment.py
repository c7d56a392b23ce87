"""Confirmed by the office: this pilot, this appointment. The database lets no pilot be in two places at once."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from uuid_utils.compat import uuid7

from backend.accounts.models import Office, User
from backend.accounts.roles import Role
from backend.dispatch.codes import CancellationReason, NotDoneReason
from backend.dispatch.models.help_request import HelpRequest, HelpRequestSlot
from backend.dispatch.models.offer import Offer
from backend.dispatch.states import ASSIGNMENT_TRANSITIONS, AssignmentStatus
from backend.encryption import EncryptedTextField
from backend.errors import NotThere
from backend.keys import Keyed
from backend.people.models import Pilot
from backend.people.oneself import own_help_seeker, own_pilot
from backend.states import Stateful, status_has_time, status_is_known

MINUTES_APART = 15  # reports that differ by no more than that agree
REPORT_WITHIN = timedelta(days=1)
LIVE = (AssignmentStatus.CONFIRMED, AssignmentStatus.COMPLETED)
TIMESPAN = Func(
    F("starts_at"), F("ends_at"), RangeBoundary(), function="TSTZRANGE", output_field=DateTimeRangeField()
)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: User) -> "AssignmentQuerySet":
        """The office's own, one's own as pilot, those of one's organisations, and one's own need."""
        mine = Q(office__in=user.office_ids(Role.COORDINATOR))
        # Only what applies, and by key: an "or" over another table reads all rows.
        if pilot := own_pilot(user):
            mine |= Q(pilot=pilot)
        if organisations := user.organisation_ids():
            mine |= Q(help_request__organisation__in=organisations)
        if help_seeker := own_help_seeker(user):
            mine |= Q(help_request__help_seeker=help_seeker)
        return self.filter(mine)

    def live(self) -> "AssignmentQuerySet":
        """Those that hold their seat."""
        return self.filter(status__in=LIVE)

    def disagreeing(self) -> "AssignmentQuerySet":
        """Those with two reports that differ, in whether it was or by more than a quarter hour, and are not settled."""
        theirs = ActivityReport.objects.filter(assignment=OuterRef("assignment"), by_pilot=False)
        differs = (
            ~Q(done=OuterRef("done"))
            | Q(minutes__gt=OuterRef("minutes") + MINUTES_APART)
            | Q(minutes__lt=OuterRef("minutes") - MINUTES_APART)
        )
        own = ActivityReport.objects.filter(Exists(theirs.filter(differs)), by_pilot=True)
        return self.filter(pk__in=own.values("assignment"), settlement=None)

    def report_overdue(self, *, now: datetime) -> "AssignmentQuerySet":
        """Those over for a day of which nobody has reported."""
        return self.filter(status=AssignmentStatus.CONFIRMED, ends_at__lt=now - REPORT_WITHIN)

    def lock_with_request(self, assignment_id: UUID) -> "Assignment":
        """The assignment, with its request locked first."""
        row = self.filter(pk=assignment_id).values_list("help_request_id", flat=True).first()
        if row is None:
            raise NotThere("assignment_unknown")
        help_request = HelpRequest.objects.lock(row)
        assignment = self.select_for_update(of=("self",)).select_related("pilot").get(pk=assignment_id)
        assignment.help_request = help_request
        return assignment


class Assignment(Keyed, Stateful):
    """`busy` is the appointment plus half the travel buffer on each side, half-open.

    `site` is equal for assignments at the same address, who need no travel between them; unknown, it is unique.
    """

    TRANSITIONS = ASSIGNMENT_TRANSITIONS
    STATUS_TIMES = {
        AssignmentStatus.COMPLETED: "completed_at",
        AssignmentStatus.CANCELLED: "cancelled_at",
        AssignmentStatus.MISSED: "missed_at",
    }

    help_request = models.ForeignKey(HelpRequest, on_delete=models.PROTECT, related_name="assignments")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    seat = models.PositiveSmallIntegerField(default=1)
    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="assignments")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="assignments")
    slot = models.ForeignKey(HelpRequestSlot, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    busy = DateTimeRangeField()
    site = models.UUIDField(default=uuid7)
    status = models.CharField(
        max_length=10, choices=AssignmentStatus.choices, default=AssignmentStatus.CONFIRMED
    )
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_reason = models.CharField(max_length=24, choices=CancellationReason.choices, blank=True)
    missed_at = models.DateTimeField(null=True)
    sequence = models.PositiveSmallIntegerField(default=0)  # of the calendar entry (RFC 5545)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["office", "starts_at"], name="assignment_calendar"),
            # The constraints below make an index of pilots and times too, one that is slow to search.
            models.Index(
                fields=["pilot", "starts_at"],
                condition=Q(status__in=[s.value for s in LIVE]),
                name="assignment_of_pilot",
            ),
            models.Index(
                fields=["pilot"],
                include=["id", "help_request"],
                condition=Q(status=AssignmentStatus.COMPLETED.value),
                name="assignment_experience",
            ),
        ]
        constraints = [
            status_is_known(AssignmentStatus, "assignment_status"),
            status_has_time(AssignmentStatus.COMPLETED, "completed_at", "assignment_completed_at"),
            status_has_time(AssignmentStatus.CANCELLED, "cancelled_at", "assignment_cancelled_at"),
            status_has_time(AssignmentStatus.MISSED, "missed_at", "assignment_missed_at"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="assignment_order"),
            models.CheckConstraint(condition=Q(busy__contains=TIMESPAN), name="assignment_busy_covers"),
            models.UniqueConstraint(
                "help_request", "seat", condition=Q(status__in=[s.value for s in LIVE]), name="seat_taken"
            ),
            ExclusionConstraint(
                name="pilot_double_booked",
                expressions=[("pilot", RangeOperators.EQUAL), (TIMESPAN, RangeOperators.OVERLAPS)],
                condition=Q(status__in=[s.value for s in LIVE]),
            ),
            ExclusionConstraint(
                name="travel_time_missing",
                expressions=[
                    ("pilot", RangeOperators.EQUAL),
                    ("busy", RangeOperators.OVERLAPS),
                    ("site", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(status__in=[s.value for s in LIVE]),
            ),
        ]

    class Privacy:
        personal = ("pilot",)
        plain = (
            "id", "help_request", "office", "seat", "offer", "slot", "starts_at", "ends_at", "busy", "site",
            "status", "confirmed_by", "confirmed_at", "completed_at", "cancelled_at", "cancelled_reason",
            "missed_at", "sequence",
        )  # fmt: skip
        keep_for = "as long as the pilot"
        counted_from = None

    @property
    def timeline_id(self) -> UUID:
        return self.help_request_id

    @property
    def is_live(self) -> bool:
        """Whether it holds its seat, as `live()` has it."""
        return self.status in LIVE

    def cancel(self, reason: str, *, at: datetime) -> None:
        """Give the seat free; the calendar entry takes the next sequence number, so that it is replaced."""
        self.move_to(AssignmentStatus.CANCELLED, at=at, cancelled_reason=reason, sequence=self.sequence + 1)


class ActivityReport(Keyed):
    """What one side says of the session: done or not, how long, how far."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="reports")
    reported_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )  # in time nobody
    by_pilot = models.BooleanField()
    done = models.BooleanField()
    not_done_reason = models.CharField(max_length=24, choices=NotDoneReason.choices, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    km = models.PositiveSmallIntegerField(null=True)
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("assignment", "by_pilot", name="report_exists"),
            models.CheckConstraint(
                condition=Q(done=True, not_done_reason="", minutes__isnull=False)
                | Q(done=False) & ~Q(not_done_reason=""),
                name="report_is_whole",
            ),
        ]

    class Privacy:
        personal = ("reported_by",)
        plain = (
            "id", "assignment", "by_pilot", "done", "not_done_reason", "minutes", "km", "reported_at",
        )  # fmt: skip
        keep_for = "6 months"
        counted_from = "reported_at"
        at_the_end = "emptied"
        office = "assignment__office"
        office_period = "cases"

    @property
    def timeline_id(self) -> UUID:
        return self.assignment.help_request_id

    @property
    def office_id(self) -> UUID:
        return self.assignment.office_id


class ReportSettlement(Keyed):
    """Where the two sides tell different things: the report that counts, as the office has found out."""

    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE, related_name="settlement")
    report = models.ForeignKey(ActivityReport, on_delete=models.PROTECT, related_name="+")
    note = EncryptedTextField()
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    class Privacy:
        personal = ("note",)
        plain = ("id", "assignment", "report", "settled_by", "settled_at")
        keep_for = "6 months"
        counted_from = "settled_at"
        at_the_end = "emptied"
        office = "assignment__office"
        office_period = "cases"
