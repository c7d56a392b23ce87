"""Does a line of the log say what happened, in one line, and never with anybody's data?"""

import io
import json
import logging
import sys

import psycopg.errors
import pytest
from django.db import IntegrityError

from backend import request_ids
from backend.log_lines import JsonLines, NoValues, PlainLines, error_name

NAME = "Samira Nachname"


@pytest.fixture(params=[PlainLines, JsonLines])
def log(request):
    """A logger of its own, and what it wrote."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(request.param())
    handler.addFilter(NoValues())
    logger = logging.Logger("ilos.test")
    logger.addHandler(handler)
    logger.written = out.getvalue
    return logger


class DoubleSeat(psycopg.errors.UniqueViolation):
    """As the server tells it: with the row in its text."""

    sqlstate = "23505"

    @property
    def diag(self):
        return type("Diag", (), {"constraint_name": "one_live_seat"})()


def break_off(error: Exception) -> None:
    secret = NAME  # a value of a variable, as it stands in every frame
    assert secret
    raise error


def test_an_error_is_told_without_its_text(log) -> None:
    try:
        try:
            break_off(DoubleSeat(f"Key (name)=({NAME}) already exists."))
        except psycopg.Error as cause:
            raise IntegrityError(f"DETAIL: {NAME}") from cause
    except IntegrityError:
        log.exception("saving_failed id=%s", 7)

    written = log.written()
    assert NAME not in written
    assert "sqlstate=23505" in written and "constraint=one_live_seat" in written
    assert "django.db.utils.IntegrityError" in written
    assert f"{__file__}:" in written and "break_off" in written


def test_a_traceback_kept_by_another_handler_is_not_taken_over() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", None, None)
    record.exc_text = f"ValueError: {NAME}"
    for lines in (PlainLines(), JsonLines()):
        assert NAME not in lines.format(record)


def test_an_exception_among_the_arguments_becomes_its_name(log) -> None:
    log.error("failed error=%s", ValueError(NAME))
    assert NAME not in log.written()
    assert "error=ValueError" in log.written()


def test_what_celery_says_of_a_task_loses_its_values(log) -> None:
    facts = {"name": "notifications.send_due", "id": "7", "exc": repr(ValueError(NAME)), "args": [NAME]}
    try:
        break_off(ValueError(NAME))
    except ValueError:
        log.error("Task %(name)s[%(id)s] raised: %(exc)s %(args)s", facts, exc_info=sys.exc_info())
    assert NAME not in log.written()
    assert "notifications.send_due" in log.written() and "ValueError" in log.written()


def test_nobody_begins_a_line_of_his_own(log) -> None:
    log.warning("refused path=%s", "/x\n2026-01-01 INFO all is well\u2028\x1b[2J")
    (line,) = log.written().splitlines()
    assert "\x1b" not in line


def test_lines_for_machines_have_fields() -> None:
    token = request_ids.current.set("a" * 32)
    try:
        said = ("delivery id=%s status=%s level=x", (5, "SENT"))
        record = logging.LogRecord("notifications.outbox", logging.INFO, "", 0, *said, None)
        line = json.loads(JsonLines().format(record))
    finally:
        request_ids.current.reset(token)
    assert line["id"] == "5" and line["status"] == "SENT"
    assert line["level"] == "INFO", "a pair in the message does not write over what stands in every line"
    assert line["request_id"] == "a" * 32
    assert line["time"].endswith("+00:00")
    assert line["message"] == "delivery id=5 status=SENT level=x"


def test_a_plain_line_names_its_request() -> None:
    token = request_ids.current.set("b" * 32)
    try:
        line = PlainLines().format(logging.LogRecord("x", logging.INFO, "", 0, "said", None, None))
    finally:
        request_ids.current.reset(token)
    assert line.endswith(f"said [{'b' * 32}]")


def test_errors_have_names() -> None:
    assert error_name(ValueError(NAME)) == "ValueError"
    assert error_name(IntegrityError(NAME)) == "django.db.utils.IntegrityError"
