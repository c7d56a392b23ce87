"""Pages of a pilot: what needs me, what comes next, and when I have time."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from backend.dispatch.models import ActivityReport, Assignment, HelpRequestSlot, Offer
from backend.dispatch.queries import distance_band_of
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.people.models import Pilot
from backend.people.policies import steps_left
from backend.people.states import APPLYING, PilotStatus
from backend.web.counting import counted
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.offers import dates_of
from backend.web.own import own_profile

PAGE = 12  # sessions of each kind
PARAMETERS = {"to_report": "berichten", "coming": "kommend", "earlier": "frueher"}


@dataclass(frozen=True)
class Question:
    """An offer that can be answered on the spot."""

    offer: Offer
    dates: list[HelpRequestSlot]
    band: str | None
    again: bool  # a reserve asked once more after a drop-out
    late: bool  # only a yes is of use still


@gated(Gate.PILOT)
@require_safe
def my_assignments(request: SignedInRequest) -> HttpResponse:
    """What needs me on top, then what comes, then quietly what was."""
    now, pilot = timezone.now(), own_profile(request)
    offers = _offers_of(pilot)
    questions = questions_of(offers, pilot, now=now)
    reported = Exists(ActivityReport.objects.filter(assignment=OuterRef("pk"), by_pilot=True))
    needs_report = Q(~reported, starts_at__lte=now) & ~Q(status=AssignmentStatus.CANCELLED)
    comes = Q(starts_at__gt=now, status=AssignmentStatus.CONFIRMED)
    mine = Assignment.objects.filter(pilot=pilot).select_related(
        "help_request__office", "help_request__meeting_place"
    )
    lists = {
        "to_report": mine.filter(needs_report),
        "coming": mine.filter(comes),
        "earlier": mine.filter(~needs_report, ~comes).order_by("-starts_at", "-pk"),
    }
    counts = counted(**lists)
    context = {
        "pilot": pilot,
        "now": now,
        "is_applying": pilot.status in APPLYING,
        "pauses": pilot.status == PilotStatus.PAUSED,
        "steps_left": len(steps_left(pilot)),
        "has_times": pilot.availabilities.exists(),
        "questions": [question for question in questions if not question.late],
        "late_questions": [question for question in questions if question.late],
        "answered": [o for o in offers if _is_answered(o)],
        **{name: _page(request, found, PARAMETERS[name], counts[name]) for name, found in lists.items()},
        "shows_earlier": "frueher" in request.GET,
    }
    return render(request, "web/pilot/assignments.html", context)


def _page(
    request: SignedInRequest, found: QuerySet[Assignment], parameter: str, count: int
) -> Page[Assignment]:
    """The page of one of several lists that the address names."""
    paginator = Paginator(found, PAGE)
    paginator.count = count  # known already
    return paginator.get_page(request.GET.get(parameter))


def questions_of(offers: list[Offer], pilot: Pilot, *, now: datetime) -> list[Question]:
    """What she can answer, the most urgent first; of an offer that ran out, only while a yes still helps."""
    latest = {offer.help_request_id: offer for offer in sorted(offers, key=lambda offer: offer.made_at)}
    found = []
    for offer in latest.values():
        dates = dates_of(offer, now=now)
        again, asked = _is_asked_again(offer), offer.status in (OfferStatus.PENDING, OfferStatus.EXPIRED)
        if not dates or offer.help_request.status != HelpRequestStatus.OPEN or not (again or asked):
            continue
        if offer.is_outdated:
            continue
        late = asked and (offer.status == OfferStatus.EXPIRED or offer.expires_at <= now)
        offer.pilot = pilot
        found.append(Question(offer, dates, distance_band_of(offer), again=again, late=late))
    return sorted(found, key=lambda question: (not question.again, question.offer.expires_at))


def _offers_of(pilot: Pilot) -> list[Offer]:
    in_play = (OfferStatus.PENDING, OfferStatus.ACCEPTED, OfferStatus.EXPIRED)
    return list(
        Offer.objects.filter(pilot=pilot)
        .filter(
            Q(status__in=in_play, help_request__status=HelpRequestStatus.OPEN)
            | Q(
                status=OfferStatus.RESERVE,
                help_request__status__in=(HelpRequestStatus.OPEN, HelpRequestStatus.ASSIGNED),
            )
        )
        .select_related("help_request__office", "help_request__meeting_place", "accepted_slot")
        .prefetch_related("slots", "help_request__slots", "help_request__assignments")
        .order_by("expires_at")
    )


def _is_asked_again(offer: Offer) -> bool:
    """A reserve whose request is open again after somebody dropped out, and who has not answered that yet."""
    reopened = offer.help_request.status == HelpRequestStatus.OPEN
    return offer.status == OfferStatus.RESERVE and reopened and offer.reaffirmed_at is None


def _is_answered(offer: Offer) -> bool:
    """Whether she has said yes and now it is the office's turn."""
    in_reserve = offer.status == OfferStatus.RESERVE and not _is_asked_again(offer)
    return offer.status == OfferStatus.ACCEPTED or in_reserve
