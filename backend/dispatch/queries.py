"""What is read of dispatch: the timeline, the worklist's questions, the message a link leads to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from backend.accounts.models import User
from backend.accounts.permissions import Permission, may
from backend.accounts.tokens import digest
from backend.dispatch.codes import reason_told
from backend.dispatch.disclosure import Nearness, told_of
from backend.dispatch.models import AnswerLink, ConfidentialDetails, HelpRequest, HelpRequestSlot, Offer
from backend.dispatch.models.assignment import LIVE, Assignment
from backend.dispatch.states import HelpRequestStatus, OfferStatus
from backend.errors import NotThere
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.journal.record import record_access
from backend.people.codes import AccessReason
from backend.people.models import Place
from backend.people.queries import Revealed, reveal_to_counterpart
from geo.distances import distance_band, distance_km, snap_to_cell
from geo.geocoding import GeoPoint
from geo.postgis import to_geopoint


def help_request_for(user: User, help_request_id: UUID, *along: str) -> HelpRequest:
    """The request and what is read `along` with it, or NotThere where the user must not know of it."""
    found = (
        HelpRequest.objects.visible_to(user)
        .select_related("office", "organisation", "help_seeker", "meeting_place", *along)
        .filter(pk=help_request_id)
        .first()
    )
    if found is None:
        raise NotThere("help_request_unknown")
    return found


def with_progress(help_requests: QuerySet[HelpRequest]) -> QuerySet[HelpRequest]:
    """Each request with counts of its offers (`pending_offers`, `accepted_offers`) and `first_date`."""
    offers = Offer.objects.filter(help_request=OuterRef("pk"))
    dates = HelpRequestSlot.objects.filter(help_request=OuterRef("pk")).order_by("starts_at")
    # Subqueries and no joins: what is counted is counted for the rows of a page, not for all there are.
    return help_requests.annotate(
        pending_offers=count_of(offers.filter(status=OfferStatus.PENDING)),
        accepted_offers=count_of(offers.filter(status=OfferStatus.ACCEPTED)),
        first_date=Subquery(dates.values("starts_at")[:1]),
    )


def count_of(offers: QuerySet[Offer]) -> Coalesce:
    """How many of these offers each request has; `offers` are those of OuterRef("pk")."""
    counted = offers.order_by().values("help_request").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), Value(0))


def timeline(help_request: HelpRequest) -> QuerySet[Event]:
    """All that happened to the request, oldest first."""
    return Event.objects.timeline_of(help_request.pk)


# What the page of an offer shows, and what says which dates are still possible.
OFFER_PAGE = (
    "help_request__office",
    "help_request__meeting_place",
    "pilot__user",
    "pilot__home",
    "accepted_slot",
)
OFFER_DATES = ("slots", "help_request__slots", "help_request__assignments")


@dataclass(frozen=True)
class OfferBehindLink:
    """An offer opened by the secret of a message; `link` says whether it may still be answered."""

    offer: Offer
    link: AnswerLink


def offer_behind(secret: str, *, now: datetime) -> OfferBehindLink:
    """The offer a message's link leads to; NotThere for an unknown or outdated link, or one of a closed login."""
    link = (
        AnswerLink.objects.select_related(
            *(f"offer__{name}" for name in OFFER_PAGE),
        )
        .prefetch_related(*(f"offer__{name}" for name in OFFER_DATES))
        .filter(hash=digest(secret), expires_at__gt=now, offer__pilot__user__is_active=True)
        .first()
    )
    if link is None:
        raise NotThere("link_unknown_or_expired")
    return OfferBehindLink(link.offer, link)


def details_of(assignment: Assignment, *, by: User, now: datetime) -> ConfidentialDetails | None:
    """Meeting point, contact and note, for whom and as long as the table says; the access log knows."""
    if not told_of(assignment, by=by, now=now).contact:
        return None
    own = assignment.pilot.user_id == by.pk
    reason = "confirmed_pilot" if own else AccessReason.CASE_WORK.value
    return _opened(assignment.help_request, by=by, reason=reason, now=now)


