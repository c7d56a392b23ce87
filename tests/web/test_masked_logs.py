"""The log names no secret of a private address, whatever is tried with it and whatever breaks."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from backend.masked_logs import MaskedAddresses

SECRET = "s3cr3t-Of-A-Private-Address"
PRIVATE = {
    "offer": reverse("web:offer_by_link", args=[SECRET]),
    "feed": reverse("web:calendar_feed", args=[SECRET]),
    "card": reverse("web:client_card", args=[SECRET]),
}


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PROPFIND", "REPORT"])
@pytest.mark.parametrize("page", PRIVATE)
def test_no_refusal_tells_the_secret(db, caplog, page, method):
    answer = Client(enforce_csrf_checks=True).generic(method, PRIVATE[page])
    assert answer.status_code in {403, 404, 405}
    assert SECRET not in caplog.text
    assert "/*" in caplog.text


def test_nor_does_what_breaks(db, caplog, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("backend.web.views.calendar_feed.owner_of_feed", broken)
    assert Client(raise_request_exception=False).get(PRIVATE["feed"]).status_code == 500
    assert SECRET not in caplog.text
    assert "/kalender/*" in caplog.text


def test_programs_that_ask_a_calendar_for_more_hear_that_it_cannot(db):
    for method in ("PROPFIND", "REPORT", "OPTIONS"):
        answer = Client(enforce_csrf_checks=True).generic(method, PRIVATE["feed"])
        assert answer.status_code == 405


@pytest.mark.parametrize("args", [({"r": f"GET /karte/{SECRET}/ HTTP/1.1"},), ()])
def test_lines_of_the_server_are_masked_too(args):
    text = "%(r)s 500" if args else f"GET /karte/{SECRET}/ HTTP/1.1 500"
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, text, args, None)
    assert MaskedAddresses().filter(record)
    assert record.getMessage() == "GET /karte/*/ HTTP/1.1 500"


def test_other_lines_stay_as_they_are():
    record = logging.LogRecord("x", logging.INFO, "", 0, "100%% of %s", ("/leitstelle/kalender/",), None)
    assert MaskedAddresses().filter(record)
    assert record.getMessage() == "100% of /leitstelle/kalender/"
    assert record.args
