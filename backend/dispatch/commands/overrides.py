"""Asking a pilot against a rule that may be bent, with a note that says why."""

from datetime import datetime
from uuid import UUID

from backend.accounts.models import User
from backend.dispatch import matchmaking, permissions, policies
from backend.dispatch.commands.offers import offer_to
from backend.dispatch.models import HelpRequest, HelpRequestSlot, Offer, Override
from backend.errors import NotThere, RuleViolated
from backend.journal.command import command
from backend.people.models import Pilot

NOTE_AT_MOST = 500


@command
def ask_all_the_same(*, help_request_id: UUID, pilot_id: UUID, note: str, by: User, now: datetime) -> Offer:
    """Ask one pilot on the dates on which only rules that may be bent speak against it; which ones is kept."""
    help_request = HelpRequest.objects.lock(help_request_id)
    permissions.check_may_dispatch(by, help_request)
    policies.check_is_open(help_request)
    pilot = Pilot.objects.filter(pk=pilot_id, pilot_offices__office=help_request.office_id).first()
    if pilot is None:
        raise NotThere("pilot_unknown", pilot=str(pilot_id))
    said = note.strip()
    if not said:
        raise RuleViolated("override_note_missing", field="note")
    if len(said) > NOTE_AT_MOST:
        raise RuleViolated("note_too_long", field="note", at_most=NOTE_AT_MOST)

    against = _against(help_request, pilot, now=now)
    free = [slot for slot, codes in against.items() if not codes]
    if free:  # nothing to bend any more
        (offer,) = offer_to(help_request, {pilot: free}, by=by, now=now)
        return offer
    codes = sorted({code for found in against.values() for code in found})
    (offer,) = offer_to(help_request, {pilot: list(against)}, by=by, now=now, overridden=codes)
    Override.objects.create(offer=offer, codes=codes, note=said, made_by=by, made_at=now)
    return offer


def _against(
    help_request: HelpRequest, pilot: Pilot, *, now: datetime
) -> dict[HelpRequestSlot, frozenset[str]]:
    """The dates that stay possible with the codes that speak against each; RuleViolated where none does."""
    possible, refused = {}, []
    for slot in policies.coming_slots(help_request, now=now):
        reasons = matchmaking.why_not(help_request, [slot], pilot, now=now)
        if binding := [reason for reason in reasons if reason["code"] not in policies.MAY_BE_BENT]:
            refused += [reason for reason in binding if reason not in refused]
        else:
            possible[slot] = frozenset(reason["code"] for reason in reasons)
    if not possible:
        raise RuleViolated("rule_stands", pilot=str(pilot.pk), reasons=refused)
    return possible
