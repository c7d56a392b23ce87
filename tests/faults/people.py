"""What do people do while servers die? Ask, offer, accept, confirm; and repeat what was not answered.

This runs as a process of its own: it reads orders ("ask 4") from its input and writes what it did as lines of JSON.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from backend.accounts.models import Organisation, User
from backend.dispatch.commands.assignments import confirm_assignment
from backend.dispatch.commands.help_requests import suggest_pilots
from backend.dispatch.commands.offers import accept_offer, make_offers
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.dispatch.states import HelpRequestStatus, OfferStatus
from backend.errors import Conflict
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.journal.record import record
from backend.people.models import HelpSeeker
from tests import factories as make
from tests.faults.town import BUSY

T = TypeVar("T")

KAYA, RITA = "kaya@kaya.example", "rita@rita.example"
PILOTS, CASES = 6, 24
ASKED_AT_ONCE, WILLING = 3, 2
FIRST_DAY = 10  # days from now; the reminders of the day before fall due after the test
AGAIN_SECONDS = 0.1


def fill() -> None:
    """An office with its coordinator, a school with its help-seekers, and pilots; all of it is old news."""
    now = timezone.now()
    make.a_gazetteer()
    kaya = make.a_coordinator("kaya", make.an_office("osnabrueck", make.OSNABRUECK_POSTCODES))
    make.an_organisation("rita", kaya)
    for number in range(PILOTS):
        make.a_pilot(f"pilot{number}", kaya, checked=now.date(), now=now)
    for number in range(CASES):
        make.a_help_seeker(a_user(RITA), case_key=f"F-{number:02d}", now=now)
    Event.objects.unprocessed().update(processed_at=now)


def live() -> None:
    """Carry out orders until the input ends."""
    carry_out(ORDERS)


def carry_out(orders: Mapping[str, Callable[[int], None]]) -> None:
    """One order after the other, as they come in."""
    for line in sys.stdin:
        order, number = line.split()
        orders[order](int(number))
        say(carried_out=order)


# --- orders: so many requests each


def ask(number: int) -> None:
    """Rita asks for a pilot for some more of her people."""
    for help_seeker in some(HelpSeeker.objects.filter(help_requests=None).order_by("case_key"), number):
        help_request = insist(lambda case=help_seeker: ask_for(case))
        promise("request_received", help_request, to=RITA)
        promise("new_request", help_request, to=KAYA)


def suggest(number: int) -> None:
    """Kaya has the pilots ranked."""
    for help_request in some(open_requests().filter(match_runs=None), number):
        insist(lambda asked=help_request: rank(asked))


def offer(number: int) -> None:
    """Kaya asks the best pilots."""
    for help_request in some(open_requests().filter(offers=None).exclude(match_runs=None), number):
        best = help_request.match_runs.get().suggestions.values_list("pilot", flat=True)
        pilot_ids = some(best, ASKED_AT_ONCE)
        for one in insist(lambda asked=help_request, ids=pilot_ids: offer_to(asked, ids)):
            promise("offer_made", one, to=one.pilot.user.email)


def accept(number: int) -> None:
    """Of those who were asked, two say yes."""
    pending = open_requests().exclude(offers=None).exclude(offers__status=OfferStatus.ACCEPTED)
    for help_request in some(pending, number):
        for one in some(offers_of(help_request), WILLING):
            insist(lambda willing=one: say_yes(willing))
            promise("offer_accepted", one, to=KAYA)


def confirm(number: int) -> None:
    """Kaya confirms the first of those who said yes; the others are told."""
    accepted = open_requests().filter(offers__status=OfferStatus.ACCEPTED).distinct()
    for help_request in some(accepted, number):
        chosen, reserve, unanswered = some(offers_of(help_request), ASKED_AT_ONCE)
        assignment = insist(lambda yes=chosen: commission(yes))
        for news in ("confirmed", "reminder"):
            promise(f"{news}_to_pilot", assignment, to=chosen.pilot.user.email)
            promise(f"{news}_to_asking_side", assignment, to=RITA)
        promise("reserve_thanks", reserve, to=reserve.pilot.user.email)
        promise("offer_retracted", unanswered, to=unanswered.pilot.user.email)


def announce(number: int) -> None:
    """The office approves an organisation so many times over: one mail each, and nothing else to do."""
    rita = a_user(RITA)
    school = rita.memberships.get().organisation
    insist(lambda: announced(school, number))
    for _ in range(number):
        promise("organisation_approved", school, to=RITA)


def announced(school: Organisation, number: int) -> None:
    with transaction.atomic():
        for _ in range(number):
            record(EventKind.ORGANISATION_APPROVED, subject=school, by=None, at=timezone.now())


ORDERS: dict[str, Callable[[int], None]] = {
    "announce": announce,
    "ask": ask,
    "suggest": suggest,
    "offer": offer,
    "accept": accept,
    "confirm": confirm,
}


# --- steps: one command each; repeated with the same intent, they must not take effect twice


def ask_for(help_seeker: HelpSeeker) -> HelpRequest:
    # Only the case tells a repetition from a second request, so Rita looks into her list first.
    if before := help_seeker.help_requests.first():
        say(took_effect_before="ask")
        return before
    now = timezone.now()
    day = now.astimezone(make.BERLIN) + timedelta(days=FIRST_DAY + int(help_seeker.case_key[2:]))
    starts_at = day.replace(hour=10, minute=0, second=0, microsecond=0)
    slot = (starts_at, starts_at + timedelta(hours=1))
    return make.a_help_request(help_seeker, a_user(RITA), slots=[slot], topic="authority", now=now)


def rank(help_request: HelpRequest) -> None:
    if help_request.match_runs.exists():  # on the page that she opened again
        say(took_effect_before="suggest")
        return
    suggest_pilots(help_request_id=help_request.pk, by=a_user(KAYA), now=timezone.now())


def offer_to(help_request: HelpRequest, pilot_ids: list[Any]) -> list[Offer]:
    try:
        make_offers(help_request_id=help_request.pk, pilot_ids=pilot_ids, by=a_user(KAYA), now=timezone.now())
    except Conflict as conflict:
        took_effect_before("offer", conflict, "offer_already_pending")
    return list(offers_of(help_request))


def say_yes(one: Offer) -> None:
    try:
        accept_offer(offer_id=one.pk, slot_id=None, by=one.pilot.user, now=timezone.now())
    except Conflict as conflict:
        took_effect_before("accept", conflict, "offer_already_answered")


def commission(one: Offer) -> Assignment:
    try:
        return confirm_assignment(
            help_request_id=one.help_request_id, offer_id=one.pk, by=a_user(KAYA), now=timezone.now()
        )
    except Conflict as conflict:
        took_effect_before("confirm", conflict, "help_request_not_open")
        return one.help_request.assignments.get()


def took_effect_before(order: str, conflict: Conflict, code: str) -> None:
    """The earlier try went through, only its answer was lost; any other conflict goes on."""
    if conflict.code != code:
        raise conflict
    say(took_effect_before=order)


def insist(act: Callable[[], T]) -> T:
    """Try until the database answers, and who is told that others are at it tries again."""
    while True:
        try:
            return act()
        except (OperationalError, InterfaceError) as error:
            say(unanswered=type(error).__name__)
            connection.close()
        except Conflict as conflict:
            if conflict.code != BUSY:
                raise
            say(told_to_wait=BUSY)
        time.sleep(AGAIN_SECONDS)


# --- what they look at, and what they write down


def open_requests() -> Any:
    return HelpRequest.objects.filter(status=HelpRequestStatus.OPEN).order_by("created_at")


def offers_of(help_request: HelpRequest) -> Any:
    return help_request.offers.select_related("pilot__user", "help_request").order_by("made_at", "pk")


def some(rows: Any, number: int) -> list[Any]:
    return insist(lambda: list(rows.all()[:number]))


def a_user(address: str) -> User:
    return User.objects.get(email=address)


def promise(template: str, subject: Any, *, to: str) -> None:
    """The command was answered with yes: from now on this message must arrive."""
    say(template=template, subject_id=str(subject.pk), recipient=to)


def say(**facts: str) -> None:
    print(json.dumps(facts), flush=True)
