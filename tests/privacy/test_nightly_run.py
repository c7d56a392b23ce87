"""Does the run come once a night, go on after a stop, write to silent pilots first, and keep each office's days?"""

from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.accounts.commands import change_office
from backend.accounts.models import IdempotencyKey, Office, User
from backend.errors import RuleViolated
from backend.journal.models import Event
from backend.keeping import OFFICE_PERIODS
from backend.people.models import Pilot
from backend.people.states import PilotStatus
from backend.privacy import retention
from backend.privacy.models import RetentionRun
from backend.privacy.retention import rules, run, run_if_due
from notifications.models import Delivery
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at
from tests.privacy.conftest import whole_database

LONG_AFTER = datetime(2030, 6, 15, 3, 0, tzinfo=NOW.tzinfo)


class TestSilence:
    """A pilot of whom nobody hears: a letter after eleven months, the end after twelve."""

    def test_the_letter_comes_first_and_once(self, cast: Cast, quiet: Pilot) -> None:
        for day in (
            at(1, 3, month=9, year=2027),
            at(4, 3, month=10, year=2027),
            at(1, 3, month=11, year=2027),
        ):
            run(now=day)
        letters = Event.objects.filter(kind="PILOT_SILENCE_NOTICED", subject_id=quiet.pk)
        assert [event.happened_at for event in letters] == [at(4, 3, month=10, year=2027)]
        quiet.refresh_from_db()
        assert quiet.status == PilotStatus.ACTIVE

    def test_the_end_comes_a_month_after_the_letter(self, cast: Cast, quiet: Pilot) -> None:
        run(now=at(15, 3, month=12, year=2027))  # it did not run for long: the letter has to come first
        quiet.refresh_from_db()
        assert quiet.status == PilotStatus.ACTIVE
        run(now=at(13, 3, month=1, year=2028))
        quiet.refresh_from_db()
        assert quiet.status == PilotStatus.ACTIVE

        run(now=at(15, 3, month=1, year=2028))
        quiet.refresh_from_db()
        assert quiet.status == PilotStatus.ERASED
        assert "ana@ana.example" not in whole_database()

    def test_whoever_signs_in_stays(self, cast: Cast, quiet: Pilot) -> None:
        run(now=at(15, 3, month=12, year=2027))
        User.objects.filter(pk=quiet.user_id).update(last_login=at(20, 9, month=12, year=2027))
        run(now=at(15, 3, month=1, year=2028))
        quiet.refresh_from_db()
        assert quiet.status == PilotStatus.ACTIVE

        run(now=at(25, 3, month=11, year=2028))  # silent anew: the letter of the year before does not count
        assert Event.objects.filter(kind="PILOT_SILENCE_NOTICED").count() == 2
        quiet.refresh_from_db()
        assert quiet.status == PilotStatus.ACTIVE

    @pytest.fixture
    def quiet(self, cast: Cast) -> Pilot:
        return cast.ana


class TestPeriodsOfAnOffice:
    def test_an_office_keeps_longer_and_the_other_does_not(self, cast: Cast) -> None:
        admin = make.an_admin("adam", cast.osnabrueck)
        change_office(office_id=cast.osnabrueck.pk, keep_days={"deliveries": 200}, by=admin, now=NOW)
        mine, other = (a_sent_delivery(cast, office) for office in (cast.osnabrueck, cast.friesland))
        (rule,) = (rule for rule in rules() if rule.model is Delivery)

        assert list(rule.due(NOW + timedelta(days=199))) == [other]
        assert set(rule.due(NOW + timedelta(days=200))) == {mine, other}
        assert rule.by_office(NOW + timedelta(days=200)) == {cast.osnabrueck.pk: 1, cast.friesland.pk: 1}

    @pytest.mark.parametrize(
        "days", [{"deliveries": 29}, {"deliveries": 367}, {"consents": 10}, {"nonsense": 50}]
    )
    def test_only_within_bounds(self, cast: Cast, days: dict[str, int]) -> None:
        admin = make.an_admin("adam", cast.osnabrueck)
        with pytest.raises(RuleViolated):
            change_office(office_id=cast.osnabrueck.pk, keep_days=days, by=admin, now=NOW)

    def test_presets_lie_within_their_bounds(self) -> None:
        for name, bounds in OFFICE_PERIODS.items():
            assert bounds.least <= bounds.preset.in_days <= bounds.most, name


