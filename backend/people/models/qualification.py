"""What makes a pilot fit for the work: courses, and the fact of an inspected background check."""

from django.db import models
from django.db.models import F, Q

from backend.accounts.models import User
from backend.keys import Keyed
from backend.people.codes import QualificationKind
from backend.people.models.pilot import Pilot


class Qualification(Keyed):
    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="qualifications")
    kind = models.CharField(max_length=20, choices=QualificationKind.choices)
    hours = models.PositiveSmallIntegerField(default=0)
    issuer = models.CharField(max_length=120, blank=True)
    issued_date = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        ordering = ["issued_date"]

    class Privacy:
        personal = ("kind", "hours", "issuer", "issued_date", "valid_until")
        plain = ("id", "pilot")
        keep_for = "as long as the pilot"
        counted_from = None


class BackgroundCheck(Keyed):
    """That a certificate was inspected, when, and whether it stands in the way (§ 72a SGB VIII). Never the document."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="background_checks")
    inspected_date = models.DateField()
    inspected_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )  # None: before we noted it
    valid_until = models.DateField()
    stands_in_the_way = models.BooleanField()

    class Meta:
        ordering = ["-inspected_date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("inspected_date")), name="background_check_order"
            ),
            # Of new rows alone: what was noted before we asked for it stays.
            models.CheckConstraint(
                condition=Q(inspected_by__isnull=False), name="background_check_inspected"
            ),
        ]

    class Privacy:
        personal = ("inspected_date", "valid_until", "stands_in_the_way")
        plain = ("id", "pilot", "inspected_by")
        keep_for = "3 months"
        counted_from = "the end of the activity"
        office = "pilot__office"
        office_period = "background_checks"
