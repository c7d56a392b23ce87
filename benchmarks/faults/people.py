"""Who writes so many messages that every kill hits one? An office that asks twenty pilots at once for each request.

A process of its own, as tests.faults.people, whose steps it takes: repeated until answered, and each answer a promise.
"""

from typing import Any

from django.utils import timezone

from backend.dispatch.models import HelpRequest, Offer
from backend.dispatch.states import OfferStatus
from backend.journal.models import Event
from backend.people.models import HelpSeeker, Pilot
from tests import factories as make
from tests.faults.people import (
    KAYA,
    RITA,
    a_user,
    ask_for,
    carry_out,
    commission,
    insist,
    offer_to,
    offers_of,
    open_requests,
    promise,
    say_yes,
    some,
)

MODULE = "benchmarks.faults.people"
COORDINATORS = (KAYA,)
PILOTS, CASES, WILLING = 20, 60, 2
# Of one request: its receipt, the coordinators told of it and of each yes, the offers, and what a confirmation brings
# (both sides, the reserve, and all others thanked for nothing).
MESSAGES_EACH = 1 + len(COORDINATORS) * (1 + WILLING) + PILOTS + 2 + 1 + (PILOTS - WILLING)


def fill() -> None:
    """An office, a school with its help-seekers, and twenty pilots; all of it is old news."""
    now = timezone.now()
    make.a_gazetteer()
    office = make.an_office("osnabrueck", make.OSNABRUECK_POSTCODES)
    kaya, *_others = [make.a_coordinator(address.partition("@")[0], office) for address in COORDINATORS]
    make.an_organisation("rita", kaya)
    for number in range(PILOTS):
        make.a_pilot(f"pilot{number}", kaya, checked=now.date(), now=now)
    for number in range(CASES):
        make.a_help_seeker(a_user(RITA), case_key=f"F-{number:02d}", now=now)
    Event.objects.unprocessed().update(processed_at=now)


def live() -> None:
    """Carry out orders until the input ends."""
    carry_out({"begin": begin, "confirm": confirm})


def begin(number: int) -> None:
    """Rita asks, Kaya offers it to everybody, and two say yes; so many requests."""
    for help_seeker in some(HelpSeeker.objects.filter(help_requests=None).order_by("case_key"), number):
        help_request = insist(lambda case=help_seeker: ask_for(case))
        tell("request_received", help_request, RITA)
        tell("new_request", help_request, *COORDINATORS)
        offers = insist(lambda asked=help_request: offer_to(asked, everybody()))
        for one in offers:
            tell("offer_made", one, one.pilot.user.email)
        for one in offers[:WILLING]:
            insist(lambda willing=one: say_yes(willing))
            tell("offer_accepted", one, *COORDINATORS)


def confirm(number: int) -> None:
    """Kaya confirms the first of those who said yes; the others are told."""
    accepted = open_requests().filter(offers__status=OfferStatus.ACCEPTED).distinct()
    for help_request in some(accepted, number):
        chosen, reserve, *unanswered = some(offers_of(help_request), PILOTS)
        assignment = insist(lambda yes=chosen: commission(yes))
        for news in ("confirmed", "reminder"):
            tell(f"{news}_to_pilot", assignment, chosen.pilot.user.email)
            tell(f"{news}_to_asking_side", assignment, RITA)
        tell("reserve_thanks", reserve, reserve.pilot.user.email)
        for one in unanswered:
            tell("offer_retracted", one, one.pilot.user.email)


def everybody() -> list[Any]:
    """All pilots."""
    return list(Pilot.objects.order_by("pk").values_list("pk", flat=True))


def tell(template: str, subject: HelpRequest | Offer | Any, *recipients: str) -> None:
    """They must hear of it."""
    for recipient in recipients:
        promise(template, subject, to=recipient)
