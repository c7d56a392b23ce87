"""Settling which of two reports counts, once the office has talked with both sides."""

from datetime import datetime
from uuid import UUID

from backend.accounts.models import User
from backend.dispatch import commissioning, permissions
from backend.dispatch.codes import NotDoneReason, UnfilledReason
from backend.dispatch.commands.help_requests import fulfil_when_settled
from backend.dispatch.models import ActivityReport, Assignment, CommissionKind, ReportSettlement
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record

NOTE_AT_MOST = 500


@command
def settle_report(*, report_id: UUID, note: str, by: User, now: datetime) -> ReportSettlement:
    """This report counts. Where the session stands otherwise, it and its request follow."""
    report = ActivityReport.objects.filter(pk=report_id).first()
    if report is None:
        raise NotThere("report_unknown")
    assignment = Assignment.objects.lock_with_request(report.assignment_id)
    permissions.check_may_dispatch(by, assignment.help_request)
    said = note.strip()
    if not said:
        raise RuleViolated("settlement_note_missing", field="note")
    if len(said) > NOTE_AT_MOST:
        raise RuleViolated("note_too_long", field="note", at_most=NOTE_AT_MOST)
    if not Assignment.objects.filter(pk=assignment.pk).disagreeing().exists():
        raise Conflict("reports_agree")
    settlement = ReportSettlement.objects.create(
        assignment=assignment, report=report, note=said, settled_by=by, settled_at=now
    )
    record(
        EventKind.REPORTS_SETTLED,
        subject=assignment,
        by=by,
        at=now,
        done=report.done,
        minutes=report.minutes,
        by_pilot=report.by_pilot,
    )
    commissioning.note_report(CommissionKind.SETTLED, assignment, report, by=by, now=now)
    if report.done and assignment.status == AssignmentStatus.MISSED:
        _took_place(assignment, report, by=by, now=now)
    elif not report.done and assignment.status == AssignmentStatus.COMPLETED:
        _did_not(assignment, report, by=by, now=now)
    return settlement


def _took_place(assignment: Assignment, report: ActivityReport, *, by: User, now: datetime) -> None:
    """After all. A request that is being worked on again has to be ended first: somebody may be asked for it."""
    help_request = assignment.help_request
    if help_request.status == HelpRequestStatus.OPEN:
        raise Conflict("request_open_again")
    assignment.move_to(AssignmentStatus.COMPLETED, at=now)
    record(EventKind.ASSIGNMENT_COMPLETED, subject=assignment, by=by, at=now)
    commissioning.note_report(CommissionKind.COMPLETED, assignment, report, by=by, now=now)
    if help_request.status == HelpRequestStatus.UNFILLED:
        help_request.move_to(HelpRequestStatus.FULFILLED, at=now)
        record(EventKind.HELP_REQUEST_FULFILLED, subject=help_request, by=by, at=now)
    fulfil_when_settled(help_request, by=by, now=now)


def _did_not(assignment: Assignment, report: ActivityReport, *, by: User, now: datetime) -> None:
    help_request = assignment.help_request
    assignment.move_to(AssignmentStatus.MISSED, at=now)
    record(EventKind.ASSIGNMENT_MISSED, subject=assignment, by=by, at=now)
    commissioning.note_report(CommissionKind.MISSED, assignment, report, by=by, now=now)
    if help_request.status != HelpRequestStatus.FULFILLED or help_request.assignments.live().exists():
        return
    absent = report.not_done_reason == NotDoneReason.PILOT_ABSENT
    reason = UnfilledReason.PILOT_DROPPED_OUT if absent else UnfilledReason.NOT_HELD
    help_request.move_to(HelpRequestStatus.UNFILLED, at=now, unfilled_reason=reason)
    record(EventKind.HELP_REQUEST_UNFILLED, subject=help_request, by=by, at=now, reason=reason.value)
