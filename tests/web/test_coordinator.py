"""The office's main task in a browser: see what waits, suggest, ask, confirm, and answer 'why not me?'."""

import pytest
from django.urls import reverse

from backend.accounts.models import Organisation
from backend.dispatch.commands.offers import decline_offer
from backend.dispatch.models import Assignment, HelpRequest, MatchRun, Offer
from backend.journal.models import AccessLog
from backend.people.models import HelpSeeker, Pilot
from tests import factories as make
from tests.factories import NOW, at
from tests.web.reading import Page, text_of
from tests.web.test_story import REQUEST

LIST = reverse("web:worklist")


@pytest.fixture
def kaya(cast, browser_of):
    return browser_of(cast.kaya)


@pytest.fixture
def request_of_rita(cast):
    assert cast.ana.status == cast.ben.status == "ACTIVE"
    return make.a_help_request(cast.samir, cast.rita)


def page_of(request: HelpRequest) -> str:
    return reverse("web:office_request", args=[request.pk])


def tab_counts(response) -> dict[str, int]:
    tabs = {a["href"] for a in Page(response).all("a") if str(a.get("href", "")).startswith("?ansicht=")}
    assert len(tabs) == 7
    return {tab.slug: tab.count for tab in response.context["tabs"] if tab.slug != "alle"}


def test_the_worklist_counts_what_waits(kaya, cast):
    new, asked, agreed = (
        make.a_help_request(cast.samir, cast.rita, topic=topic) for topic in ("school", "work", "health")
    )
    make.offers_to(asked, [cast.ana], cast.kaya)
    first, second = make.offers_to(agreed, [cast.ana, cast.ben], cast.kaya)
    make.accepted(first)
    decline_offer(offer_id=second.pk, by=cast.ben.user, now=NOW)
    make.an_assignment(
        make.a_help_request(cast.samir, cast.rita, slots=[(at(12, 9), at(12, 10))]), cast.ana, cast.kaya
    )
    response = kaya.get(LIST)
    assert tab_counts(response) == {
        "neu": 1, "wartet": 1, "bestaetigen": 1, "bestaetigt": 1, "eilt": 0, "ausfall": 0,
    }  # fmt: skip
    assert new.reference in text_of(response)
    for tab, request in {"wartet": asked, "bestaetigen": agreed}.items():
        shown = text_of(kaya.get(LIST, {"ansicht": tab}))
        assert request.reference in shown
        assert new.reference not in shown
    assert text_of(kaya.get(LIST, {"ansicht": "alle"})).count(" 26-") >= 4


def test_urgent_stands_first_then_the_earliest(kaya, cast):
    later = make.a_help_request(cast.samir, cast.rita, slots=[(at(20, 9), at(20, 10))])
    sooner = make.a_help_request(cast.samir, cast.rita, slots=[(at(10, 9), at(10, 10))])
    urgent = make.a_help_request(cast.samir, cast.rita, slots=[(at(25, 9), at(25, 10))], urgent=True)
    text = text_of(kaya.get(LIST))
    assert text.index(urgent.reference) < text.index(sooner.reference) < text.index(later.reference)


def test_suggestions_say_why_and_add_up(kaya, cast, request_of_rita):
    done = kaya.post(reverse("web:suggest", args=[request_of_rita.pk]))
    assert done.headers["Location"] == page_of(request_of_rita) + "#vorschlaege"
    response = kaya.get(page_of(request_of_rita))
    text = text_of(response)
    assert text.index("Ana") < text.index("Ben")
    assert "Kurmandschi (Kurdisch) auf Niveau C2" in text
    assert "km Luftlinie" in text
    first = response.context["candidates"][0]
    assert sum(reason.contribution for reason in first.reasons) == pytest.approx(first.suggestion.score)
    bars = Page(response).all("progress")
    assert all(0 <= float(bar["value"]) <= 1 for bar in bars)
    assert AccessLog.objects.filter(
        reader_id=cast.kaya.pk, subject_id=cast.ana.pk, reason="case_work"
    ).exists()


def test_who_is_left_out_is_counted(kaya, cast, request_of_rita):
    make.a_pilot("tom", cast.kaya, skills={"ru": 6})
    kaya.post(reverse("web:suggest", args=[request_of_rita.pk]))
    response = kaya.get(page_of(request_of_rita))
    steps = {row.label: (row.remaining, row.left_out) for row in response.context["steps"]}
    assert steps["sprechen eine gewünschte Sprache gut genug"] == (2, 1)
    assert "Sprache oder Niveau passt nicht" in text_of(response)


