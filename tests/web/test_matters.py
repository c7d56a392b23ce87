"""What an office leaves to others, on its pages: said in the form, refused kindly, counted once, set by the office."""

import pytest
from django.urls import reverse
from uuid_utils.compat import uuid7

from backend.accounts.models import Office
from backend.accounts.roles import Role
from backend.dispatch.commands.hand_offs import hand_off
from backend.dispatch.models import HelpRequest, RequestDraft
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.models import HelpSeeker
from tests import factories as make
from tests.factories import NOW
from tests.web.asking import NEW, ask
from tests.web.reading import Page, text_of
from tests.web.test_office_settings import SETTINGS, rules
from tests.web.test_story import REQUEST
from tests.web.test_writing import FOR_CALLER, seen, values_in

OWN_WORDS = "Bitte rufen Sie den <b>Dolmetschdienst</b> an."
FIGURES = reverse("web:figures")


@pytest.fixture
def strict(cast):
    """The office leaves medical talks, in its own words, and court to others."""
    cast.osnabrueck.excluded_matters = ["legal_consequences", "medical"]
    cast.osnabrueck.hand_offs = {"medical": OWN_WORDS}
    cast.osnabrueck.save()
    return cast


def handed_off() -> list[str]:
    events = Event.objects.filter(kind=EventKind.HELP_REQUEST_HANDED_OFF).order_by("pk")
    return [event.facts["matter"] for event in events]


def test_nothing_is_asked_where_the_office_takes_everything_on(cast, browser_of):
    assert "matter" not in values_in(Page(browser_of(cast.rita).get(NEW)))


@pytest.mark.parametrize(("who", "page"), [("rita", NEW), ("kaya", FOR_CALLER)])
def test_the_question_is_folded_and_names_whom_to_turn_to(strict, browser_of, who, page):
    answer = browser_of(getattr(strict, who)).get(page)
    form = Page(answer)
    assert form.faults() == []
    assert "matter" not in seen(form)
    choices = [field for field in form.all("input") if field.get("name") == "matter"]
    assert [choice["value"] for choice in choices] == ["", "legal_consequences", "medical"]
    assert "checked" in choices[0]
    assert choices[2]["aria-describedby"] == "hand-off-medical"
    assert "Das übernehmen unsere Lotsinnen und Lotsen nicht. Bitte rufen Sie" in form.text
    assert "Ein medizinisches Gespräch" in form.text
    assert "<b>Dolmetschdienst</b>" not in answer.content.decode()


def test_it_is_refused_before_anything_else_is_asked_for_and_the_draft_stays(strict, browser_of):
    rita, draft = browser_of(strict.rita), str(uuid7())
    typed = {"draft": draft, "matter": "medical", "note": "Treppe", "language": "kmr"}
    for _ in range(2):
        answer = rita.post(NEW, typed)
        page = Page(answer)
        assert answer.status_code == 422
        assert page.faults() == []
        assert "Dolmetschdienst" in page.text
        assert "Treppe" in page.text
        assert "Bitte ausfüllen" not in page.text
        assert len([1 for tag, attrs in page.tags if tag == "a" and attrs.get("href") == "#id_matter"]) == 1
    assert RequestDraft.objects.get().values["matter"] == "medical"
    assert not HelpRequest.objects.exists()
    assert handed_off() == ["medical"]
    assert Event.objects.get(kind=EventKind.HELP_REQUEST_HANDED_OFF).actor_id is None
    # Another one is another case.
    rita.post(NEW, typed | {"draft": str(uuid7()), "matter": "legal_consequences"})
    assert handed_off() == ["medical", "legal_consequences"]


def test_none_of_these_is_filed(strict, browser_of):
    ask(browser_of(strict.rita), REQUEST | {"matter": ""})
    assert HelpRequest.objects.count() == 1
    assert handed_off() == []


def test_the_office_on_the_phone_hears_it_too(strict, browser_of):
    answer = browser_of(strict.kaya).post(
        FOR_CALLER, REQUEST | {"organisation": str(strict.school.pk), "matter": "medical"}
    )
    assert answer.status_code == 422
    assert "Dolmetschdienst" in text_of(answer)
    assert not HelpRequest.objects.exists()
    assert handed_off() == ["medical"]


