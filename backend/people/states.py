"""The states of a pilot."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PilotStatus(models.TextChoices):
    APPLICANT = "APPLICANT", _("applicant")
    IN_TRAINING = "IN_TRAINING", _("in training")
    ACTIVE = "ACTIVE", _("active")
    PAUSED = "PAUSED", _("paused")
    LEFT = "LEFT", _("left")
    ERASED = "ERASED", _("erased")


# Those of whom the office has not decided yet.
APPLYING = (PilotStatus.APPLICANT, PilotStatus.IN_TRAINING)

S = PilotStatus
PILOT_TRANSITIONS: dict[str, frozenset[str]] = {
    S.APPLICANT: frozenset({S.IN_TRAINING, S.ACTIVE, S.LEFT}),
    S.IN_TRAINING: frozenset({S.ACTIVE, S.LEFT}),
    S.ACTIVE: frozenset({S.PAUSED, S.LEFT}),
    S.PAUSED: frozenset({S.ACTIVE, S.LEFT}),
    S.LEFT: frozenset({S.ERASED}),
    S.ERASED: frozenset(),
}
