"""One trained acceptance model: its numbers, its report, and whether it serves."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, models
from django.db.models import F, Q

from backend.accounts.models import Office, User
from backend.accounts.roles import STAFF_ROLES
from backend.dispatch.states import ACCEPTANCE_TRANSITIONS, AcceptanceStatus
from backend.keys import Keyed
from backend.states import Stateful, status_has_time, status_is_known


class AcceptanceVersionQuerySet(models.QuerySet["AcceptanceVersion"]):
    def visible_to(self, user: User) -> "AcceptanceVersionQuerySet":
        """For the staff of an office: its own, and those learned from all offices together."""
        offices = user.office_ids(*STAFF_ROLES)
        return self.filter(Q(office__in=offices) | Q(office=None)) if offices else self.none()

    def for_office(self, office: Office) -> "AcceptanceVersionQuerySet":
        """What may speak for the office: its own versions before those of all offices, newest first."""
        mine = self.filter(Q(office=office) | Q(office=None))
        return mine.order_by(F("office").asc(nulls_last=True), "-number")

    def live(self) -> "AcceptanceVersionQuerySet":
        return self.filter(status=AcceptanceStatus.LIVE)

    def of_features(self, features: Sequence[str]) -> "AcceptanceVersionQuerySet":
        """Those that know just these columns."""
        return self.filter(parameters__params__features=list(features))

    def latest_training(self) -> "models.QuerySet[AcceptanceVersion, tuple[UUID | None, datetime, int]]":
        """Office (None: all), moment of its latest training, and of how many answers that was."""
        latest = self.order_by("office", "-number").distinct("office")
        return latest.values_list("office", "trained_at", "answers")

    def lock_training(self) -> None:
        """One training at a time, until the transaction ends: there is no row yet that two could queue up behind."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('dispatch_acceptanceversion'))")


class AcceptanceVersion(Keyed, Stateful):
    """`parameters` is what matching.AcceptanceModel.from_dict reads; a version without office is the pooled one."""

    TRANSITIONS = ACCEPTANCE_TRANSITIONS
    STATUS_TIMES = {
        AcceptanceStatus.LIVE: "live_at",
        AcceptanceStatus.RETIRED: "retired_at",
        AcceptanceStatus.REJECTED: "rejected_at",
    }

    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, null=True, related_name="acceptance_versions"
    )
    number = models.PositiveIntegerField()
    status = models.CharField(
        max_length=10, choices=AcceptanceStatus.choices, default=AcceptanceStatus.CANDIDATE
    )
    answers = models.PositiveIntegerField()
    parameters = models.JSONField()
    report = models.JSONField()
    trained_at = models.DateTimeField()
    live_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    rejected_at = models.DateTimeField(null=True)

    objects = AcceptanceVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            status_is_known(AcceptanceStatus, "acceptance_status"),
            *(
                status_has_time(status, field, f"acceptance_{field}")
                for status, field in (
                    (AcceptanceStatus.LIVE, "live_at"),
                    (AcceptanceStatus.RETIRED, "retired_at"),
                    (AcceptanceStatus.REJECTED, "rejected_at"),
                )
            ),
            models.UniqueConstraint("office", "number", name="acceptance_number", nulls_distinct=False),
            models.UniqueConstraint(
                fields=["office"],
                condition=Q(status="LIVE"),
                name="acceptance_one_live",
                nulls_distinct=False,
            ),
        ]

    class Privacy:
        personal = ()
        plain = (
            "id", "office", "number", "status", "answers", "parameters", "report", "trained_at", "live_at",
            "retired_at", "rejected_at",
        )  # fmt: skip
        keep_for = None
        counted_from = None
