"""What happens to a request itself: filed, ranked, withdrawn, given up."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.accounts.models import User
from backend.accounts.permissions import Permission, may
from backend.dispatch import commissioning, matchmaking, permissions, policies
from backend.dispatch.codes import CancellationReason, RetractionReason, ServiceKind, Setting, UnfilledReason
from backend.dispatch.commands.meeting_places import (
    MeetingPlace,
    check_no_flat,
    left_out_of,
    locate_meeting_place,
)
from backend.dispatch.models import ConfidentialDetails, HelpRequest, HelpRequestSlot, MatchRun
from backend.dispatch.states import LIVELY, AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.errors import NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people.commands.places import place_from
from backend.people.models import HelpSeeker
from backend.people.policies import check_consents_to_matching
from backend.people.profile import checked_language

REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that sounds or looks alike on the phone
SUGGESTIONS_AT_MOST = 50


@dataclass(frozen=True)
class Need:
    """What is asked for. Times are aware datetimes; `required_level` is a CEFR level 1..6."""

    topic: str
    slots: Sequence[tuple[datetime, datetime]]
    languages: Sequence[str] = ()  # empty: those of the help-seeker
    required_level: int = 3
    service_kind: str = ServiceKind.INTERPRET
    setting: str = Setting.ON_SITE
    gender_wish: str | None = None  # None: as registered for the help-seeker
    minors: bool = False
    urgent: bool = False
    seats: int = 1
    matter: str = ""  # a Matter that somebody has said it is about; never stored


@dataclass(frozen=True)
class Confidential:
    """What goes into the vault with the request."""

    meeting_point: str = ""
    contact_on_site: str = ""
    note: str = ""


NOTHING_CONFIDENTIAL = Confidential()


@command
def file_help_request(
    *,
    help_seeker_id: UUID,
    need: Need,
    where: MeetingPlace | None,
    by: User,
    now: datetime,
    confidential: Confidential = NOTHING_CONFIDENTIAL,
) -> HelpRequest:
    """Ask for a pilot for a registered help-seeker; the request is open at once.

    The street of a home goes into the vault, to be read by the confirmed pilot.
    """
    help_seeker = (
        HelpSeeker.objects.select_related("office", "organisation").filter(pk=help_seeker_id).first()
    )
    if help_seeker is None:
        raise NotThere("help_seeker_unknown")
    permissions.check_may_file(by, help_seeker)
    check_consents_to_matching(help_seeker)
    policies.check_matter(need.matter, office=help_seeker.office)
    policies.check_need(required_level=need.required_level, seats=need.seats)
    policies.check_slots(need.slots, office=help_seeker.office, urgent=need.urgent, now=now)
    if need.setting != Setting.ON_SITE:
        where = None
    elif where is None:
        raise RuleViolated("meeting_place_missing", field="postcode")
    located = locate_meeting_place(where, organisation=help_seeker.organisation) if where else None
    if where and located:
        check_no_flat(where, located, office=help_seeker.office)

    help_request = HelpRequest.objects.create(
        office=help_seeker.office,
        organisation_id=help_seeker.organisation_id,
        help_seeker=help_seeker,
        requested_by=by,
        reference=_new_reference(now),
        languages=list(dict.fromkeys(checked_language(code) for code in need.languages))
        or help_seeker.languages,
        required_level=need.required_level,
        topic=need.topic,
        service_kind=need.service_kind,
        setting=need.setting,
        gender_wish=help_seeker.gender_wish if need.gender_wish is None else need.gender_wish,
        minors=need.minors,
        urgent=need.urgent,
        seats=need.seats,
        meeting_place=place_from(located) if located else None,
        created_at=now,
    )
    HelpRequestSlot.objects.bulk_create(
        HelpRequestSlot(help_request=help_request, starts_at=starts_at, ends_at=ends_at)
        for starts_at, ends_at in sorted(need.slots)
    )
    to_the_door = left_out_of(located, where) if where and located else ""
    ConfidentialDetails.objects.create(
        help_request=help_request,
        home=to_the_door,
        meeting_point=", ".join(filter(None, (to_the_door, confidential.meeting_point))),
        contact_on_site=confidential.contact_on_site,
        note=confidential.note,
    )
    help_request.move_to(HelpRequestStatus.OPEN, at=now)
    record(EventKind.HELP_REQUEST_FILED, subject=help_request, by=by, at=now)
    return help_request


@command
def suggest_pilots(*, help_request_id: UUID, by: User, now: datetime, limit: int = 10) -> MatchRun:
    """Rank who could take it; nobody is asked yet."""
    help_request = _for_dispatch(help_request_id, by)
    if not 1 <= limit <= SUGGESTIONS_AT_MOST:
        raise RuleViolated("limit_out_of_range", field="limit", at_most=SUGGESTIONS_AT_MOST)
    policies.check_is_open(help_request)
    slots = policies.coming_slots(help_request, now=now)
    run = matchmaking.store_run(help_request, slots, limit=limit, by=by, now=now)
    record(
        EventKind.PILOTS_SUGGESTED,
        subject=run,
        by=by,
        at=now,
        eligible=run.eligible,
        considered=run.considered,
    )
    return run


@command
def withdraw_help_request(
    *, help_request_id: UUID, reason: str, by: User | None, now: datetime
) -> HelpRequest:
    """Take the request back; whoever was asked or confirmed is told. `by` is None where its client is erased again."""
    help_request = HelpRequest.objects.lock(help_request_id)
    if by is not None:
        permissions.check_may_withdraw(by, help_request)
    help_request.check_may_move_to(HelpRequestStatus.WITHDRAWN)
    close_withdrawn(help_request, reason, by=by, now=now)
    return help_request


@command
def close_unfilled(*, help_request_id: UUID, by: User | None, now: datetime) -> HelpRequest:
    """Say openly that nobody could come: by the clock when every date has begun, or earlier by the office.

    Where some of several seats are taken, those pilots come and just nobody else is looked for.
    """
    help_request = HelpRequest.objects.lock(help_request_id)
    if by is not None:
        permissions.check_may_dispatch(by, help_request)
    policies.check_is_open(help_request)
    if by is None and help_request.coming_slots(now=now):
        raise RuleViolated("dates_left")
    retract_live_offers(help_request, RetractionReason.REQUEST_UNFILLED, by=by, now=now)
    if help_request.assignments.live().exists():
        help_request.move_to(HelpRequestStatus.ASSIGNED, at=now)
        record(EventKind.HELP_REQUEST_PARTLY_FILLED, subject=help_request, by=by, at=now)
        fulfil_when_settled(help_request, by=by, now=now)
        return help_request
    reason = UnfilledReason.NO_PILOT_FOUND
    help_request.move_to(HelpRequestStatus.UNFILLED, at=now, unfilled_reason=reason)
    record(EventKind.HELP_REQUEST_UNFILLED, subject=help_request, by=by, at=now, reason=reason.value)
    return help_request


def close_withdrawn(help_request: HelpRequest, reason: str, *, by: User | None, now: datetime) -> None:
    """Cancel what is confirmed, take back what was offered, and close the request."""
    may_dispatch = by is None or may(by, Permission.DISPATCH, office_id=help_request.office_id)
    confirmed = help_request.assignments.filter(status=AssignmentStatus.CONFIRMED)
    for assignment in confirmed.select_for_update():
        policies.check_has_not_begun(assignment, now=now)
        assignment.cancel(CancellationReason.REQUEST_WITHDRAWN, at=now)
        record(
            EventKind.ASSIGNMENT_CANCELLED,
            subject=assignment,
            by=by,
            at=now,
            reason=CancellationReason.REQUEST_WITHDRAWN.value,
            by_role="coordinator" if may_dispatch else "requester",
        )
        commissioning.note_cancelled(assignment, by=by, now=now)
    retract_live_offers(help_request, RetractionReason.REQUEST_WITHDRAWN, by=by, now=now)
    help_request.move_to(HelpRequestStatus.WITHDRAWN, at=now, withdrawn_reason=reason)
    record(EventKind.HELP_REQUEST_WITHDRAWN, subject=help_request, by=by, at=now, reason=reason)


def fulfil_when_settled(help_request: HelpRequest, *, by: User | None, now: datetime) -> None:
    """Close an assigned request when the last of its assignments is settled."""
    waiting = help_request.assignments.filter(status=AssignmentStatus.CONFIRMED)
    if help_request.status == HelpRequestStatus.ASSIGNED and not waiting.exists():
        help_request.move_to(HelpRequestStatus.FULFILLED, at=now)
        record(EventKind.HELP_REQUEST_FULFILLED, subject=help_request, by=by, at=now)


def retract_live_offers(
    help_request: HelpRequest, reason: RetractionReason, *, by: User | None, now: datetime
) -> None:
    """Take back what still waits for an answer or for a decision."""
    for offer in help_request.offers.filter(status__in=LIVELY).select_for_update():
        offer.help_request = help_request
        offer.move_to(OfferStatus.RETRACTED, at=now)
        record(EventKind.OFFER_RETRACTED, subject=offer, by=by, at=now, reason=reason.value)


def _for_dispatch(help_request_id: UUID, by: User) -> HelpRequest:
    help_request = HelpRequest.objects.lock(help_request_id)
    permissions.check_may_dispatch(by, help_request)
    return help_request


def _new_reference(now: datetime) -> str:
    return f"{now:%y}-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(6))
