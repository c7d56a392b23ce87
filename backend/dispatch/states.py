"""The states of help requests, offers, assignments, waves and acceptance models."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HelpRequestStatus(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    OPEN = "OPEN", _("open")
    ASSIGNED = "ASSIGNED", _("assigned")
    FULFILLED = "FULFILLED", _("fulfilled")
    UNFILLED = "UNFILLED", _("unfilled")
    WITHDRAWN = "WITHDRAWN", _("withdrawn")


R = HelpRequestStatus
HELP_REQUEST_TRANSITIONS: dict[str, frozenset[str]] = {
    R.DRAFT: frozenset({R.OPEN, R.WITHDRAWN}),
    R.OPEN: frozenset({R.ASSIGNED, R.UNFILLED, R.WITHDRAWN}),
    R.ASSIGNED: frozenset({R.FULFILLED, R.OPEN, R.UNFILLED, R.WITHDRAWN}),
    # Between fulfilled and unfilled: where the office has settled which of two reports counts.
    R.UNFILLED: frozenset({R.OPEN, R.FULFILLED}),
    R.FULFILLED: frozenset({R.UNFILLED}),
    R.WITHDRAWN: frozenset(),
}


class OfferStatus(models.TextChoices):
    PENDING = "PENDING", _("waiting for an answer")
    ACCEPTED = "ACCEPTED", _("accepted")
    CHOSEN = "CHOSEN", _("chosen")
    RESERVE = "RESERVE", _("reserve")
    DECLINED = "DECLINED", _("declined")
    RETRACTED = "RETRACTED", _("retracted")
    EXPIRED = "EXPIRED", _("expired")


# Offers in play: still to be answered, or to be decided on.
LIVELY = (OfferStatus.PENDING, OfferStatus.ACCEPTED, OfferStatus.RESERVE)

O = OfferStatus  # noqa: E741
OFFER_TRANSITIONS: dict[str, frozenset[str]] = {
    O.PENDING: frozenset({O.ACCEPTED, O.DECLINED, O.RETRACTED, O.EXPIRED}),
    O.ACCEPTED: frozenset({O.CHOSEN, O.RESERVE, O.DECLINED, O.RETRACTED}),
    O.RESERVE: frozenset({O.CHOSEN, O.DECLINED, O.RETRACTED}),
    O.EXPIRED: frozenset({O.ACCEPTED}),
    O.CHOSEN: frozenset(),
    O.DECLINED: frozenset(),
    O.RETRACTED: frozenset(),
}


class AssignmentStatus(models.TextChoices):
    CONFIRMED = "CONFIRMED", _("confirmed")
    COMPLETED = "COMPLETED", _("completed")
    CANCELLED = "CANCELLED", _("cancelled")
    MISSED = "MISSED", _("missed")


A = AssignmentStatus
ASSIGNMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    A.CONFIRMED: frozenset({A.COMPLETED, A.CANCELLED, A.MISSED}),
    A.COMPLETED: frozenset({A.MISSED}),  # the other report counts
    A.CANCELLED: frozenset(),
    A.MISSED: frozenset({A.COMPLETED}),
}


class WaveSeriesStatus(models.TextChoices):
    RUNNING = "RUNNING", _("asking in waves")
    STOPPED = "STOPPED", _("waves stopped")


WAVE_SERIES_TRANSITIONS: dict[str, frozenset[str]] = {
    WaveSeriesStatus.RUNNING: frozenset({WaveSeriesStatus.STOPPED}),
    WaveSeriesStatus.STOPPED: frozenset(),
}


class AcceptanceStatus(models.TextChoices):
    CANDIDATE = "CANDIDATE", _("candidate")
    LIVE = "LIVE", _("in use")
    RETIRED = "RETIRED", _("replaced")
    REJECTED = "REJECTED", _("not better than the plain estimate")


V = AcceptanceStatus
ACCEPTANCE_TRANSITIONS: dict[str, frozenset[str]] = {
    V.CANDIDATE: frozenset({V.LIVE, V.REJECTED}),
    V.LIVE: frozenset({V.RETIRED}),
    V.RETIRED: frozenset(),
    V.REJECTED: frozenset(),
}
