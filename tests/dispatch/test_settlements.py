"""Which of two reports counts: the session and its request follow what the office has found out."""

import pytest

from backend.dispatch.commands.assignments import report_activity
from backend.dispatch.commands.help_requests import close_unfilled
from backend.dispatch.commands.settlements import settle_report
from backend.dispatch.models import ActivityReport, Assignment, ReportSettlement
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.models import Event
from notifications.rules import deliveries_for
from tests import factories as make
from tests.factories import at

AFTER, LATER = at(10, 12), at(12, 9)


@pytest.fixture
def assignment(cast) -> Assignment:
    return make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)


def say(assignment: Assignment, by, *, minutes: int | None) -> ActivityReport:
    """How long it was, or that the pilot did not come."""
    return report_activity(
        assignment_id=assignment.pk, done=minutes is not None, minutes=minutes, km=None,
        not_done_reason="" if minutes else "pilot_absent", by=by, now=AFTER,
    )  # fmt: skip


def settle(report: ActivityReport, by, note="Beide angerufen") -> ReportSettlement:
    return settle_report(report_id=report.pk, note=note, by=by, now=LATER)


def states(assignment: Assignment) -> tuple[str, str]:
    fresh = Assignment.objects.select_related("help_request").get(pk=assignment.pk)
    return fresh.status, fresh.help_request.status


def test_a_length_is_settled_and_nothing_moves(cast, assignment):
    say(assignment, cast.ana.user, minutes=60)
    other = say(assignment, cast.rita, minutes=120)
    kept = settle(other, cast.kaya, note=" Es dauerte. ")
    assert (kept.report, kept.note, kept.settled_by) == (other, "Es dauerte.", cast.kaya)
    assert states(assignment) == ("COMPLETED", "FULFILLED")
    assert Event.objects.get(kind="REPORTS_SETTLED").facts == {
        "done": True,
        "minutes": 120,
        "by_pilot": False,
    }
    assert not Assignment.objects.disagreeing().exists()


def test_that_it_did_not_take_place_undoes_the_fulfilment(cast, assignment):
    say(assignment, cast.ana.user, minutes=60)
    settle(say(assignment, cast.rita, minutes=None), cast.kaya)
    assert states(assignment) == ("MISSED", "UNFILLED")
    assert Assignment.objects.get().help_request.unfilled_reason == "pilot_dropped_out"
    assert deliveries_for(Event.objects.get(kind="HELP_REQUEST_UNFILLED")) == []


def test_that_it_took_place_after_all_fulfils_the_request(cast, assignment):
    say(assignment, cast.rita, minutes=None)
    assert states(assignment) == ("MISSED", "UNFILLED")
    assert len(deliveries_for(Event.objects.get(kind="HELP_REQUEST_UNFILLED"))) == 1
    settle(say(assignment, cast.ana.user, minutes=60), cast.kaya)
    assert states(assignment) == ("COMPLETED", "FULFILLED")


def test_a_request_that_is_open_again_is_ended_first(cast):
    request = make.a_help_request(
        cast.samir, cast.rita, slots=[(at(10, 10), at(10, 11)), (at(20, 10), at(20, 11))]
    )
    assignment = make.an_assignment(request, cast.ana, cast.kaya)
    say(assignment, cast.rita, minutes=None)
    own = say(assignment, cast.ana.user, minutes=60)
    assert states(assignment) == ("MISSED", "OPEN")
    with pytest.raises(Conflict, match="request_open_again"):
        settle(own, cast.kaya)
    assert not ReportSettlement.objects.exists()
    close_unfilled(help_request_id=request.pk, by=cast.kaya, now=LATER)
    settle(own, cast.kaya)
    assert states(assignment) == ("COMPLETED", "FULFILLED")


@pytest.mark.parametrize(
    ("note", "code"),
    [("", "settlement_note_missing"), (" ", "settlement_note_missing"), ("x" * 501, "note_too_long")],
)
def test_a_note_is_needed(cast, assignment, note, code):
    say(assignment, cast.ana.user, minutes=60)
    with pytest.raises(RuleViolated, match=code):
        settle(say(assignment, cast.rita, minutes=None), cast.kaya, note=note)
    assert states(assignment) == ("COMPLETED", "FULFILLED")


def test_what_agrees_or_is_settled_or_is_alone_needs_no_settling(cast, assignment):
    own = say(assignment, cast.ana.user, minutes=60)
    with pytest.raises(Conflict, match="reports_agree"):
        settle(own, cast.kaya)
    say(assignment, cast.rita, minutes=120)
    settle(own, cast.kaya)
    with pytest.raises(Conflict, match="reports_agree"):
        settle(own, cast.kaya)


def test_only_the_office_settles(cast, assignment):
    own = say(assignment, cast.ana.user, minutes=60)
    say(assignment, cast.rita, minutes=120)
    for by in (cast.frauke, cast.rita, cast.ana.user):
        with pytest.raises(Exception) as refused:
            settle(own, by)
        assert refused.value.code in {"help_request_unknown", "not_permitted"}
    with pytest.raises(NotThere, match="report_unknown"):
        settle_report(report_id=assignment.pk, note="x", by=cast.kaya, now=LATER)