class TestTheNight:
    def test_done_once_a_night_and_made_up_for(self, cast: Cast) -> None:
        first = run_if_due(now=at(3, 3, 1))
        assert first and first.finished_at
        assert run_if_due(now=at(3, 22)) is None
        assert run_if_due(now=at(4, 2, 59)) is None  # still the same night
        assert run_if_due(now=at(6, 14)) is not None  # beat was down: it makes up for it by day
        assert [row.night for row in RetentionRun.objects.all()] == [date(2026, 11, 6), date(2026, 11, 3)]

    def test_stopped_between_batches_it_goes_on(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(retention, "AT_ONCE", 2)
        for number in range(5):
            IdempotencyKey.objects.create(user=None, key=str(number), fingerprint="f", created_at=NOW)
        clock, whole = [0.0], retention._end

        def slow(*args: Any) -> set[Any]:
            clock[0] += 10
            return whole(*args)

        monkeypatch.setattr(retention, "_end", slow)
        monkeypatch.setattr(retention, "monotonic", lambda: clock[0])
        ticks = [run_if_due(now=LONG_AFTER + timedelta(minutes=5 * tick), seconds=5) for tick in range(4)]
        assert [bool(row and row.finished_at) for row in ticks[:3]] == [False, False, False]
        rest = RetentionRun.objects.get()
        assert rest.finished_at and rest.gone["IdempotencyKey"] == 5
        assert not IdempotencyKey.objects.exists()

    def test_a_row_that_refuses_stops_no_other(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        for pilot in (cast.ana, cast.ben):
            Pilot.objects.filter(pk=pilot.pk).update(left_at=NOW, status=PilotStatus.LEFT)
        whole = retention.ERASE_BY[Pilot]

        def breaks(pk: Any, now: datetime) -> None:
            if pk == cast.ana.pk:
                raise RuntimeError("DETAIL: ana@ana.example")
            whole(pk, now)

        monkeypatch.setitem(retention.ERASE_BY, Pilot, breaks)
        done = run(now=LONG_AFTER)

        assert done.refused >= 1 and done.finished
        assert Pilot.objects.get(pk=cast.ben.pk).status == PilotStatus.ERASED
        assert "ana@" not in caplog.text and str(cast.ana.pk) in caplog.text


class TestCommand:
    def test_dry_run_tells_by_office_and_changes_nothing(self, cast: Cast) -> None:
        a_sent_delivery(cast, cast.osnabrueck)
        out = StringIO()
        call_command("retention", "--dry-run", "--at", "2027-06-01T03:00:00+02:00", stdout=out)

        assert "osnabrueck            Delivery" in out.getvalue()
        assert Delivery.objects.count() == 1

    def test_nothing_is_ended_before_its_time(self, db: None) -> None:
        with pytest.raises(CommandError, match="dry-run alone"):
            call_command("retention", "--at", "2030-01-01")
        with pytest.raises(CommandError, match="no moment"):
            call_command("retention", "--dry-run", "--at", "soon")

    def test_it_runs(self, cast: Cast) -> None:
        IdempotencyKey.objects.create(
            user=None, key="k", fingerprint="f", created_at=NOW - timedelta(days=900)
        )
        out = StringIO()
        call_command("retention", stdout=out)

        assert "1  IdempotencyKey" in out.getvalue()


def a_sent_delivery(cast: Cast, office: Office) -> Delivery:
    event = Event.objects.create(
        kind="USER_INVITED",
        subject_type="user",
        subject_id=cast.kaya.pk,
        timeline_id=cast.kaya.pk,
        happened_at=NOW,
    )
    return Delivery.objects.create(
        event=event,
        template="user_invited",
        recipient=cast.kaya,
        channel="email",
        subject_type="user",
        subject_id=cast.kaya.pk,
        office=office,
        status="SENT",
        due_at=NOW,
        sent_at=NOW,
    )
