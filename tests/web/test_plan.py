"""The joint plan in a browser: make it, read what each choice costs, ask those ticked."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.dispatch.models import Assignment, Offer, PlanRun
from backend.dispatch.states import OfferStatus
from backend.journal.models import AccessLog
from backend.people.commands.availability import add_absence
from tests import factories as make
from tests.factories import NOW, at
from tests.web.reading import Page, text_of

PLAN, MAKE = reverse("web:plan"), reverse("web:make_plan")


@pytest.fixture
def kaya(cast, browser_of):
    return browser_of(cast.kaya)


@pytest.fixture
def town(cast):
    """Ana alone speaks Turkish, so that Ben does what Ana would do better; for Sorani there is nobody."""
    assert cast.ana and cast.ben
    return {
        "kurmanji": make.a_help_request(cast.samir, cast.rita),
        "turkish": make.a_help_request(cast.samir, cast.rita, languages=["tr"], urgent=True),
        "sorani": make.a_help_request(cast.samir, cast.rita, languages=["ckb"]),
    }


def english(browser):
    browser.post(reverse("web:language"), {"language": "en", "next": PLAN})
    return browser


def proposals(response) -> dict[str, dict[str, str | None]]:
    """The boxes to tick, by proposal."""
    return {a["value"]: a for a in Page(response).all("input") if a.get("name") == "proposal"}


def test_before_there_is_a_plan(kaya):
    response = kaya.get(PLAN)
    assert Page(response).faults() == []
    assert "Plan erstellen" in text_of(response)


def test_without_open_requests_there_is_nothing_to_plan(kaya):
    assert "keine offene Anfrage" in text_of(kaya.post(MAKE, follow=True))
    assert not PlanRun.objects.exists()


def test_a_plan_tells_whom_to_ask_and_what_another_choice_costs(kaya, cast, town):
    english(kaya)
    response = kaya.post(MAKE, follow=True)
    assert Page(response).faults() == []
    text = text_of(response)
    assert "Proven best: no other plan for these requests is worth more." in text
    assert "Tue 10 Nov 2026, 10:00–11:00: Ben" in text
    assert "Ana instead costs the plan" in text
    assert "It suits better by" in text and "but others lose" in text
    assert "Nobody else can take this." in text
    assert "Turkish, school, 49074 Osnabrück" in text
    assert "urgent" in text
    assert town["sorani"].reference in text
    assert "No pilot comes into question." in text
    assert "Ana is the only one for Turkish on Tue 10 Nov 2026" in text
    assert not Offer.objects.exists()


def test_the_same_in_german(kaya, town):
    text = text_of(kaya.post(MAKE, follow=True))
    for words in (
        "Nachweislich der beste Plan",
        "Ana stattdessen kostet den Plan",
        "Es kommt niemand infrage.",
        "Ana ist die einzige Möglichkeit für Türkisch",
        "Wen fragen?",
    ):
        assert words in text
    assert "%(" not in text


def test_names_are_opened_for_the_office_and_noted(kaya, cast, town):
    kaya.post(MAKE)
    AccessLog.objects.all().delete()
    kaya.get(PLAN)
    assert set(AccessLog.objects.values_list("subject_id", "reader_id")) == {
        (cast.ana.pk, cast.kaya.pk),
        (cast.ben.pk, cast.kaya.pk),
    }


def test_all_are_ticked_until_none_is_wanted(kaya, town):
    kaya.post(MAKE)
    ticked = proposals(kaya.get(PLAN))
    assert len(ticked) == 2 and all("checked" in box for box in ticked.values())
    unticked = proposals(kaya.get(PLAN, {"auswahl": "keine"}))
    assert unticked.keys() == ticked.keys() and not any("checked" in box for box in unticked.values())


def test_asking_makes_offers_and_assigns_nobody(kaya, cast, town):
    kaya.post(MAKE)
    plan = PlanRun.objects.get()
    chosen = plan.proposals.get(pilot=cast.ben)
    response = kaya.post(
        reverse("web:ask_by_plan", args=[plan.pk]), {"proposal": [str(chosen.pk), "x"]}, follow=True
    )
    assert "1 Person ist gefragt. Vergeben ist nichts, bevor Sie bestätigen." in text_of(response)
    assert list(Offer.objects.values_list("pilot", "status")) == [(cast.ben.pk, OfferStatus.PENDING)]
    assert not Assignment.objects.exists()
    assert proposals(response).keys() == {str(plan.proposals.get(pilot=cast.ana).pk)}
    assert Page(response).faults() == []


def test_a_yes_leads_to_its_confirmation(kaya, cast, town):
    (offer,) = make.offers_to(town["kurmanji"], [cast.ben], cast.kaya)
    make.accepted(offer)
    english(kaya)
    response = kaya.post(MAKE, follow=True)
    assert "yes received: confirm" in text_of(response)
    links = [a["href"] for a in Page(response).all("a") if a.get("class") == "kern-badge kern-badge--success"]
    assert links == [reverse("web:office_request", args=[town["kurmanji"].pk])]


def test_what_is_no_longer_possible_is_said(kaya, cast, town):
    kaya.post(MAKE)
    plan = PlanRun.objects.get()
    make.offers_to(town["kurmanji"], [cast.ben], cast.kaya)
    chosen = plan.proposals.get(pilot=cast.ben)
    english(kaya)
    response = kaya.post(
        reverse("web:ask_by_plan", args=[plan.pk]), {"proposal": [str(chosen.pk)]}, follow=True
    )
    said = f"{town['kurmanji'].reference} skipped: This pilot has been asked already."
    assert said in text_of(response)
    assert Offer.objects.count() == 1


def test_nothing_ticked(kaya, town):
    kaya.post(MAKE)
    plan = PlanRun.objects.get()
    english(kaya)
    response = kaya.post(reverse("web:ask_by_plan", args=[plan.pk]), follow=True)
    assert "Please choose at least one of the proposals." in text_of(response)


def test_another_office_sees_nothing_of_it(kaya, cast, town, browser_of):
    kaya.post(MAKE)
    plan, frauke = PlanRun.objects.get(), browser_of(cast.frauke)
    assert town["kurmanji"].reference not in text_of(frauke.get(PLAN))
    chosen = {"proposal": [str(plan.proposals.first().pk)]}
    assert frauke.post(reverse("web:ask_by_plan", args=[plan.pk]), chosen).status_code == 404
    assert browser_of(cast.rita).get(PLAN).status_code == 403
    assert not Offer.objects.exists()


def test_the_page_does_not_cost_more_queries_for_more_proposals(kaya, cast, town):
    def queries() -> int:
        kaya.post(MAKE)
        with CaptureQueriesContext(connection) as captured:
            assert kaya.get(PLAN).status_code == 200
        return len(captured)

    few = queries()
    for number in range(4):
        make.a_pilot(f"p{number}", cast.kaya)
        make.a_help_request(cast.samir, cast.rita, slots=[(at(11 + number, 9), at(11 + number, 10))])
        make.a_help_request(cast.samir, cast.rita, slots=[(at(11 + number, 9), at(11 + number, 10))])
    assert queries() == few


def test_requests_that_came_in_since_are_counted(kaya, cast, town, clock):
    english(kaya)
    kaya.post(MAKE)
    assert "come in since" not in text_of(kaya.get(PLAN))
    make.a_help_request(cast.samir, cast.rita, now=NOW + timedelta(minutes=5))
    assert "1 request has come in since; plan again to count it in." in text_of(kaya.get(PLAN))


def test_another_date_of_the_runner_up_is_said(kaya, cast):
    """Ben has no time on Tuesday, so that he could come on Thursday only."""
    absence = {"start_date": at(10, 0).date(), "end_date": at(10, 0).date()}
    add_absence(pilot_id=cast.ben.pk, **absence, by=cast.kaya, now=NOW)
    dates = [(at(10, 10), at(10, 11)), (at(12, 10), at(12, 11))]
    make.a_help_request(cast.samir, cast.rita, slots=dates)
    make.a_help_request(cast.samir, cast.rita, languages=["tr"], slots=[dates[1]])
    assert cast.ana
    english(kaya)
    assert "Ben (Thu 12 Nov 2026, 10:00) instead costs the plan" in text_of(kaya.post(MAKE, follow=True))
