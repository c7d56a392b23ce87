"""One offer: opened by the link of a message or signed in, answered by a POST behind a real button."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from backend.dispatch.commands.offers import accept_offer, decline_offer
from backend.dispatch.models import ConfidentialDetails, HelpRequestSlot, Offer
from backend.dispatch.queries import OFFER_DATES, OFFER_PAGE, distance_band_of, offer_behind
from backend.dispatch.states import OfferStatus
from backend.errors import NotThere
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.commands.pilots import pause_pilot
from backend.people.states import PilotStatus
from backend.web.errors import refusals_as_messages
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.offers import NEITHER, NO_ONLY, dates_of, state_of

BREAK = timedelta(weeks=2)


class Answer(StrEnum):
    """What a button of the page says."""

    YES = "yes"
    NO = "no"
    PAUSE = "pause"  # after a no: ask me nothing for a while


# The secret in the address is the authority here, not a cookie; and with the referrer policy below browsers send
# "Origin: null", which Django's check would refuse.
@csrf_exempt
@gated(Gate.LINK)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind the link of a message. GET and HEAD change nothing: mail scanners open every link."""
    now = timezone.now()
    found = offer_behind(secret, now=now)
    offer, language = found.offer, found.offer.pilot.user.language
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or language not in dict(settings.LANGUAGES):
        language = translation.get_language() or settings.LANGUAGE_CODE
    # A link is good for one yes or no. Taking a yes back, or a break after a no, asks for no password either.
    used = found.link.used_at is not None
    with translation.override(language):
        if request.method == "POST":
            if not used or request.POST.get("answer") in _answers_of_used_link(offer, now=now):
                _take_answer(request, offer, now=now)
            response: HttpResponse = redirect("web:offer_by_link", secret=secret)
        else:
            response = _page(request, offer, now=now, by_link=True, used=used)
            response.headers["Content-Language"] = language
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@gated(Gate.PILOT)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_signed_in(request: SignedInRequest, offer_id: UUID) -> HttpResponse:
    """The same page for whoever is signed in as the pilot asked."""
    now = timezone.now()
    offer = (
        Offer.objects.filter(pk=offer_id, pilot__user=request.user)
        .select_related(*OFFER_PAGE)
        .prefetch_related(*OFFER_DATES)
        .first()
    )
    if offer is None:
        raise NotThere("offer_unknown")
    if request.method == "POST":
        _take_answer(request, offer, now=now)
        return redirect("web:offer", offer_id=offer_id)
    return _page(request, offer, now=now, by_link=False, used=False)


def _answers_of_used_link(offer: Offer, *, now: datetime) -> set[str]:
    """What may still be said by a link that has carried an answer."""
    answers: set[str] = set()
    if state_of(offer, now=now)[1] == NO_ONLY:
        answers.add(Answer.NO)
    if _may_take_a_break(offer):
        answers.add(Answer.PAUSE)
    return answers


def _may_take_a_break(offer: Offer) -> bool:
    return offer.status == OfferStatus.DECLINED and offer.pilot.status == PilotStatus.ACTIVE


def _page(request: HttpRequest, offer: Offer, *, now: datetime, by_link: bool, used: bool) -> HttpResponse:
    help_request = offer.help_request
    state, buttons = state_of(offer, now=now)
    dates = dates_of(offer, now=now)
    context: dict[str, Any] = {
        "offer": offer,
        "help_request": help_request,
        "zone": help_request.office.time_zone,
        "state": state,
        "buttons": NEITHER if used and buttons != NO_ONLY else buttons,
        "slots": _slots_to_show(offer, dates, buttons),
        "by_link": by_link,
        "band": distance_band_of(offer),
        "retraction": _retraction(offer),
        "assignment": offer.assignments.last(),
        "break_until": help_request.office.local_date(now) + BREAK if _may_take_a_break(offer) else None,
        "pausing_until": offer.pilot.paused_until if offer.pilot.status == PilotStatus.PAUSED else None,
        "special_needs": ConfidentialDetails.objects.filter(help_request=help_request)
        .exclude(note="")
        .exists(),
    }
    return render(request, "web/pilot/offer.html", context)


def _slots_to_show(offer: Offer, dates: list[HelpRequestSlot], buttons: str) -> list[HelpRequestSlot]:
    """What can be chosen from; after a yes the date it was said for."""
    if offer.accepted_slot is not None and buttons in (NEITHER, NO_ONLY):
        return [offer.accepted_slot]
    return dates or list(offer.slots.all())


def _take_answer(request: HttpRequest, offer: Offer, *, now: datetime) -> None:
    """Record the answer; the page that follows says where the offer stands now, whoever was faster."""
    pilot = offer.pilot.user
    with refusals_as_messages(request):
        match request.POST.get("answer"):
            case Answer.YES:
                accept_offer(offer_id=offer.pk, slot_id=_chosen_slot(request), by=pilot, now=now)
            case Answer.NO:
                decline_offer(offer_id=offer.pk, by=pilot, now=now)
            case Answer.PAUSE if _may_take_a_break(offer):
                until = offer.help_request.office.local_date(now) + BREAK
                pause_pilot(pilot_id=offer.pilot_id, until=until, by=pilot, now=now)


def _chosen_slot(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("slot", ""))
    except ValueError:
        return None


def _retraction(offer: Offer) -> str:
    """Why the offer was taken back, as the journal has it."""
    if offer.status != OfferStatus.RETRACTED:
        return ""
    event = Event.objects.filter(subject_id=offer.pk, kind=EventKind.OFFER_RETRACTED).last()
    return str(event.facts.get("reason", "")) if event else ""
