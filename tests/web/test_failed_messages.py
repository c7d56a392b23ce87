"""Messages that did not arrive: shown to the office they belong to, and tried again."""

import pytest
from django.urls import reverse

from backend.journal.models import Event
from notifications.models import Delivery
from tests import factories as make
from tests.factories import NOW
from tests.web.reading import text_of

PAGE = reverse("web:failed_deliveries")


@pytest.fixture
def failed(cast) -> Delivery:
    request = make.a_help_request(cast.samir, cast.rita)
    event = Event.objects.get(kind="HELP_REQUEST_FILED")
    return Delivery.objects.create(
        event=event, template="request_received", recipient=cast.rita, channel="email",
        subject_type="helprequest", subject_id=request.pk, office=cast.osnabrueck, status="FAILED",
        due_at=NOW, failed_at=NOW, failure="refused", failure_detail="550",
    )  # fmt: skip


def test_shown_with_the_reason_and_tried_again(failed, cast, browser_of):
    kaya = browser_of(cast.kaya)
    assert "1 Nachricht nicht angekommen" in text_of(kaya.get(reverse("web:worklist")))
    text = text_of(kaya.get(PAGE))
    assert "rita@rita.example" in text
    assert "abgelehnt (550)" in text
    kaya.post(reverse("web:retry", args=[failed.pk]))
    failed.refresh_from_db()
    assert failed.status == "DUE"
    assert "Alle Nachrichten sind angekommen" in text_of(kaya.get(PAGE))


def test_another_office_knows_nothing_of_it(failed, cast, browser_of):
    frauke = browser_of(cast.frauke)
    assert "rita@" not in text_of(frauke.get(PAGE))
    assert frauke.post(reverse("web:retry", args=[failed.pk])).status_code == 404
    failed.refresh_from_db()
    assert failed.status == "FAILED"
