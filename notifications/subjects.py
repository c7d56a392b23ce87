"""What a message is about, loaded as it is now."""

from typing import Any
from uuid import UUID

from django.db import models

from backend.accounts.models import ApiToken, BarrierReport, EmailChange, Organisation, User
from backend.dispatch.models import Assignment, HelpRequest, Offer, WaveSeries
from backend.people.models import HelpSeeker, Pilot
from notifications.texting.models import SmsNumber

_REQUEST = ("office", "organisation", "help_seeker", "meeting_place")

# By the name under which the journal knows them.
_QUERIES: dict[str, models.QuerySet[Any]] = {
    "user": User.objects.all(),
    "smsnumber": SmsNumber.objects.select_related("user"),
    "apitoken": ApiToken.objects.select_related("user"),
    "emailchange": EmailChange.objects.select_related("user"),
    "barrierreport": BarrierReport.objects.all(),
    "organisation": Organisation.objects.all(),
    "pilot": Pilot.objects.select_related("user", "office"),
    "helpseeker": HelpSeeker.objects.select_related("user", "office"),
    "helprequest": HelpRequest.objects.select_related(*_REQUEST),
    "offer": Offer.objects.select_related(
        "pilot__user", "accepted_slot", *(f"help_request__{name}" for name in _REQUEST)
    ),
    "waveseries": WaveSeries.objects.select_related(*(f"help_request__{name}" for name in _REQUEST)),
    "assignment": Assignment.objects.select_related(
        "pilot__user", "office", *(f"help_request__{name}" for name in _REQUEST)
    ),
}


def load(subject_type: str, subject_id: UUID) -> Any:
    """The row, or None when it is gone; a type nobody writes about raises KeyError."""
    return _QUERIES[subject_type].all().filter(pk=subject_id).first()
