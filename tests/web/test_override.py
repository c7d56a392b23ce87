"""Asking against a rule on the page of a request: from 'why not?' with a note to the eyes of who confirms."""

import pytest
from django.urls import reverse

from backend.dispatch.models import Offer, Override
from backend.journal.models import AccessLog
from tests import factories as make
from tests.web.reading import Page, text_of


@pytest.fixture
def kaya(cast, browser_of):
    return browser_of(cast.kaya)


@pytest.fixture
def request_of_rita(cast):
    return make.a_help_request(cast.samir, cast.rita)


@pytest.fixture
def far(cast):
    return make.a_pilot("fera", cast.kaya, postcode="33602", reach_km=5)


def page_of(request) -> str:
    return reverse("web:office_request", args=[request.pk])


def override(request) -> str:
    return reverse("web:override", args=[request.pk])


def test_from_the_question_to_the_confirmation(kaya, cast, request_of_rita, far):
    asked = kaya.get(page_of(request_of_rita), {"lotse": "fera"})
    assert "Fera trotzdem fragen" in text_of(asked)
    assert Page(asked).faults() == []
    note = {"lotse": far.display_code, "note": "Ist an dem Tag ohnehin in der Stadt."}
    done = kaya.post(override(request_of_rita), note, follow=True)
    assert done.redirect_chain == [(page_of(request_of_rita) + "#angebote", 302)]
    text = text_of(done)
    assert "Fera ist gefragt. Ihre Notiz ist festgehalten." in text
    assert "entgegen einer Regel: zu weit weg" in text
    assert "Trotzdem gefragt, obwohl: zu weit weg." in text
    assert "ohnehin" not in text
    offer = make.accepted(Offer.objects.get())
    second = make.a_coordinator("karl", cast.osnabrueck)
    from django.test import Client

    karl = Client()
    karl.force_login(second)
    confirm = text_of(karl.get(reverse("web:confirm", args=[request_of_rita.pk, offer.pk])))
    assert "Entgegen einer Regel gefragt" in confirm
    assert "Ist an dem Tag ohnehin in der Stadt." in confirm
    assert "kaya@kaya.example" in confirm
    assert AccessLog.objects.filter(reader_id=second.pk, subject_type="override").exists()


def test_without_a_note_nothing_is_asked_and_the_page_says_so(kaya, request_of_rita, far):
    answer = kaya.post(override(request_of_rita), {"lotse": far.display_code, "note": "  "})
    assert answer.status_code == 422
    page = Page(answer)
    assert page.faults() == []
    assert "Fera trotzdem fragen" in page.text
    assert not Offer.objects.exists()


def test_what_was_typed_is_kept_where_a_rule_stands(kaya, cast, request_of_rita, far):
    kaya.get(page_of(request_of_rita), {"lotse": "fera"})
    make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ben, cast.kaya)
    answer = kaya.post(override(request_of_rita), {"lotse": cast.ben.display_code, "note": "Bitte doch"})
    assert answer.status_code == 422
    assert "auch nicht mit einer Notiz" in text_of(answer)
    assert not Override.objects.exists()


def test_what_cannot_be_bent_is_said(kaya, cast, request_of_rita):
    away = make.a_pilot("alma", cast.kaya, active=False)
    text = text_of(kaya.get(page_of(request_of_rita), {"lotse": away.display_code}))
    assert "Davon können Sie nicht abweichen" in text
    assert "trotzdem fragen" not in text


def test_names_are_found_by_a_part_and_namesakes_are_asked_for(kaya, cast, request_of_rita):
    make.a_pilot("anna", cast.kaya)
    make.a_pilot("hanna", cast.kaya)
    several = kaya.get(page_of(request_of_rita), {"lotse": "anna"})
    assert "So heißen mehrere" in text_of(several)
    assert Page(several).faults() == []
    one = kaya.get(page_of(request_of_rita), {"lotse": "HANN"})
    assert "Bei Hanna steht nichts im Weg" in text_of(one)
    seen = AccessLog.objects.filter(subject_id=cast.kaya.pk)
    assert not seen.exists()
    assert "niemanden mit dem Namen" in text_of(kaya.get(page_of(request_of_rita), {"lotse": "zoe"}))


def test_who_was_looked_through_but_not_found_is_in_no_log(kaya, cast, request_of_rita, far):
    assert cast.ana.status == "ACTIVE"
    kaya.get(page_of(request_of_rita), {"lotse": "fera"})
    subjects = set(AccessLog.objects.filter(subject_type="pilot").values_list("subject_id", flat=True))
    assert subjects == {far.pk}


def test_who_is_left_out_at_a_step(kaya, cast, request_of_rita, far):
    russian = make.a_pilot("rosa", cast.kaya, skills={"ru": 6})
    assert cast.ana.status == "ACTIVE"
    kaya.post(reverse("web:suggest", args=[request_of_rita.pk]))
    answer = kaya.get(page_of(request_of_rita), {"schritt": "reach"})
    assert [row.pilot for row in answer.context["left_out"].rows] == [far]
    assert Page(answer).faults() == []
    language = kaya.get(page_of(request_of_rita), {"schritt": "language"}).context["left_out"]
    assert [row.pilot for row in language.rows] == [russian]
    for nonsense in ("considered", "nonsense", "\0"):
        assert kaya.get(page_of(request_of_rita), {"schritt": nonsense}).context["left_out"] is None


def test_the_waterfall_and_the_names_behind_it_agree(kaya, cast, request_of_rita, far):
    for number, given in enumerate(
        ({"german_level": 1}, {"week": []}, {"topics_refused": ["school"]}, {"skills": {"ru": 6}}, {})
    ):
        make.a_pilot(f"someone{number}", cast.kaya, **given)
    make.a_pilot("fardeutsch", cast.kaya, postcode="33602", reach_km=5, german_level=1)
    kaya.post(reverse("web:suggest", args=[request_of_rita.pk]))
    page = kaya.get(page_of(request_of_rita))
    for step in page.context["steps"]:
        if step.left_out:
            found = kaya.get(page_of(request_of_rita), {"schritt": step.code}).context["left_out"]
            assert (step.code, found.count) == (step.code, step.left_out)


def test_another_office_asks_nobody(cast, browser_of, request_of_rita, far):
    frauke = browser_of(cast.frauke)
    sent = {"lotse": far.display_code, "note": "Bitte"}
    assert frauke.post(override(request_of_rita), sent).status_code == 404
    assert not Offer.objects.exists()
