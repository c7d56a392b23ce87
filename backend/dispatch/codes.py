"""The controlled vocabularies about requests: kinds of service, settings, and reasons for an end."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ServiceKind(models.TextChoices):
    INTERPRET = "interpret", _("help with the language")
    ACCOMPANY = "accompany", _("accompany")
    CULTURAL_MEDIATION = "cultural_mediation", _("cultural mediation")
    FORM_HELP = "form_help", _("help with forms")
    ORIENTATION = "orientation", _("show the way")


class Setting(models.TextChoices):
    ON_SITE = "on_site", _("on site")
    PHONE = "phone", _("by phone")
    VIDEO = "video", _("by video")


class WithdrawalReason(models.TextChoices):
    NOT_NEEDED = "not_needed", _("no longer needed")
    APPOINTMENT_MOVED = "appointment_moved", _("appointment moved")
    SOLVED_OTHERWISE = "solved_otherwise", _("solved otherwise")
    MISTAKE = "mistake", _("entered by mistake")


class UnfilledReason(models.TextChoices):
    NO_PILOT_FOUND = "no_pilot_found", _("no pilot found")
    TOO_LATE = "too_late", _("asked too late")
    PILOT_DROPPED_OUT = "pilot_dropped_out", _("pilot dropped out")
    NOT_HELD = "not_held", _("appointment did not take place")


class CancellationReason(models.TextChoices):
    PILOT_ILL = "pilot_ill", _("pilot is ill")
    PILOT_PREVENTED = "pilot_prevented", _("pilot is prevented")
    APPOINTMENT_CANCELLED = "appointment_cancelled", _("appointment cancelled")
    REQUEST_WITHDRAWN = "request_withdrawn", _("request withdrawn")
    OFFICE_DECISION = "office_decision", _("decision of the office")
    REQUEST_CHANGED = "request_changed", _("request changed")


def reason_told(reason: str) -> str:
    """A reason to cancel as the journal and the asking side have it: that a pilot is ill is hers to tell."""
    return CancellationReason.PILOT_PREVENTED.value if reason == CancellationReason.PILOT_ILL else reason


class RetractionReason(models.TextChoices):
    REQUEST_WITHDRAWN = "request_withdrawn", _("request withdrawn")
    REQUEST_UNFILLED = "request_unfilled", _("request could not be covered")
    OFFICE_DECISION = "office_decision", _("decision of the office")
    SEATS_TAKEN = "seats_taken", _("somebody else was chosen")
    REQUEST_CHANGED = "request_changed", _("request changed")


class NotDoneReason(models.TextChoices):
    CLIENT_ABSENT = "client_absent", _("client did not come")
    PILOT_ABSENT = "pilot_absent", _("pilot did not come")
    APPOINTMENT_CANCELLED = "appointment_cancelled", _("appointment did not take place")
    OTHER = "other", _("another reason")


class WavesStopped(models.TextChoices):
    """Why asking in waves has ended."""

    ENOUGH_ACCEPTED = "enough_accepted", _("enough have accepted")
    NOBODY_LEFT = "nobody_left", _("nobody is left to ask")
    REQUEST_CLOSED = "request_closed", _("the request is no longer open")
    BY_OFFICE = "by_office", _("stopped by the office")