def details_for_office(help_request: HelpRequest, *, by: User, now: datetime) -> ConfidentialDetails | None:
    """The same of a request, for the office and whoever asked; the caller has checked that it is theirs."""
    return _opened(help_request, by=by, reason=AccessReason.CASE_WORK.value, now=now)


def _opened(help_request: HelpRequest, *, by: User, reason: str, now: datetime) -> ConfidentialDetails | None:
    details: ConfidentialDetails | None = getattr(help_request, "confidential", None)
    if details is not None and by.pk != help_request.requested_by_id:
        record_access(
            reader=by, subject=help_request, reason=reason, at=now, office_id=help_request.office_id
        )
    return details


def overdue(*, now: datetime) -> QuerySet[HelpRequest]:
    """Open requests whose every date has begun."""
    coming = HelpRequestSlot.objects.filter(help_request=OuterRef("pk"), starts_at__gt=now)
    return HelpRequest.objects.filter(~Exists(coming), status=HelpRequestStatus.OPEN)


# What the asking side may follow, and which facts of it; whom the office asked and who said no is not theirs to know.
ASKING_SIDE_SEES: dict[str, frozenset[str]] = {
    EventKind.HELP_REQUEST_FILED: frozenset(),
    EventKind.HELP_REQUEST_CHANGED: frozenset({"parts"}),
    EventKind.HELP_REQUEST_WITHDRAWN: frozenset({"reason"}),
    EventKind.HELP_REQUEST_UNFILLED: frozenset({"reason"}),
    EventKind.HELP_REQUEST_PARTLY_FILLED: frozenset(),
    EventKind.HELP_REQUEST_REOPENED: frozenset({"reason"}),
    EventKind.HELP_REQUEST_FULFILLED: frozenset(),
    EventKind.ASSIGNMENT_CONFIRMED: frozenset({"slot_id", "seat"}),
    EventKind.ASSIGNMENT_CANCELLED: frozenset({"reason", "by_role"}),
    EventKind.ASSIGNMENT_COMPLETED: frozenset(),
    EventKind.ASSIGNMENT_MISSED: frozenset(),
}


def timeline_of_asking_side(help_request: HelpRequest) -> QuerySet[Event]:
    """The steps of the request without those of single pilots, oldest first."""
    return timeline(help_request).filter(kind__in=ASKING_SIDE_SEES)


def facts_for(event: Event, *, for_office: bool) -> dict[str, Any]:
    """The facts of an event that this side may read."""
    if for_office:
        return dict(event.facts)
    seen = ASKING_SIDE_SEES.get(event.kind, frozenset())
    return {name: value for name, value in event.facts.items() if name in seen}


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


def cell_of(help_request: HelpRequest) -> GeoPoint | None:
    """The middle of the square kilometre where it is: all that is told of the place before a confirmation."""
    place = help_request.meeting_place
    return snap_to_cell(to_geopoint(place.point)) if place else None


def distance_band_of(offer: Offer) -> str | None:
    """How far that is from the pilot's home, as the code of a band; None where nobody travels."""
    cell = cell_of(offer.help_request)
    return distance_band(distance_km(to_geopoint(offer.pilot.home.point), cell)) if cell else None


def meeting_place_for(assignment: Assignment, *, by: User, now: datetime) -> Place | None:
    """The exact place, for whom and as long as the table says."""
    exact = told_of(assignment, by=by, now=now).place is Nearness.EXACT
    return assignment.help_request.meeting_place if exact else None


def cancelled_reason_for(assignment: Assignment, *, by: User, now: datetime) -> str:
    """Why it was cancelled: as entered for the pilot and the office, without an illness for the asking side."""
    reason = assignment.cancelled_reason
    return reason if told_of(assignment, by=by, now=now).illness else reason_told(reason)


def pilot_for_counterpart(assignment: Assignment, *, by: User, now: datetime) -> Revealed | None:
    """The pilot's name and phone: for the office always, for the asking side while it stands; the access log knows."""
    office = may(by, Permission.REVEAL_IDENTITY, office_id=assignment.office_id)
    if assignment.pilot.user_id == by.pk or not (office or assignment.status in LIVE):
        return None
    reason = AccessReason.CASE_WORK.value if office else "confirmed_assignment"
    return reveal_to_counterpart(person=assignment.pilot, by=by, reason=reason, at=now)
