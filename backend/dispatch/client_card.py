"""The card for whoever is accompanied: which appointment does its link open, and until when?

The link carries no secret of its own but a signature, so that it can be made whenever somebody prints the card. It
opens the appointment alone, and nothing of it can be changed there.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from django.core.signing import BadSignature, Signer

from backend.dispatch.disclosure import HIDDEN_AFTER
from backend.dispatch.models import Assignment
from backend.errors import NotThere


def card_token(assignment: Assignment) -> str:
    """What stands in the card's address."""
    key = urlsafe_b64encode(assignment.pk.bytes).rstrip(b"=").decode()
    return _signer().sign(key)


def assignment_behind_card(token: str, *, now: datetime) -> Assignment:
    """The appointment of the card, called off or not; NotThere for a forged link, and a day after the appointment."""
    try:
        key = UUID(bytes=urlsafe_b64decode(_signer().unsign(token) + "=="))
    except (BadSignature, ValueError) as error:
        raise NotThere("link_unknown_or_expired") from error
    found = (
        Assignment.objects.select_related(
            "office", "pilot__identity", "help_request__organisation", "help_request__meeting_place"
        )
        .filter(pk=key, ends_at__gt=now - HIDDEN_AFTER)
        .first()
    )
    if found is None:
        raise NotThere("link_unknown_or_expired")
    return found


def _signer() -> Signer:
    return Signer(salt="backend.dispatch.client_card", sep=".")
