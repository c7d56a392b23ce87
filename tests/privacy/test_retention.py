"""Does everything end when its time is over, not a second before, and do the figures stay the same?"""

from datetime import date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.sessions.models import Session as DjangoSession
from django.db import models

from backend.accounts.models import (
    ApiToken,
    BarrierReport,
    EmailChange,
    IdempotencyKey,
    KnownBrowser,
    Membership,
    Session,
    User,
)
from backend.dispatch.commands.help_requests import suggest_pilots
from backend.dispatch.commands.offers import decline_offer, expire_offer
from backend.dispatch.models import (
    ActivityReport,
    AnswerLink,
    Assignment,
    ConfidentialDetails,
    HelpRequest,
    MatchRun,
    Offer,
    Override,
    PlanProposal,
    PlanRun,
    ReportSettlement,
    RequestDraft,
    Suggestion,
    Wave,
    WaveSeries,
)
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus
from backend.journal.models import AccessLog
from backend.keeping import Period
from backend.people.models import Absence, BackgroundCheck, Consent, HelpSeeker, Pilot
from backend.people.states import PilotStatus
from backend.privacy.moments import MOMENTS
from backend.privacy.retention import Rule, rules, run
from backend.reporting.periods import year_of
from backend.reporting.rows import requests_of, sessions_of
from notifications import outbox
from notifications.models import Delivery, SmsReply
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at
from tests.privacy.conftest import whole_database

SECOND = timedelta(seconds=1)
LONG_AFTER = datetime(2030, 6, 15, 3, 0, tzinfo=NOW.tzinfo)
Rows = dict[type[models.Model], models.Model]