def test_looking_suggests_nothing_and_asks_nobody(kaya, request_of_rita):
    kaya.get(page_of(request_of_rita))
    assert not MatchRun.objects.exists()
    assert not Offer.objects.exists()


def test_asking_several_and_nobody(kaya, cast, request_of_rita):
    ask = reverse("web:ask", args=[request_of_rita.pk])
    nobody = kaya.post(ask, {"pilot": ["no-uuid"]}, follow=True)
    assert "Bitte wählen Sie eine bis 20 Personen aus." in text_of(nobody)
    asked = kaya.post(ask, {"pilot": [str(cast.ana.pk), str(cast.ben.pk)]}, follow=True)
    assert "2 Personen sind gefragt." in text_of(asked)
    again = kaya.post(ask, {"pilot": [str(cast.ana.pk)]}, follow=True)
    assert "schon gefragt" in text_of(again)
    assert Offer.objects.count() == 2


def test_taking_a_question_back(kaya, cast, request_of_rita):
    (offer,) = make.offers_to(request_of_rita, [cast.ana], cast.kaya)
    kaya.post(reverse("web:retract", args=[request_of_rita.pk, offer.pk]))
    offer.refresh_from_db()
    assert offer.status == "RETRACTED"


def test_confirming_once(kaya, cast, request_of_rita):
    first, second = make.offers_to(request_of_rita, [cast.ana, cast.ben], cast.kaya)
    early = kaya.post(reverse("web:confirm", args=[request_of_rita.pk, first.pk]), follow=True)
    assert "hat nicht zugesagt" in text_of(early)
    make.accepted(first)
    make.accepted(second)
    assert "Ana bestätigen" in text_of(kaya.get(page_of(request_of_rita)))
    kaya.post(reverse("web:confirm", args=[request_of_rita.pk, first.pk]))
    late = kaya.post(reverse("web:confirm", args=[request_of_rita.pk, second.pk]), follow=True)
    assert "nicht mehr offen" in text_of(late)
    assert Assignment.objects.get().pilot == cast.ana
    text = text_of(late)
    assert "in Reserve" in text
    assert "Der Einsatz wurde bestätigt." in text


def test_the_reserve_is_confirmed_after_saying_yes_again(kaya, cast, request_of_rita):
    first, second = make.offers_to(request_of_rita, [cast.ana, cast.ben], cast.kaya)
    make.accepted(first)
    make.accepted(second)
    assignment = make.confirm(first, cast.kaya)
    kaya.post(reverse("web:cancel_assignment", args=[assignment.pk]), {"reason": "pilot_prevented"})
    confirm = reverse("web:confirm", args=[request_of_rita.pk, second.pk])
    assert confirm not in kaya.get(page_of(request_of_rita)).content.decode()
    assert "steht in Reserve und hat noch nicht geantwortet" in text_of(kaya.post(confirm, follow=True))
    make.accepted(second)
    assert confirm in kaya.get(page_of(request_of_rita)).content.decode()
    kaya.post(confirm)
    assert Assignment.objects.get(status="CONFIRMED").pilot == cast.ben


def test_who_would_have_come_stays_with_the_office(kaya, cast, request_of_rita, browser_of):
    assignment = make.an_assignment(request_of_rita, cast.ana, cast.kaya)
    kaya.post(reverse("web:cancel_assignment", args=[assignment.pk]), {"reason": "pilot_prevented"})
    page = reverse("web:assignment", args=[assignment.pk])
    assert "0541 12345" in text_of(kaya.get(page))
    assert "0541 12345" not in text_of(browser_of(cast.rita).get(page))


@pytest.mark.parametrize("typed", ["P-0002", "p-0002", "2", " 0002 "])
def test_why_not_this_pilot(kaya, cast, request_of_rita, typed):
    far = Pilot.objects.get(display_code="P-0002")
    far.reach_km = 5
    far.save()
    text = text_of(kaya.get(page_of(request_of_rita), {"lotse": typed}))
    assert "diese Person kommt bis 5 km" in text


def test_why_not_when_nothing_stands_in_the_way_or_nobody_is_called_that(kaya, cast, request_of_rita):
    page = page_of(request_of_rita)
    assert "Bei Ana steht nichts im Weg" in text_of(kaya.get(page, {"lotse": "1"}))
    assert "niemanden mit dem Namen oder Kürzel P-0099" in text_of(kaya.get(page, {"lotse": "99"}))
    make.offers_to(request_of_rita, [cast.ana], cast.kaya)
    assert "Ana ist schon gefragt" in text_of(kaya.get(page, {"lotse": "1"}))


