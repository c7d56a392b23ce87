"""What is read of dispatch: the timeline, the worklist's questions, the message a link leads to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from backend.accounts.models import User
from backend.accounts.tokens import digest
from backend.dispatch.models import AnswerLink, ConfidentialDetails, HelpRequest, Offer
from backend.dispatch.models.assignment import Assignment
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.errors import NotThere
from backend.journal.models import Event
from backend.journal.record import record_access


def help_request_for(user: User, help_request_id: UUID) -> HelpRequest:
    """The request, or NotThere where the user must not know of it."""
    found = (
        HelpRequest.objects.visible_to(user)
        .select_related("office", "organisation", "help_seeker", "meeting_place")
        .filter(pk=help_request_id)
        .first()
    )
    if found is None:
        raise NotThere("help_request_unknown")
    return found


def with_progress(help_requests: QuerySet[HelpRequest]) -> QuerySet[HelpRequest]:
    """Each request with counts of its offers (`pending_offers`, `accepted_offers`) and `first_date`."""
    from django.db.models import Min

    return help_requests.annotate(
        pending_offers=Count("offers", filter=Q(offers__status=OfferStatus.PENDING), distinct=True),
        accepted_offers=Count("offers", filter=Q(offers__status=OfferStatus.ACCEPTED), distinct=True),
        first_date=Min("slots__starts_at"),
    )


def timeline(help_request: HelpRequest) -> QuerySet[Event]:
    """All that happened to the request, oldest first."""
    return Event.objects.timeline_of(help_request.pk)


@dataclass(frozen=True)
class OfferBehindLink:
    """An offer opened by the secret of a message; `link` says whether it may still be answered."""

    offer: Offer
    link: AnswerLink


def offer_behind(secret: str, *, now: datetime) -> OfferBehindLink:
    """The offer a message's link leads to; NotThere for an unknown or outdated link."""
    link = (
        AnswerLink.objects.select_related(
            "offer__help_request__office", "offer__help_request__meeting_place", "offer__pilot__user"
        )
        .filter(hash=digest(secret), expires_at__gt=now)
        .first()
    )
    if link is None:
        raise NotThere("link_unknown_or_expired")
    return OfferBehindLink(link.offer, link)


HIDDEN_AFTER = timedelta(hours=24)


def details_for_pilot(assignment: Assignment, *, by: User, now: datetime) -> ConfidentialDetails | None:
    """Meeting point and contact for the confirmed pilot, until a day after the session; the access log knows."""
    if assignment.pilot.user_id != by.pk or assignment.status != AssignmentStatus.CONFIRMED:
        return None
    if now > assignment.ends_at + HIDDEN_AFTER:
        return None
    return _opened(assignment.help_request, by=by, reason="confirmed_pilot", now=now)


def details_for_office(help_request: HelpRequest, *, by: User, now: datetime) -> ConfidentialDetails | None:
    """The same for the office and for whoever asked; the caller has checked that the request is theirs."""
    return _opened(help_request, by=by, reason="case_work", now=now)


def _opened(help_request: HelpRequest, *, by: User, reason: str, now: datetime) -> ConfidentialDetails | None:
    details = ConfidentialDetails.objects.filter(help_request=help_request).first()
    if details is not None and by.pk != help_request.requested_by_id:
        record_access(
            reader=by, subject=help_request, reason=reason, at=now, office_id=help_request.office_id
        )
    return details


def overdue(*, now: datetime) -> QuerySet[HelpRequest]:
    """Open requests whose every date has begun."""
    from backend.dispatch.models import HelpRequestSlot

    coming = HelpRequestSlot.objects.filter(help_request=OuterRef("pk"), starts_at__gt=now)
    return HelpRequest.objects.filter(~Exists(coming), status=HelpRequestStatus.OPEN)
