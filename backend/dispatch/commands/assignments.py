"""What happens to assignments: confirmed by the office, cancelled, reported."""

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from backend.accounts.models import User
from backend.dispatch import commissioning, permissions, policies, travel
from backend.dispatch.choosing import check_choice
from backend.dispatch.codes import (
    CancellationReason,
    NotDoneReason,
    RetractionReason,
    UnfilledReason,
    WithdrawalReason,
    reason_told,
)
from backend.dispatch.commands.help_requests import close_withdrawn, fulfil_when_settled
from backend.dispatch.commands.series import carry_on, stop_when_filled
from backend.dispatch.models import ActivityReport, Assignment, CommissionKind, HelpRequest, Offer
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people.models import Pilot


@command
def confirm_assignment(*, help_request_id: UUID, offer_id: UUID, by: User, now: datetime) -> Assignment:
    """Commission one of the pilots who accepted. The rest become the reserve, open offers are taken back."""
    help_request = HelpRequest.objects.lock(help_request_id)
    permissions.check_may_dispatch(by, help_request)
    policies.check_is_open(help_request)
    offer = _offer_to_choose(help_request, offer_id)
    choice = check_choice(help_request, offer, now=now)
    slot = choice.slot

    assignment = Assignment.objects.create(
        help_request=help_request,
        office_id=help_request.office_id,
        seat=choice.seat,
        pilot=offer.pilot,
        offer=offer,
        slot=slot,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        busy=travel.busy_span(help_request, slot.starts_at, slot.ends_at),
        site=help_request.site or uuid7(),
        confirmed_by=by,
        confirmed_at=now,
    )
    offer.move_to(OfferStatus.CHOSEN, at=now)
    record(
        EventKind.ASSIGNMENT_CONFIRMED,
        subject=assignment,
        by=by,
        at=now,
        slot_id=slot.pk,
        seat=assignment.seat,
        offer_id=offer.pk,
    )
    commissioning.commission(assignment, by=by, now=now)
    if choice.is_last:
        _settle_others(help_request, by=by, now=now)
        stop_when_filled(help_request, by=by, now=now)
        help_request.move_to(HelpRequestStatus.ASSIGNED, at=now)
    return assignment


@command
def cancel_assignment(*, assignment_id: UUID, reason: str, by: User, now: datetime) -> Assignment:
    """End an assignment before it happens. While a date is left, the request opens again and the reserve is asked."""
    assignment = Assignment.objects.lock_with_request(assignment_id)
    permissions.check_may_cancel(by, assignment)
    policies.check_is_confirmed(assignment)
    policies.check_has_not_begun(assignment, now=now)
    own = assignment.pilot.user_id == by.pk
    policies.check_reason_to_cancel(reason, by_pilot=own)
    assignment.cancel(reason, at=now)
    record(
        EventKind.ASSIGNMENT_CANCELLED,
        subject=assignment,
        by=by,
        at=now,
        reason=reason_told(reason),
        by_role="pilot" if own else "coordinator",
    )
    commissioning.note_cancelled(assignment, by=by, now=now)
    help_request = assignment.help_request
    if reason == CancellationReason.APPOINTMENT_CANCELLED:
        close_withdrawn(help_request, WithdrawalReason.NOT_NEEDED.value, by=by, now=now)
    else:
        _reopen(help_request, UnfilledReason.PILOT_DROPPED_OUT, by=by, now=now)
    return assignment


@command
def report_activity(
    *,
    assignment_id: UUID,
    done: bool,
    not_done_reason: str,
    minutes: int | None,
    km: int | None,
    by: User,
    now: datetime,
) -> ActivityReport:
    """Say how the session went. The first report settles the assignment; a second one that differs stays visible."""
    assignment = Assignment.objects.lock_with_request(assignment_id)
    permissions.check_may_report(by, assignment)
    policies.check_has_begun(assignment, now=now)
    if done and not minutes:
        raise RuleViolated("minutes_missing", field="minutes")
    if not done and not not_done_reason:
        raise RuleViolated("reason_missing", field="not_done_reason")
    if assignment.status == AssignmentStatus.CANCELLED:
        raise Conflict("assignment_not_live", status=assignment.status)
    report = ActivityReport.objects.create(
        assignment=assignment,
        reported_by=by,
        by_pilot=assignment.pilot.user_id == by.pk,
        done=done,
        not_done_reason="" if done else not_done_reason,
        minutes=minutes if done else None,
        km=km,
        reported_at=now,
    )
    record(EventKind.ACTIVITY_REPORTED, subject=report, by=by, at=now, done=done, minutes=report.minutes)
    if assignment.status == AssignmentStatus.CONFIRMED:
        _settle(assignment, report, by=by, now=now)
    return report


