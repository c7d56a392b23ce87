"""When a pilot has time: weekly hours in the local time of the office, and dates away."""

from django.db import models
from django.db.models import F, Q

from backend.keys import Keyed
from backend.people.models.pilot import Pilot


class Availability(Keyed):
    """One weekly span of wall-clock time; it never crosses midnight."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="availabilities")
    weekday = models.PositiveSmallIntegerField()  # Monday is 0
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="availability_weekday"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="availability_order"),
        ]

    class Privacy:
        personal = ("weekday", "starts", "ends")
        plain = ("id", "pilot")
        keep_for = "as long as the pilot"
        counted_from = None


class Absence(Keyed):
    """Dates away, both days included."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="absences")
    start_date = models.DateField()
    end_date = models.DateField()

    class Meta:
        ordering = ["start_date"]
        constraints = [
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="absence_order")
        ]

    class Privacy:
        personal = ("start_date", "end_date")
        plain = ("id", "pilot")
        keep_for = "12 months"
        counted_from = "end_date"
