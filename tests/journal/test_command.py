"""What does @command promise: keywords only, one transaction, a hint after commit, rivals answered politely?"""

from collections.abc import Callable
from types import SimpleNamespace

import psycopg.errors
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from backend.errors import Conflict, RuleViolated
from backend.journal import command as module
from backend.journal.command import COMMANDS, command
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.journal.record import record
from geo.address import GeoError
from tests.conftest import Cast
from tests.factories import NOW


@pytest.fixture(autouse=True)
def only_real_commands() -> object:
    """Commands made here do not stay in the list that the architecture tests walk."""
    before = list(COMMANDS)
    yield
    COMMANDS[:] = before


def database_error(cause: Exception, kind: type[Exception] = OperationalError) -> Exception:
    error = kind("refused")
    error.__cause__ = cause
    return error


class Diagnosed(psycopg.errors.UniqueViolation):
    """An error that names its constraint, as the driver's do."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint

    @property
    def diag(self) -> SimpleNamespace:  # type: ignore[override]
        return SimpleNamespace(constraint_name=self.constraint)


def test_a_command_takes_keywords_only() -> None:
    with pytest.raises(TypeError, match="keywords only"):

        @command
        def positional(offer_id: int) -> None: ...


def test_a_refusal_leaves_nothing_behind(cast: Cast) -> None:
    @command
    def half_done(*, by: object, now: object) -> None:
        record(EventKind.USER_DEACTIVATED, subject=cast.kaya, by=None, at=NOW)
        raise RuleViolated("no")

    with pytest.raises(RuleViolated):
        half_done(by=None, now=NOW)
    assert not Event.objects.filter(kind=EventKind.USER_DEACTIVATED).exists()


def test_a_wrong_place_is_a_violated_rule(db: None) -> None:
    @command
    def somewhere(*, by: object, now: object) -> None:
        raise GeoError("postcode_unknown", postcode="00000")

    with pytest.raises(RuleViolated) as caught:
        somewhere(by=None, now=NOW)
    assert (caught.value.code, caught.value.facts) == ("postcode_unknown", {"postcode": "00000"})


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (psycopg.errors.LockNotAvailable(), "busy_try_again"),
        (psycopg.errors.DeadlockDetected(), "busy_try_again"),
        (psycopg.errors.SerializationFailure(), "busy_try_again"),
        (Diagnosed("seat_taken"), "seat_taken"),
        (Diagnosed("travel_time_missing"), "travel_time_missing"),
    ],
)
def test_a_rival_is_a_conflict(db: None, cause: Exception, code: str) -> None:
    @command
    def beaten(*, by: object, now: object) -> None:
        raise database_error(cause)

    with pytest.raises(Conflict) as caught:
        beaten(by=None, now=NOW)
    assert caught.value.code == code


def test_a_bug_stays_a_bug_and_keeps_its_cause(db: None) -> None:
    cause = Diagnosed("no_constraint_of_rivals")

    @command
    def broken(*, by: object, now: object) -> None:
        raise database_error(cause, IntegrityError)

    with pytest.raises(IntegrityError) as caught:
        broken(by=None, now=NOW)
    assert caught.value.__cause__ is cause


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_tried_again() -> None:
    tries = []

    @command
    def unlucky(*, by: object, now: object) -> int:
        tries.append(1)
        if len(tries) < module.ATTEMPTS:
            raise database_error(psycopg.errors.DeadlockDetected())
        return len(tries)

    assert unlucky(by=None, now=NOW) == module.ATTEMPTS


@pytest.mark.django_db(transaction=True)
def test_inside_a_larger_transaction_a_deadlock_is_not_tried_again() -> None:
    tries = []

    @command
    def unlucky(*, by: object, now: object) -> None:
        tries.append(1)
        raise database_error(psycopg.errors.DeadlockDetected())

    with pytest.raises(Conflict), transaction.atomic():
        unlucky(by=None, now=NOW)
    assert len(tries) == 1


def test_workers_are_woken_once_and_after_the_commit(
    db: None, quiet_broker: list[str], django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    @command
    def inner(*, by: object, now: object) -> None: ...

    @command
    def outer(*, by: object, now: object) -> None:
        inner(by=by, now=now)
        inner(by=by, now=now)

    with django_capture_on_commit_callbacks(execute=True):
        outer(by=None, now=NOW)
        assert quiet_broker == []
    assert quiet_broker == ["notifications.fan_out"]


def test_a_dead_broker_costs_a_log_line_only(
    db: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    from backend.celery import app

    def down(*args: object, **kwargs: object) -> None:
        raise ConnectionError("redis://:secret@host")

    monkeypatch.setattr(app, "send_task", down)

    @command
    def quiet(*, by: object, now: object) -> str:
        return "done"

    with django_capture_on_commit_callbacks(execute=True):
        assert quiet(by=None, now=NOW) == "done"
    assert "wake_failed task=notifications.fan_out error=ConnectionError" in caplog.text
    assert "secret" not in caplog.text
    assert connection.in_atomic_block  # the test's own: nothing was broken