def after(kept: Period, moment: datetime) -> datetime:
    """When a period that began then is over."""
    if kept.unit in ("hour", "day"):
        return moment + timedelta(**{f"{kept.unit}s": kept.amount})
    months = moment.month - 1 + kept.amount * (12 if kept.unit == "year" else 1)
    return moment.replace(year=moment.year + months // 12, month=months % 12 + 1)


@pytest.fixture
def town(cast: Cast) -> Rows:
    """One row of every model that a field of it gives a time."""
    cast.osnabrueck.accepts_self_registration = True
    cast.osnabrueck.save()
    assert cast.ana
    request = make.a_help_request(cast.samir, cast.rita, street="Schulstraße 1")
    ranked = suggest_pilots(help_request_id=request.pk, by=cast.kaya, now=NOW)
    assignment = make.an_assignment(request, cast.ana, cast.kaya)
    report = ActivityReport.objects.create(
        assignment=assignment, reported_by=cast.rita, by_pilot=False, done=True, minutes=60, reported_at=NOW
    )
    settlement = ReportSettlement.objects.create(
        assignment=assignment, report=report, note="geklärt", settled_by=cast.kaya, settled_at=NOW
    )
    override = Override.objects.create(
        offer=assignment.offer, codes=["veto"], note="passt", made_by=cast.kaya, made_at=NOW
    )
    series = WaveSeries.objects.create(
        help_request=request,
        policy={},
        started_by=cast.kaya,
        started_at=NOW,
        next_at=NOW,
        stopped_at=NOW,
        status="STOPPED",
    )
    plan = PlanRun.objects.create(
        weights={},
        value=1,
        certificate={},
        left_open=[],
        scarce=[],
        requests=1,
        pilots=1,
        pairs=1,
        created_at=NOW,
    )
    slot = request.slots.get()
    user, moments = cast.ana.user, {"created_at": NOW, "expires_at": NOW}
    address = EmailAddress.objects.create(user=user, email=user.email, verified=True)
    outbox.fan_out(now=NOW)
    delivery = Delivery.objects.first()
    assert delivery
    Delivery.objects.filter(pk=delivery.pk).update(status="SENT", sent_at=NOW)
    rows: list[models.Model] = [
        ranked,
        ranked.suggestions.first(),  # type: ignore[list-item]
        assignment.offer,
        request,
        ConfidentialDetails.objects.get(),
        cast.samir,
        report,
        settlement,
        override,
        series,
        Wave.objects.create(series=series, number=1, sent_at=NOW, asked=1, chance_before=0, chance=1),
        plan,
        PlanProposal.objects.create(
            plan_run=plan, help_request=request, slot=slot, pilot=cast.ana, score=1, contributions=[]
        ),
        AnswerLink.objects.create(offer=assignment.offer, hash="h", **moments),
        RequestDraft.objects.create(owner=cast.rita, created_at=NOW, changed_at=NOW),
        ApiToken.objects.create(user=user, name="x", hash="t", scopes=[], **moments),
        IdempotencyKey.objects.create(user=user, key="k", fingerprint="f", created_at=NOW),
        BarrierReport.objects.create(office=cast.osnabrueck, what="x", language="de", created_at=NOW),
        AccessLog.objects.create(
            reader_id=cast.kaya.pk,
            subject_type="pilot",
            subject_id=cast.ana.pk,
            office_id=cast.osnabrueck.pk,
            reason="contact",
            read_at=NOW,
        ),
        Absence.objects.create(pilot=cast.ana, start_date=NOW.date(), end_date=NOW.date()),
        Consent.objects.filter(user=user).first(),  # type: ignore[list-item]
        cast.ana.background_checks.first(),  # type: ignore[list-item]
        cast.ana.identity,
        cast.ana,
        Delivery.objects.get(pk=delivery.pk),
        Session.objects.create(user=user, hash="s", data="x", begun_at=NOW, last_seen_at=NOW),
        KnownBrowser.objects.create(user=user, hash="b", last_seen_at=NOW),
        EmailChange.objects.create(user=user, old_email="früher@ana.example", changed_at=NOW),
        SmsReply.objects.create(user=user, provider_id="p", outcome="accepted", received_at=NOW),
        DjangoSession.objects.create(session_key="s", session_data="x", expire_date=NOW),
        EmailConfirmation.objects.create(email_address=address, key="k", sent=NOW),
    ]
    return {type(row): row for row in rows}


def by_field() -> list[Rule]:
    return [rule for rule in rules() if rule.counted_from[0] not in MOMENTS]


def test_each_row_goes_when_its_time_is_over_and_not_a_second_before(town: Rows, cast: Cast) -> None:
    """All rules whose moment is a field, at the borders of their own period."""
    Pilot.objects.filter(pk=cast.ana.pk).update(left_at=NOW, status=PilotStatus.LEFT)
    Consent.objects.update(withdrawn_at=NOW)
    looked_at = by_field()
    assert len(looked_at) > 20
    assert {rule.model for rule in rules()} - town.keys() == {User}
    for rule in looked_at:
        row = town[rule.model]
        end = after(rule.preset, NOW)
        if rule.model is Absence:  # the whole day, by the wall
            end = after(rule.preset, at(3, 0))
        hers = rule.model._default_manager.filter(pk=row.pk)
        assert hers.filter(pk__in=rule.due(end).values("pk")).exists(), rule.name
        assert not hers.filter(pk__in=rule.due(end - SECOND).values("pk")).exists(), rule.name


def test_what_hangs_on_the_last_session(town: Rows, cast: Cast) -> None:
    request = town[HelpRequest]
    HelpRequest.objects.filter(pk=request.pk).update(
        status=HelpRequestStatus.FULFILLED, fulfilled_at=NOW, gender_wish="f"
    )
    end = at(10, 11)
    for model, kept in (
        (ConfidentialDetails, "30 days"),
        (HelpRequest, "6 months"),
        (HelpSeeker, "6 months"),
    ):
        (rule,) = (
            rule for rule in rules() if rule.model is model and rule.counted_from == ("the last session",)
        )
        over = after(rule.preset, end)
        assert str(rule.preset) == kept
        assert rule.due(over).count() == 1, model
        assert rule.due(over - SECOND).count() == 0, model

    make.a_help_request(cast.samir, cast.rita, slots=[(at(20, 10), at(20, 11))])
    (rule,) = (
        rule for rule in rules() if rule.model is HelpSeeker and rule.counted_from == ("the last session",)
    )
    assert rule.due(after(rule.preset, end)).count() == 0


def test_a_withdrawn_request_counts_from_its_withdrawal(town: Rows) -> None:
    HelpRequest.objects.update(
        status=HelpRequestStatus.WITHDRAWN, withdrawn_at=NOW, withdrawn_reason="not_needed"
    )
    (rule,) = (rule for rule in rules() if rule.model is ConfidentialDetails)

    assert rule.due(after(rule.preset, NOW)).count() == 1
    assert rule.due(after(rule.preset, NOW) - SECOND).count() == 0


def named(model: type[models.Model], moment: str = "") -> Rule:
    (found,) = (rule for rule in rules() if rule.model is model and moment in rule.counted_from[0])
    return found


def test_a_pilot_who_left_ends_part_by_part(cast: Cast) -> None:
    Pilot.objects.filter(pk=cast.ana.pk).update(left_at=NOW, status=PilotStatus.LEFT)
    vault, note, row = named(type(cast.ana.identity)), named(BackgroundCheck), named(Pilot, "left_at")
    for rule in (vault, note, row):
        over = after(rule.preset, NOW)
        assert rule.due(over).count() == 1, rule.name
        assert rule.due(over - SECOND).count() == 0, rule.name

    run(now=after(row.preset, NOW))
    pilot = Pilot.objects.get(pk=cast.ana.pk)
    assert pilot.status == PilotStatus.ERASED
    assert not row.due(LONG_AFTER).exists()  # once is enough
    assert not pilot.background_checks.exists()
    assert "ana@ana.example" not in whole_database()


def test_a_check_goes_at_once_where_no_activity_began(cast: Cast) -> None:
    applicant = make.a_pilot("eva", cast.kaya, active=False)
    BackgroundCheck.objects.create(
        pilot=applicant,
        inspected_date=date(2026, 10, 1),
        inspected_by=cast.kaya,
        valid_until=date(2029, 10, 1),
        stands_in_the_way=True,
    )
    Pilot.objects.filter(pk=applicant.pk).update(left_at=NOW, status=PilotStatus.LEFT)

    assert named(BackgroundCheck).due(NOW).count() == 1


def test_a_login_by_which_nobody_is_anything(cast: Cast) -> None:
    guest, rita = make.a_user("guest"), cast.rita
    rule = named(User)

    assert list(rule.due(after(rule.preset, NOW))) == [guest]
    assert not rule.due(after(rule.preset, NOW) - SECOND).exists()
    Membership.objects.filter(user=rita).delete()
    assert rita in rule.due(after(rule.preset, NOW))


def test_a_year_of_figures_is_the_same_afterwards(cast: Cast) -> None:
    """Questions, answers, sessions: what a report of 2026 counts does not change when the rows go."""
    for day in (10, 11, 12):
        request = make.a_help_request(
            cast.samir, cast.rita, slots=[(at(day, 10), at(day, 11))], street="Weg 1"
        )
        first, second = make.offers_to(request, [cast.ana, cast.ben], cast.kaya)
        decline_offer(offer_id=second.pk, by=cast.ben.user, now=NOW + timedelta(hours=2))
        if day == 12:
            expire_offer(offer_id=first.pk, by=None, now=at(9, 9))
            continue
        assignment = make.confirm(make.accepted(first), cast.kaya)
        Assignment.objects.filter(pk=assignment.pk).update(
            status=AssignmentStatus.COMPLETED, completed_at=at(day, 12)
        )
        HelpRequest.objects.filter(pk=request.pk).update(
            status=HelpRequestStatus.FULFILLED, fulfilled_at=at(day, 12)
        )
    HelpRequest.objects.filter(status=HelpRequestStatus.OPEN).update(
        status=HelpRequestStatus.UNFILLED, unfilled_at=at(12, 12), unfilled_reason="no_pilot_found"
    )
    year = year_of(2026)
    before = requests_of(cast.osnabrueck, year), sessions_of(cast.osnabrueck, year)
    assert [row.asked for row in before[0]] == [2, 2, 2]

    run(now=LONG_AFTER)

    assert Offer.objects.count() == 2  # those that were commissioned
    assert (requests_of(cast.osnabrueck, year), sessions_of(cast.osnabrueck, year)) == before
    assert set(Offer.objects.values_list("features", "chance")) == {(None, None)}
    assert not HelpRequest.objects.exclude(meeting_place__street="").exists()


def test_all_that_is_over_ends_and_a_second_run_finds_nothing(town: Rows, cast: Cast) -> None:
    HelpRequest.objects.update(status=HelpRequestStatus.FULFILLED, fulfilled_at=NOW)
    Delivery.objects.update(status="SENT", sent_at=NOW)

    first = run(now=LONG_AFTER)
    run(now=LONG_AFTER + timedelta(days=31))  # a month after the letter to silent pilots
    settled = run(now=LONG_AFTER + timedelta(days=32))

    assert first.refused == 0 and first.finished
    assert sum(settled.gone.values()) == 0
    for rule in rules():
        assert not rule.due(LONG_AFTER + timedelta(days=32)).exists(), rule.name
    left = whole_database()
    for word in ("ana@ana.example", "SCH-7", "Schulstraße"):
        assert word not in left, word
    for gone in (
        ConfidentialDetails,
        MatchRun,
        Suggestion,
        AnswerLink,
        WaveSeries,
        PlanRun,
        Delivery,
        AccessLog,
    ):
        assert not gone.objects.exists(), gone


@pytest.mark.parametrize(
    ("written", "end", "begin"),
    [
        ("1 month", (2027, 3, 31), (2027, 2, 28)),
        ("12 months", (2028, 2, 29), (2027, 2, 28)),
        ("3 years", (2029, 11, 2), (2026, 11, 2)),
        ("90 days", (2027, 1, 31), (2026, 11, 2)),
        ("24 hours", (2026, 11, 3), (2026, 11, 2)),
    ],
)
def test_periods_follow_the_calendar(written: str, end: tuple[int, ...], begin: tuple[int, ...]) -> None:
    from backend.keeping import period

    assert period(written).before(datetime(*end)) == datetime(*begin)  # type: ignore[arg-type]  # noqa: DTZ001
    assert str(period(written)) == written


@pytest.mark.parametrize("written", ["soon", "90", "days", "-1 days", "90 days after", "1 week"])
def test_anything_else_is_no_period(written: str) -> None:
    from backend.keeping import period

    with pytest.raises(ValueError, match="is no period"):
        period(written)
