"""One ranking: the weights it used, who came out and why, how many fell out where."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from backend.accounts.models import User
from backend.dispatch.models.help_request import HelpRequest
from backend.keys import Keyed
from backend.people.models import Pilot


class MatchRun(Keyed):
    """`waterfall` is a list of {code, remaining}; `weights` are those of matching.Weights."""

    help_request = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, related_name="match_runs")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    weights = models.JSONField()
    waterfall = models.JSONField()
    considered = models.PositiveIntegerField()
    eligible = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]

    class Privacy:
        personal = ()
        plain = (
            "id",
            "help_request",
            "asked_by",
            "weights",
            "waterfall",
            "considered",
            "eligible",
            "created_at",
        )
        keep_for = "90 days"
        counted_from = "created_at"
        office = "help_request__office"
        office_period = "offers"

    @property
    def timeline_id(self) -> object:
        return self.help_request_id

    @property
    def office_id(self) -> object:
        return self.help_request.office_id


class Suggestion(Keyed):
    """One candidate of a run: contributions (code, value, weight, contribution, facts) add up to the score."""

    match_run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="suggestions")
    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField()
    score = models.FloatField()
    contributions = models.JSONField()
    slots = ArrayField(models.UUIDField())
    chance = models.FloatField(null=True)  # of a yes when asked; no part of the score

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint("match_run", "pilot", name="suggestion_once")]

    class Privacy:
        personal = ("pilot", "contributions", "score", "rank", "chance")
        plain = ("id", "match_run", "slots")
        keep_for = "90 days"
        counted_from = "match_run__created_at"
        office = "match_run__help_request__office"
        office_period = "offers"
