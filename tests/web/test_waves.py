"""Asking in waves, on the page of a request."""

from django.urls import reverse

from backend.dispatch.models import HelpRequest, WaveSeries
from tests import factories as make
from tests.web.reading import Page, text_of


def page_of(help_request: HelpRequest) -> str:
    return reverse("web:office_request", args=[help_request.pk])


def test_started_and_stopped_on_the_page(cast, browser_of):
    for number in range(6):
        make.a_pilot(f"pilot{number}", cast.kaya)
    help_request = make.a_help_request(cast.samir, cast.rita)
    browser = browser_of(cast.kaya)
    assert "zu 90 % sicher" in text_of(browser.get(page_of(help_request)))

    answer = browser.post(reverse("web:start_waves", args=[help_request.pk]), follow=True)
    series = WaveSeries.objects.get()
    said = text_of(answer)
    assert "Ab jetzt fragen wir in Wellen" in said
    assert "Wir sehen von selbst wieder nach" in said
    assert f"Welle 1: {series.waves.get().asked} gefragt" in said
    assert Page(answer).faults() == []

    said = text_of(browser.post(reverse("web:stop_waves", args=[help_request.pk]), follow=True))
    assert "von der Leitstelle angehalten" in said
    assert WaveSeries.objects.get().status == "STOPPED"


def test_that_nobody_can_be_asked_is_said(cast, browser_of):
    help_request = make.a_help_request(cast.samir, cast.rita)
    browser = browser_of(cast.kaya)
    said = text_of(browser.post(reverse("web:start_waves", args=[help_request.pk]), follow=True))
    assert "niemand ist mehr zu fragen" in said
