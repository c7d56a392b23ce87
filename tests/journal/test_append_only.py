"""Does the database itself keep the journal from being rewritten?"""

from typing import Any

import psycopg.errors
import pytest
from django.db import DatabaseError, connection, transaction

from backend.journal.kinds import EventKind
from backend.journal.models import AccessLog, Event
from backend.journal.record import record, record_access
from tests.conftest import Cast
from tests.factories import NOW


@pytest.fixture
def event(cast: Cast) -> Event:
    return record(EventKind.ROLE_CHANGED, subject=cast.kaya, by=cast.kaya, at=NOW, role="admin")


def run(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'OFFER_MADE'",
        "facts = '{}'",
        "actor_id = NULL",
        "happened_at = happened_at + interval '1 second'",
        "subject_id = gen_random_uuid()",
        "processed_at = now(), office_id = gen_random_uuid()",
    ],
)
def test_an_event_is_not_rewritten(event: Event, change: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        run(f"UPDATE journal_event SET {change} WHERE id = %s", event.pk)
    assert isinstance(caught.value.__cause__, psycopg.errors.RestrictViolation)


def test_an_event_is_not_deleted(event: Event) -> None:
    with pytest.raises(DatabaseError) as caught:
        run("DELETE FROM journal_event WHERE id = %s", event.pk)
    assert isinstance(caught.value.__cause__, psycopg.errors.RestrictViolation)
    assert Event.objects.filter(pk=event.pk).exists()


def test_processing_is_the_one_thing_that_changes(event: Event) -> None:
    other = record(EventKind.USER_DEACTIVATED, subject=event, by=None, at=NOW)
    event.mark_processed(at=NOW)
    other.park(at=NOW)
    assert not Event.objects.unprocessed().filter(pk__in=[event.pk, other.pk]).exists()


def test_the_access_log_is_not_rewritten(cast: Cast) -> None:
    record_access(reader=cast.kaya, subject=cast.rita, reason="case_work", at=NOW, office_id=None)
    with pytest.raises(DatabaseError) as caught:
        run("UPDATE journal_accesslog SET reason = 'nothing'")
    assert isinstance(caught.value.__cause__, psycopg.errors.RestrictViolation)
    assert AccessLog.objects.get().reason == "case_work"
