"""Who could not use a page, which one, and how do we reach that person?"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from backend.accounts.roles import STAFF_ROLES
from backend.encryption import EncryptedTextField
from backend.keys import Keyed

if TYPE_CHECKING:
    from backend.accounts.models import User


class BarrierReportQuerySet(models.QuerySet["BarrierReport"]):
    def visible_to(self, user: "User") -> "BarrierReportQuerySet":
        """Those to the offices in which the user works."""
        return self.filter(office__in=user.office_ids(*STAFF_ROLES))

    def open(self) -> "BarrierReportQuerySet":
        return self.filter(answered_at=None)


class BarrierReport(Keyed):
    """A barrier that somebody met on our pages; anonymous unless an address is left."""

    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="barrier_reports")
    page = models.CharField(max_length=200, blank=True)
    what = EncryptedTextField()
    email = EncryptedTextField(blank=True)
    language = models.CharField(max_length=8)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects = BarrierReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["office"], condition=Q(answered_at=None), name="barrier_report_open"),
        ]

    class Privacy:
        personal = ("what", "email", "language")
        plain = ("id", "office", "page", "created_at", "answered_at")
        keep_for = "1 year"
        counted_from = "created_at"
        office_period = "barrier_reports"

    def mark_answered(self, *, at: datetime) -> None:
        """Done: whoever reported it has heard, or the barrier is gone."""
        self.answered_at = at
        self.save(update_fields=["answered_at"])