def _offer_to_choose(help_request: HelpRequest, offer_id: UUID) -> Offer:
    """The offer, locked; its pilot is held first, so that she cannot be erased meanwhile."""
    offers = Offer.objects.filter(pk=offer_id, help_request=help_request)
    Pilot.objects.hold(offers.values_list("pilot_id", flat=True))
    offer = offers.select_for_update(of=("self",)).select_related("pilot__user", "accepted_slot").first()
    if offer is None:
        raise NotThere("offer_unknown")
    offer.help_request = help_request
    return offer


def _settle_others(help_request: HelpRequest, *, by: User, now: datetime) -> None:
    for other in help_request.offers.filter(
        status__in=(OfferStatus.PENDING, OfferStatus.ACCEPTED)
    ).select_for_update():
        other.help_request = help_request
        if other.status == OfferStatus.ACCEPTED:
            other.move_to(OfferStatus.RESERVE, at=now)
            record(EventKind.OFFER_RESERVED, subject=other, by=by, at=now)
        else:
            other.move_to(OfferStatus.RETRACTED, at=now)
            reason = RetractionReason.SEATS_TAKEN.value
            record(EventKind.OFFER_RETRACTED, subject=other, by=by, at=now, reason=reason)


def _settle(assignment: Assignment, report: ActivityReport, *, by: User, now: datetime) -> None:
    help_request = assignment.help_request
    if not report.done:
        assignment.move_to(AssignmentStatus.MISSED, at=now)
        record(EventKind.ASSIGNMENT_MISSED, subject=assignment, by=by, at=now)
        commissioning.note_report(CommissionKind.MISSED, assignment, report, by=by, now=now)
        absent = report.not_done_reason == NotDoneReason.PILOT_ABSENT
        unfilled = UnfilledReason.PILOT_DROPPED_OUT if absent else UnfilledReason.NOT_HELD
        _reopen(help_request, unfilled, by=by, now=now)
        return
    assignment.move_to(AssignmentStatus.COMPLETED, at=now)
    record(EventKind.ASSIGNMENT_COMPLETED, subject=assignment, by=by, at=now)
    commissioning.note_report(CommissionKind.COMPLETED, assignment, report, by=by, now=now)
    fulfil_when_settled(help_request, by=by, now=now)


def _reopen(help_request: HelpRequest, unfilled: UnfilledReason, *, by: User, now: datetime) -> None:
    """Back to OPEN while a date is left, and ask the reserve; otherwise say that it could not be covered."""
    if help_request.status != HelpRequestStatus.ASSIGNED:
        carry_on(help_request, by=by, now=now)  # one of several seats: it is being worked on anyway
        return
    dates = help_request.coming_slots(now=now)
    if not dates and help_request.assignments.live().exists():
        fulfil_when_settled(help_request, by=by, now=now)  # the other pilots came
        return
    if not dates:
        help_request.move_to(HelpRequestStatus.UNFILLED, at=now, unfilled_reason=unfilled)
        record(EventKind.HELP_REQUEST_UNFILLED, subject=help_request, by=by, at=now, reason=unfilled.value)
        return
    help_request.move_to(HelpRequestStatus.OPEN, at=now)
    record(EventKind.HELP_REQUEST_REOPENED, subject=help_request, by=by, at=now, reason=unfilled.value)
    reserve = help_request.offers.filter(status=OfferStatus.RESERVE)
    reserve.update(reaffirmed_at=None)  # what they said after an earlier drop-out is not today's answer
    for offer in reserve.filter(slots__in=dates).distinct():
        offer.help_request = help_request
        record(EventKind.RESERVE_ASKED, subject=offer, by=by, at=now)
    carry_on(help_request, by=by, now=now)
