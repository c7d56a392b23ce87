"""What do people do while servers die? Ask, offer, accept, confirm; and repeat what was not answered.

This runs as a process of its own. It reads orders ("ask 4") from its input and writes what it did as lines of JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from backend.accounts.models import User
from backend.dispatch.commands.assignments import confirm_assignment
from backend.dispatch.commands.help_requests import suggest_pilots
from backend.dispatch.commands.offers import accept_offer, make_offers
from backend.dispatch.models import HelpRequest, MatchRun, Offer
from backend.dispatch.states import HelpRequestStatus, OfferStatus
from backend.errors import Conflict
from backend.journal.models import Event
from backend.people.models import HelpSeeker
from tests import factories as make

T = TypeVar("T")

KAYA, RITA = "kaya@kaya.example", "rita@rita.example"
PILOTS, CASES, ASKED_AT_ONCE, WILLING = 6, 24, 3, 2
AGAIN_SECONDS = 0.1


def fill() -> None:
    """An office with its coordinator, a school, its help-seekers, pilots; all of it is old news."""
    now = timezone.now()
    make.a_gazetteer()
    kaya = make.a_coordinator("kaya", make.an_office("osnabrueck", make.OSNABRUECK_POSTCODES))
    make.an_organisation("rita", kaya)
    for number in range(PILOTS):
        make.a_pilot(f"pilot{number}", kaya, checked=now.date(), now=now)
    rita = User.objects.get(email=RITA)
    for number in range(CASES):
        make.a_help_seeker(rita, case_key=f"F-{number:02d}", now=now)
    Event.objects.unprocessed().update(processed_at=now)


def live() -> None:
    """Carry out orders until the input ends."""
    for line in sys.stdin:
        order, _, number = line.strip().partition(" ")
        ORDERS[order](int(number))
        say(carried_out=line.strip())


# --- orders


def ask(number: int) -> None:
    """Rita asks for a pilot for so many more of her people."""
    cases = HelpSeeker.objects.filter(helprequest=None).order_by("case_key")
    for help_seeker in insist(lambda: list(cases[:number])):
        help_request = insist(lambda: _ask_for(help_seeker))
        promise("request_received", help_request, RITA)
        promise("new_request", help_request, KAYA)


def offer(number: int) -> None:
    """Kaya offers so many requests to the best pilots."""
    for help_request in _open_requests(number, offers=None):
        for one in insist(lambda: _offer_to_best(help_request)):
            promise("offer_made", one, one.pilot.user.email)


def accept(number: int) -> None:
    """Some of those who were asked about each of so many requests say yes."""
    for help_request in _open_requests(number, offers__status=OfferStatus.PENDING):
        for one in insist(lambda: _offers(help_request))[:WILLING]:
            insist(lambda: _accept(one))
            promise("offer_accepted", one, KAYA)


def confirm(number: int) -> None:
    """Kaya confirms the first of those who said yes, for so many requests; all others are told."""
    for help_request in _open_requests(number, offers__status=OfferStatus.ACCEPTED):
        chosen, reserve, *unanswered = insist(lambda: _offers(help_request))
        assignment = insist(lambda: _confirm(help_request, chosen))
        for kind in ("confirmed", "reminder"):
            promise(f"{kind}_to_pilot", assignment, chosen.pilot.user.email)
            promise(f"{kind}_to_asking_side", assignment, RITA)
        promise("reserve_thanks", reserve, reserve.pilot.user.email)
        for one in unanswered:
            promise("offer_retracted", one, one.pilot.user.email)


ORDERS: dict[str, Callable[[int], None]] = {"ask": ask, "offer": offer, "accept": accept, "confirm": confirm}


# --- single steps; each may be repeated with the same intent


def _ask_for(help_seeker: HelpSeeker) -> HelpRequest:
    # Nothing but the case tells a repeated request from a second one, so Rita looks first.
    if before := HelpRequest.objects.filter(help_seeker=help_seeker).first():
        return before
    now = timezone.now()
    morning = make.BERLIN.localize if False else _morning(now, days=10 + int(help_seeker.case_key[2:]))
    return make.a_help_request(
        help_seeker, _user(RITA), slots=[(morning, morning + timedelta(hours=1))], now=now
    )
