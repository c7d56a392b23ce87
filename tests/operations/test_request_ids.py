"""Does one id lead from the proxy's request through the answer, the line in the log and the queue into the worker?"""

import re
import uuid
from types import SimpleNamespace

import pytest
from celery import Celery
from django.test import Client
from django.utils import timezone

import backend.celery  # noqa: F401 - it ties the two ends to Celery's signals
from backend import request_ids
from backend.journal.kinds import EventKind
from backend.journal.record import record

GIVEN = "0123456789abcdef0123456789abcdef"
OWN = re.compile(r"[0-9a-f]{32}")


def test_the_id_of_the_proxy_is_kept() -> None:
    assert Client().get("/healthz/live", headers={"X-Request-ID": GIVEN}).headers["X-Request-ID"] == GIVEN


@pytest.mark.parametrize(
    "strange", ["", "samira@example.org", "x" * 32, "a" * 65, "ab", "aaaaaaaaaaaaaaaa\r\nX: 1", "../" * 9]
)
def test_what_is_none_is_replaced(strange) -> None:
    answer = Client().get("/healthz/live", headers={"X-Request-ID": strange})
    assert OWN.fullmatch(answer.headers["X-Request-ID"])


def test_each_request_has_its_own() -> None:
    first, second = (Client().get("/healthz/live").headers["X-Request-ID"] for _ in range(2))
    assert first != second
    assert request_ids.current.get() == ""


def test_one_line_a_request_without_query_and_secret(db, caplog) -> None:
    caplog.set_level("INFO", logger="ilos.access")
    Client().get("/angebot/s3cr3t-of-this-link/?name=Samira", headers={"X-Request-ID": GIVEN})
    (line,) = [r.getMessage() for r in caplog.records if r.name == "ilos.access"]
    assert "path=/angebot/*" in line and "route=web:offer_by_link" in line and "status=404" in line
    assert "s3cr3t" not in line and "Samira" not in line


def test_the_line_names_who_is_signed_in_by_id_alone(cast, browser_of, caplog) -> None:
    caplog.set_level("INFO", logger="ilos.access")
    browser_of(cast.kaya).get("/leitstelle/")
    line = [r.getMessage() for r in caplog.records if r.name == "ilos.access"][-1]
    assert f"user={cast.kaya.pk}" in line
    assert cast.kaya.email not in line


def test_an_address_that_nobody_answers_is_a_line_too(db, caplog) -> None:
    caplog.set_level("INFO", logger="ilos.access")
    Client().get("/nirgends/%0a2026-01-01%20all%20is%20well")
    (line,) = [r.getMessage() for r in caplog.records if r.name == "ilos.access"]
    assert "route=none" in line and "\n" not in line


def test_it_goes_with_the_task() -> None:
    headers: dict[str, object] = {}
    token = request_ids.current.set(GIVEN)
    try:
        request_ids.put_on_message(headers=headers)
    finally:
        request_ids.current.reset(token)
    assert headers == {"request_id": GIVEN}

    outside = request_ids.current.set("")
    try:
        request_ids.take_from_task(
            task_id=str(uuid.uuid4()), task=SimpleNamespace(request=SimpleNamespace(**headers))
        )
        assert request_ids.current.get() == GIVEN
        request_ids.take_from_task(
            task_id="6f2f0f2e-5d3b-4c8e-9a43-1a2b3c4d5e6f", task=SimpleNamespace(request=None)
        )
        assert request_ids.current.get() == "6f2f0f2e5d3b4c8e9a431a2b3c4d5e6f"
    finally:
        request_ids.current.reset(outside)


def test_celery_carries_it() -> None:
    """By its own publishing, over a broker in memory."""
    app = Celery("trial", broker="memory://", set_as_current=False)
    token = request_ids.current.set(GIVEN)
    try:
        with app.connection_for_write() as connection:
            app.send_task("trial.look", connection=connection, ignore_result=True)
            message = connection.SimpleQueue("celery").get_nowait()
    finally:
        request_ids.current.reset(token)
    assert message.headers["request_id"] == GIVEN


def test_an_event_says_its_request(cast, caplog, django_capture_on_commit_callbacks) -> None:
    caplog.set_level("INFO", logger="backend.journal.record")
    with django_capture_on_commit_callbacks(execute=True):
        event = record(EventKind.OFFICE_CHANGED, subject=cast.osnabrueck, by=cast.kaya, at=timezone.now())
    (line,) = [r.getMessage() for r in caplog.records if r.name == "backend.journal.record"]
    assert f"id={event.pk}" in line and f"actor={cast.kaya.pk}" in line and "kind=OFFICE_CHANGED" in line