def test_why_not_says_all_of_who_is_not_active_too(kaya, cast, request_of_rita):
    away = make.a_pilot("alma", cast.kaya, active=False, skills={"tr": 6}, german_level=2)
    text = text_of(kaya.get(page_of(request_of_rita), {"lotse": away.display_code}))
    assert "zurzeit nicht aktiv" in text
    assert "Spricht keine der gewünschten Sprachen" in text
    assert "Deutsch auf Niveau A2" in text


def test_a_refused_question_says_why(kaya, cast, request_of_rita):
    make.a_pilot("tuana", cast.kaya, skills={"tr": 6})
    other = Pilot.objects.get(display_code="P-0003")
    asked = kaya.post(reverse("web:ask", args=[request_of_rita.pk]), {"pilot": [other.pk]}, follow=True)
    assert "Spricht keine der gewünschten Sprachen" in text_of(asked)
    assert not request_of_rita.offers.exists()


def test_a_last_resort_is_shown_where_the_ranking_is_empty(kaya, cast):
    request = make.a_help_request(cast.samir, cast.rita, languages=["ti"])
    make.a_pilot("lia", cast.kaya, skills={"ti": 6, "en": 5}, german_level=2)
    make.a_pilot("max", cast.kaya, skills={"en": 6})
    kaya.post(reverse("web:suggest", args=[request.pk]))
    text = text_of(kaya.get(page_of(request)))
    assert "Ein letzter Ausweg" in text and "Englisch (C1 und C2" in text
    make.a_pilot("adam", cast.kaya, skills={"ti": 4})
    kaya.post(reverse("web:suggest", args=[request.pk]))
    assert "letzter Ausweg" not in text_of(kaya.get(page_of(request)))


def test_closing_honestly(kaya, request_of_rita):
    kaya.post(reverse("web:close", args=[request_of_rita.pk]))
    request_of_rita.refresh_from_db()
    assert request_of_rita.status == "UNFILLED"
    again = kaya.post(reverse("web:close", args=[request_of_rita.pk]), follow=True)
    assert "nicht mehr offen" in text_of(again)


def test_withdrawing_for_the_asking_side(kaya, request_of_rita):
    kaya.post(reverse("web:office_withdraw", args=[request_of_rita.pk]), {"reason": "mistake"})
    request_of_rita.refresh_from_db()
    assert request_of_rita.withdrawn_reason == "mistake"


def test_a_request_for_a_caller(kaya, cast):
    page = reverse("web:request_for_caller")
    school = str(cast.school.pk)
    filed = kaya.post(page, REQUEST | {"organisation": school}, follow=True)
    request = HelpRequest.objects.get()
    assert filed.redirect_chain == [(page_of(request), 302)]
    assert (request.organisation, request.requested_by) == (cast.school, cast.kaya)

    without_home = kaya.post(page, REQUEST | {"case_key": "L-1"})
    assert "Postleitzahl oder einen Ort" in text_of(without_home)
    kaya.post(page, REQUEST | {"case_key": "L-1", "home_postcode": "49076"})
    assert HelpSeeker.objects.get(case_key="L-1").organisation is None


def test_organisations_to_approve(kaya, cast, browser_of):
    make.an_organisation("rita", cast.kaya)
    Organisation.objects.update(approved_at=None)
    organisation = Organisation.objects.get()
    assert "1 Stelle freizugeben" in text_of(kaya.get(LIST))
    page = reverse("web:organisations")
    assert "Warten auf Freigabe" in text_of(kaya.get(page))
    kaya.post(reverse("web:approve", args=[organisation.pk]))
    organisation.refresh_from_db()
    assert organisation.approved_at == NOW
    assert "Warten auf Freigabe" not in text_of(kaya.get(page))


@pytest.mark.parametrize("typed", ["²", "\0", "P-\0", "9" * 5000, "Ä" * 300])
def test_nonsense_in_the_lookup_is_answered(kaya, request_of_rita, typed):
    assert kaya.get(page_of(request_of_rita), {"lotse": typed}).status_code == 200


def test_a_candidate_who_left_the_office_shows_as_code(kaya, cast, request_of_rita):
    """Her name is nobody's business any more, but the request's page still opens."""
    kaya.post(reverse("web:suggest", args=[request_of_rita.pk]))
    Pilot.objects.filter(pk=cast.ana.pk).update(office=cast.friesland)
    cast.ana.pilot_offices.update(office=cast.friesland)
    text = text_of(kaya.get(page_of(request_of_rita)))
    assert cast.ana.display_code in text
    assert "Ana" not in text
