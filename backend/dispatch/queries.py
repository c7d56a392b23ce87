"""What is read of dispatch: the timeline, the worklist's questions, the message a link leads to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, QuerySet, When

from backend.accounts.models import User
from backend.accounts.tokens import digest
from backend.dispatch.models import AnswerLink, ConfidentialDetails, HelpRequest, Offer
from backend.dispatch.models.assignment import LIVE, Assignment
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.errors import NotThere
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.journal.record import record_access
from backend.people.models import Place
from backend.people.queries import Revealed, reveal_to_counterpart


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


# What the asking side may follow; whom the office asked and who said no is not theirs to know.
ASKING_SIDE_SEES = (
    EventKind.HELP_REQUEST_FILED,
    EventKind.HELP_REQUEST_WITHDRAWN,
    EventKind.HELP_REQUEST_UNFILLED,
    EventKind.HELP_REQUEST_PARTLY_FILLED,
    EventKind.HELP_REQUEST_REOPENED,
    EventKind.HELP_REQUEST_FULFILLED,
    EventKind.ASSIGNMENT_CONFIRMED,
    EventKind.ASSIGNMENT_CANCELLED,
    EventKind.ASSIGNMENT_COMPLETED,
    EventKind.ASSIGNMENT_MISSED,
)


def timeline_of_asking_side(help_request: HelpRequest) -> QuerySet[Event]:
    """The steps of the request without those of single pilots, oldest first."""
    return timeline(help_request).filter(kind__in=ASKING_SIDE_SEES)


def pilots_behind(events: Iterable[Event]) -> dict[UUID, str]:
    """The display codes of the pilots whom events about offers and assignments concern, by subject."""
    subjects = {event.subject_id for event in events}
    codes: dict[UUID, str] = {}
    for model in (Offer, Assignment):
        codes.update(model.objects.filter(pk__in=subjects).values_list("pk", "pilot__display_code"))
    return codes


def offers_to_read(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """Offers with all that pilot and office read of them; `special_needs` says that there is a note, not which."""
    with_note = ConfidentialDetails.objects.exclude(note="")
    return (
        offers.select_related(
            "help_request__office", "help_request__meeting_place", "pilot__home", "suggestion"
        )
        .prefetch_related("slots")
        .annotate(
            special_needs=Case(
                When(help_request__confidential__in=with_note, then=True),
                default=False,
                output_field=BooleanField(),
            )
        )
    )


def meeting_place_for(assignment: Assignment, *, by: User, now: datetime) -> Place | None:
    """The exact place: the pilot sees it until a day after the session, office and asking side always."""
    own = assignment.pilot.user_id == by.pk
    if own and (assignment.status not in LIVE or now > assignment.ends_at + HIDDEN_AFTER):
        return None
    return assignment.help_request.meeting_place


def pilot_for_counterpart(assignment: Assignment, *, by: User, now: datetime) -> Revealed | None:
    """Name and phone of the confirmed pilot for the office and the asking side; the access log knows."""
    if assignment.pilot.user_id == by.pk or assignment.status not in LIVE:
        return None
    return reveal_to_counterpart(person=assignment.pilot, by=by, reason="confirmed_assignment", at=now)
