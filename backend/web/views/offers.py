"""One offer: opened by the link of a message or signed in, answered by a POST behind a real button."""

from datetime import datetime
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
from backend.dispatch.queries import distance_band_of, offer_behind
from backend.dispatch.states import HelpRequestStatus, OfferStatus
from backend.errors import NotThere
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.web.errors import refusals_as_messages
from backend.web.gates import Gate, SignedInRequest, gated

YES, NO = "yes", "no"
# What may still be answered, and how.
BOTH, YES_ONLY, NO_ONLY, NEITHER = "both", "yes_only", "no_only", "neither"


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
    with translation.override(language):
        if request.method == "POST" and found.link.used_at is None:
            _take_answer(request, offer, now=now)
        if request.method == "POST":
            response: HttpResponse = redirect("web:offer_by_link", secret=secret)
        else:
            response = _page(request, offer, now=now, by_link=True, used=found.link.used_at is not None)
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
        .select_related("help_request__office", "help_request__meeting_place", "pilot__user", "pilot__home")
        .first()
    )
    if offer is None:
        raise NotThere("offer_unknown")
    if request.method == "POST":
        _take_answer(request, offer, now=now)
        return redirect("web:offer", offer_id=offer_id)
    return _page(request, offer, now=now, by_link=False, used=False)


def state_of(offer: Offer, *, now: datetime) -> tuple[str, str]:
    """(code of what to say, which buttons there are)."""
    is_open = offer.help_request.status == HelpRequestStatus.OPEN
    has_dates = bool(_dates(offer, now=now))
    match offer.status:
        case OfferStatus.CHOSEN:
            return "chosen", NEITHER
        case OfferStatus.DECLINED:
            return "declined", NEITHER
        case OfferStatus.ACCEPTED:
            return "accepted", NO_ONLY
        case OfferStatus.RETRACTED:
            return "retracted", NEITHER
        case OfferStatus.RESERVE if is_open and has_dates:
            return ("reserve_confirmed", NO_ONLY) if offer.reaffirmed_at else ("reserve_asked", BOTH)
        case OfferStatus.RESERVE:
            return "reserve", NO_ONLY
    if not is_open:
        return "faster", NEITHER
    if not has_dates:
        return "passed", NEITHER
    if offer.status == OfferStatus.EXPIRED:
        return ("newer", NEITHER) if offer.newer().exists() else ("late", YES_ONLY)
    return ("late" if offer.expires_at <= now else "open"), BOTH


def _dates(offer: Offer, *, now: datetime) -> list[HelpRequestSlot]:
    """Those offered that are still possible."""
    coming = offer.help_request.coming_slots(now=now)
    return [slot for slot in offer.slots.all() if slot in coming]


def _page(request: HttpRequest, offer: Offer, *, now: datetime, by_link: bool, used: bool) -> HttpResponse:
    help_request = offer.help_request
    state, buttons = state_of(offer, now=now)
    context: dict[str, Any] = {
        "offer": offer,
        "help_request": help_request,
        "zone": help_request.office.time_zone,
        "state": state,
        "buttons": NEITHER if used else buttons,
        "slots": _dates(offer, now=now) or list(offer.slots.all()),
        "by_link": by_link,
        "band": distance_band_of(offer),
        "retraction": _retraction(offer),
        "special_needs": ConfidentialDetails.objects.filter(help_request=help_request)
        .exclude(note="")
        .exists(),
    }
    return render(request, "web/pilot/offer.html", context)


def _take_answer(request: HttpRequest, offer: Offer, *, now: datetime) -> None:
    """Record the answer; the page that follows says where the offer stands now, whoever was faster."""
    pilot = offer.pilot.user
    with refusals_as_messages(request):
        if request.POST.get("answer") == YES:
            accept_offer(offer_id=offer.pk, slot_id=_chosen_slot(request), by=pilot, now=now)
        elif request.POST.get("answer") == NO:
            decline_offer(offer_id=offer.pk, by=pilot, now=now)


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
