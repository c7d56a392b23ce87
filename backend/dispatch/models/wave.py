"""Asking in waves: how far it has come, and when whom the clock asks next."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from backend.accounts.models import User
from backend.dispatch.codes import WavesStopped
from backend.dispatch.models.help_request import HelpRequest
from backend.dispatch.states import WAVE_SERIES_TRANSITIONS, WaveSeriesStatus
from backend.keys import Keyed
from backend.states import Stateful, status_has_time, status_is_known


class WaveSeriesQuerySet(models.QuerySet["WaveSeries"]):
    def due(self, *, now: datetime) -> "WaveSeriesQuerySet":
        """Those whose next look is due."""
        return self.running().filter(next_at__lte=now)

    def running(self) -> "WaveSeriesQuerySet":
        return self.filter(status=WaveSeriesStatus.RUNNING)

    def look_soon(self, help_request: HelpRequest, *, now: datetime) -> None:
        """An answer changes the odds: let the clock look at its next tick, be it to ask on or to stop."""
        self.running().filter(help_request=help_request, next_at__gt=now).update(next_at=now)


class WaveSeries(Keyed, Stateful):
    """What a coordinator has started for one request: the clock asks on, by `policy`, until it is enough."""

    TRANSITIONS = WAVE_SERIES_TRANSITIONS
    STATUS_TIMES = {WaveSeriesStatus.STOPPED: "stopped_at"}

    help_request = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, related_name="wave_series")
    status = models.CharField(
        max_length=8, choices=WaveSeriesStatus.choices, default=WaveSeriesStatus.RUNNING
    )
    policy = models.JSONField()
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    next_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    stopped_reason = models.CharField(max_length=20, choices=WavesStopped.choices, blank=True)

    objects = WaveSeriesQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["next_at"], condition=Q(status="RUNNING"), name="wave_series_due")]
        constraints = [
            status_is_known(WaveSeriesStatus, "wave_series_status"),
            status_has_time(WaveSeriesStatus.STOPPED, "stopped_at", "wave_series_stopped_at"),
            models.UniqueConstraint(
                "help_request", condition=Q(status="RUNNING"), name="waves_already_running"
            ),
        ]

    class Privacy:
        personal = ()
        plain = (
            "id", "help_request", "status", "policy", "started_by", "started_at", "next_at", "stopped_at",
            "stopped_reason",
        )  # fmt: skip
        keep_for = "90 days"
        counted_from = "stopped_at"
        office = "help_request__office"
        office_period = "offers"

    @property
    def timeline_id(self) -> object:
        return self.help_request_id

    @property
    def office_id(self) -> object:
        return self.help_request.office_id


class Wave(Keyed):
    """One look of the clock that asked somebody: `chance` is P(enough yes in time) after it, as the model sees it."""

    series = models.ForeignKey(WaveSeries, on_delete=models.CASCADE, related_name="waves")
    number = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()
    asked = models.PositiveSmallIntegerField()
    explored = models.PositiveSmallIntegerField(default=0)
    chance_before = models.FloatField()
    chance = models.FloatField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint("series", "number", name="wave_once")]

    class Privacy:
        personal = ()
        plain = ("id", "series", "number", "sent_at", "asked", "explored", "chance_before", "chance")
        keep_for = "90 days"
        counted_from = "series__stopped_at"
        office = "series__help_request__office"
        office_period = "offers"