def test_whoever_asks_for_herself_is_told_too(strict, browser_of):
    strict.osnabrueck.accepts_self_registration = True
    strict.osnabrueck.save()
    maryam = make.a_user("maryam", language="ar")
    seeker = make.a_help_seeker(strict.kaya, case_key="OWN-1")
    HelpSeeker.objects.filter(pk=seeker.pk).update(user=maryam)
    browser = browser_of(maryam)
    browser.cookies["language"] = "ar"
    assert Page(browser.get(NEW)).faults() == []
    answer = browser.post(NEW, {"matter": "legal_consequences"})
    assert answer.status_code == 422
    assert "ترجمة شفهية محلّفة" in text_of(answer)
    assert handed_off() == ["legal_consequences"]


def test_a_rule_made_meanwhile_leads_back_to_the_form(cast, browser_of):
    rita = browser_of(cast.rita)
    check = rita.post(NEW, REQUEST | {"matter": "medical"}).headers["Location"]
    draft = RequestDraft.objects.get()
    draft.keep(draft.values | {"matter": "medical"}, at=NOW)
    draft.save()
    Office.objects.filter(pk=cast.osnabrueck.pk).update(excluded_matters=["medical"])
    for answer in (rita.get(check), rita.post(check)):
        assert answer.status_code == 422
        assert "übernehmen unsere Lotsinnen und Lotsen nicht" in text_of(answer)
    assert not HelpRequest.objects.exists()


def test_a_home_is_asked_about_where_the_office_leaves_flats_to_others(cast, browser_of):
    Office.objects.filter(pk=cast.osnabrueck.pk).update(excluded_matters=["private_flat"])
    rita = browser_of(cast.rita)
    typed = REQUEST | {"address": "Lotter Straße 7, 49074 Osnabrück"}
    answer = rita.post(NEW, typed)
    assert answer.status_code == 422
    assert "Ist es ein öffentlicher Ort" in text_of(answer)
    assert rita.post(NEW, typed | {"public": "on"}).status_code == 302
    assert handed_off() == []


def test_the_office_sets_it(strict, browser_of):
    adam = browser_of(make.an_admin("adam", strict.osnabrueck))
    page = Page(adam.get(SETTINGS))
    assert page.faults() == []
    assert "Was wir anderen überlassen" in page.text
    typed = rules(adam) | {"leaves_therapy": "on", "hand_off_therapy": "Psychosoziales Zentrum"}
    typed.pop("leaves_medical")
    adam.post(SETTINGS, typed)
    office = Office.objects.get(pk=strict.osnabrueck.pk)
    assert office.excluded_matters == ["legal_consequences", "therapy"]
    assert office.hand_offs["therapy"] == "Psychosoziales Zentrum"
    too_long = adam.post(SETTINGS, typed | {"hand_off_therapy": "x" * 301})
    assert too_long.status_code == 422
    assert Page(too_long).faults() == []
    assert "x" * 301 in too_long.content.decode()


def test_the_strict_preset_leaves_four_matters_to_others(cast, browser_of):
    adam = browser_of(make.an_admin("adam", cast.osnabrueck))
    presets = reverse("web:settings_presets")
    shown = Page(adam.get(presets, {"vorlage": "strict_pool"}))
    assert shown.faults() == []
    assert "eine schriftliche Übersetzung" in shown.text
    adam.post(presets, {"preset": "strict_pool"})
    assert len(Office.objects.get(pk=cast.osnabrueck.pk).excluded_matters) == 4


def test_the_figures_count_by_matter_and_hide_small_counts_outside(strict, browser_of):
    for _ in range(2):
        hand_off(office_id=strict.osnabrueck.pk, matter="medical", by=strict.kaya, now=NOW)
    for who, count in ((strict.kaya, "2"), (make.a_member("audrey", strict.osnabrueck, Role.AUDITOR), "<5")):
        page = Page(browser_of(who).get(FIGURES, {"zeitraum": "2026"}))
        assert page.faults() == []
        assert f"Ein medizinisches Gespräch{count}" in page.text
    assert "Ein medizinisches Gespräch" not in text_of(browser_of(strict.frauke).get(FIGURES))
    last_year = text_of(browser_of(strict.kaya).get(FIGURES, {"zeitraum": "2025"}))
    assert "Ein medizinisches Gespräch" not in last_year
