"""Why is this pilot not among those suggested? Looked up by code or name, with a way to ask all the same."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from backend.accounts.models import User
from backend.dispatch import matchmaking
from backend.dispatch.models import HelpRequest, Offer
from backend.dispatch.policies import MAY_BE_BENT, slots_in_question
from backend.dispatch.states import LIVELY, HelpRequestStatus
from backend.people.codes import AccessReason
from backend.people.models import Pilot
from backend.people.queries import pilots_called
from backend.reason_texts import refusal_reason
from backend.web import ranking

DISPLAY_NUMBER = re.compile(r"([0-9]{1,6})")
SHORTEST_NAME = 2
NAMESAKES = 10


@dataclass(frozen=True)
class WhyNot:
    """What was typed; who is meant, or the namesakes; what stands in the way, and whether it may be bent."""

    typed: str
    pilot: Pilot | None = None
    name: str = ""
    namesakes: list[tuple[Pilot, str]] = field(default_factory=list)
    offer: Offer | None = None
    reasons: list[str] = field(default_factory=list)
    may_be_bent: bool = False


def why_not(found: HelpRequest, typed: str, *, by: User, now: datetime) -> WhyNot:
    """The caller has checked that the request is the user's to dispatch."""
    typed = typed.replace("\0", "").strip()  # PostgreSQL takes no such text
    if not typed:
        return WhyNot("")
    people = (
        Pilot.objects.filter(pilot_offices__office=found.office_id)
        .select_related("identity", "user")
        .prefetch_related("pilot_offices")
    )
    pilot = people.filter(display_code=_as_code(typed)).first()
    if pilot is None and len(typed) >= SHORTEST_NAME and not any(sign.isdigit() for sign in typed):
        called = pilots_called(people, typed, by=by, reason=AccessReason.CASE_WORK, at=now)
        if len(called) != 1:
            return WhyNot(typed, namesakes=sorted(called.items(), key=lambda pair: pair[1])[:NAMESAKES])
        (pilot,) = called
    if pilot is None:
        return WhyNot(_as_code(typed))
    slots = slots_in_question(found, now=now)
    reasons = matchmaking.why_not(found, slots, pilot, now=now)
    return WhyNot(
        typed,
        pilot=pilot,
        name=ranking.names_of([pilot], by=by, now=now)[pilot.pk],
        offer=found.offers.filter(pilot=pilot, status__in=LIVELY).first(),
        reasons=[refusal_reason(reason["code"], reason["facts"]) for reason in reasons],
        may_be_bent=(
            found.status == HelpRequestStatus.OPEN
            and bool(found.coming_slots(now=now))
            and _may_be_bent(found, pilot, [reason["code"] for reason in reasons], now=now)
        ),
    )


def _may_be_bent(found: HelpRequest, pilot: Pilot, codes: list[str], *, now: datetime) -> bool:
    """Whether on some date nothing speaks against it but rules that may be bent."""
    if not codes or MAY_BE_BENT.issuperset(codes):
        return bool(codes)
    return any(
        MAY_BE_BENT.issuperset(
            reason["code"] for reason in matchmaking.why_not(found, [slot], pilot, now=now)
        )
        for slot in found.coming_slots(now=now)
    )


def _as_code(typed: str) -> str:
    number = DISPLAY_NUMBER.fullmatch(typed)
    return f"P-{int(number[1]):04d}" if number else typed.upper()
