"""The profile in five steps: stopped and resumed, shown to the office, changed later."""

from datetime import time

import pytest
from django.urls import reverse

from backend.journal.models import AccessLog, Event
from backend.people.commands.applications import apply_as_pilot
from backend.people.commands.availability import set_availability
from backend.people.commands.pilots import change_profile
from backend.people.models import Pilot
from backend.people.policies import missing_for_activation
from backend.people.profile import WeeklySpan
from backend.web.forms.profile import LanguagesStep, TopicsStep, TravelStep
from geo.locating import locate
from tests import factories as make
from tests.factories import NOW
from tests.web.reading import Page, text_of

LIST = reverse("web:profile")
TOPICS = (
    "authority work school daycare health housing language_learning family money conflict orientation other"
)
SAID = {
    "sprachen": {
        "german_level": "5",
        "language_1": "kmr",
        "speaks_1": "6",
        "understands_1": "6",
        "language_2": "tr",
        "speaks_2": "3",
        "understands_2": "4",
    },
    "wege": {"postcode": "49074", "place": "Osnabrück", "reach_km": "12", "travel_mode": "bicycle"},
    "zeiten": {"week": ["0-0", "0-1", "2-2"]},
    "themen": {
        **{f"topic_{topic}": "fine" for topic in TOPICS.split()},
        "topic_school": "like",
        "topic_health": "like",
        "topic_conflict": "not",
        "monthly_hours": "10",
        "heavy_per_month": "1",
        "gender": "f",
    },
    "kontakt": {
        "name": "Nadia Muster",
        "phone": "0541 123456",
        "language": "de",
        "quiet_from_hour": "19",
        "quiet_until_hour": "9",
        "confidentiality": "on",
    },
}


def step(slug: str) -> str:
    return reverse("web:profile_step", args=[slug])


@pytest.fixture
def nadia(cast) -> Pilot:
    """She has an account and has said nothing yet."""
    return apply_as_pilot(
        email="nadia@nadia.example",
        language="de",
        name="Nadia Muster",
        home=locate(private=True, postcode="49074"),
        data_protection=True,
        by=None,
        now=NOW,
    )


@pytest.fixture
def browser(nadia, browser_of):
    return browser_of(nadia.user)


def test_from_the_sign_in_through_five_steps_to_the_end(browser, nadia):
    assert browser.get(reverse("web:home")).headers["Location"] == LIST
    first = text_of(browser.get(LIST))
    assert "0 von 5 Schritten erledigt" in first
    address = step("sprachen")
    for slug, after in zip(SAID, [*list(SAID)[1:], None], strict=True):
        assert address == step(slug)
        assert Page(browser.get(address)).faults() == []
        response = browser.post(address, SAID[slug] | {"then": "next"})
        assert response.status_code == 302, text_of(response)
        address = response.headers["Location"]
        assert address == (step(after) if after else LIST)
    page = browser.get(LIST)
    assert Page(page).faults() == []
    assert "Ihre Bewerbung ist vollständig" in text_of(page)
    assert browser.get(reverse("web:home")).headers["Location"] == reverse("web:my_assignments")

    nadia = Pilot.objects.get()
    assert {(s.language, s.speaks, s.understands) for s in nadia.skills.all()} == {
        ("kmr", 6, 6),
        ("tr", 3, 4),
    }
    week = [(s.weekday, s.starts, s.ends) for s in nadia.availabilities.all()]
    assert week == [(0, time(8), time(16)), (2, time(16), time(20))]
    assert (nadia.german_level, nadia.reach_km, nadia.travel_mode) == (5, 12, "bicycle")
    assert (nadia.topics_wished, nadia.topics_refused) == (["health", "school"], ["conflict"])
    assert (nadia.monthly_hours, nadia.heavy_per_month, nadia.gender) == (10, 1, "f")
    assert (nadia.quiet_from_hour, nadia.quiet_until_hour) == (19, 9)
    assert nadia.identity.phone == "+49541123456"
    # Signed in, her pledge counts at once; what is left is the office's.
    assert missing_for_activation(nadia) == ["basic_course"]


def test_stopped_after_one_step_and_resumed(browser, nadia):
    stopped = browser.post(step("zeiten"), SAID["zeiten"] | {"then": "list"})
    assert stopped.headers["Location"] == LIST
    page = text_of(browser.get(LIST))
    assert "1 von 5 Schritten erledigt" in page
    assert "08:00–16:00" in page
    assert "noch 4" in text_of(browser.get(reverse("web:my_assignments")))
    # The next step after the last one she takes is the first that is left.
    on = browser.post(step("kontakt"), SAID["kontakt"] | {"then": "next"})
    assert on.headers["Location"] == step("sprachen")


@pytest.mark.parametrize(
    ("slug", "change", "sentence"),
    [
        ("sprachen", {"language_2": "kmr"}, "Eine Sprache steht doppelt da: kmr."),
        ("sprachen", {"speaks_2": ""}, "Bitte füllen Sie die ganze Zeile aus oder lassen Sie sie leer."),
        ("sprachen", {"german_level": ""}, "Bitte füllen Sie das aus."),
        ("wege", {"postcode": "99999"}, "Die Postleitzahl 99999 kennen wir nicht."),
        ("wege", {"reach_km": "301"}, "300"),
        ("zeiten", {"week": []}, "Bitte kreuzen Sie mindestens eine Zeit an."),
        ("themen", {"topic_school": "x"}, "Schule"),
        ("themen", {"heavy_per_month": "-1"}, "0"),
        ("kontakt", {"phone": "12"}, "Telefon"),
        ("kontakt", {"quiet_until_hour": ""}, "Bitte geben Sie beide Zeiten an oder keine."),
        ("kontakt", {"confidentiality": ""}, "Bitte kreuzen Sie das an."),
        ("kontakt", {"language": "tlh"}, "Sprache"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(browser, nadia, slug, change, sentence):
    response = browser.post(step(slug), SAID[slug] | change)
    assert response.status_code == 422
    assert sentence in text_of(response)
    page = Page(response)
    assert page.faults() == []
    targets = {attrs.get("id") for _tag, attrs in page.tags}
    links = [a["href"][1:] for a in page.all("a") if str(a.get("href", "")).startswith("#id_")]
    assert set(links) <= targets
    nadia.refresh_from_db()
    assert nadia.steps_done == []
    assert not Event.objects.filter(kind="PILOT_PROFILE_CHANGED").exists()


def test_a_step_there_is_not(browser):
    assert browser.get(step("unfug")).status_code == 404


def test_an_active_pilot_changes_one_thing_and_keeps_the_rest(cast, browser_of):
    before = cast.ana.wishes
    browser = browser_of(cast.ana.user)
    assert "Mein Profil" in text_of(browser.get(LIST))
    page = browser.get(step("sprachen"))
    assert Page(page).faults() == []
    browser.post(
        step("wege"), {"postcode": "49074", "place": "Osnabrück", "reach_km": "7", "travel_mode": "car"}
    )
    cast.ana.refresh_from_db()
    assert (cast.ana.reach_km, cast.ana.travel_mode) == (7, "car")
    assert cast.ana.wishes.german_level == before.german_level
    assert set(cast.ana.reaches.values_list("reach_km", flat=True)) == {7}
    assert "Versprechen" not in text_of(browser.get(step("kontakt")))  # pledged long ago


def test_two_steps_sent_at_once_both_stay(cast):
    """Each form was made before the other was saved."""
    steps = [
        form(SAID[slug], pilot=Pilot.objects.get(pk=cast.ana.pk))
        for form, slug in ((LanguagesStep, "sprachen"), (TravelStep, "wege"), (TopicsStep, "themen"))
    ]
    for form in steps:
        assert form.is_valid(), form.errors
    for values in [form.values() for form in steps]:
        values.pop("home", None)
        change_profile(pilot_id=cast.ana.pk, **values, by=cast.ana.user, now=NOW)
    cast.ana.refresh_from_db()
    kept = cast.ana.wishes
    assert (kept.german_level, kept.reach_km, kept.travel_mode, kept.monthly_hours) == (5, 12, "bicycle", 10)
    assert kept.topics_wished == ["health", "school"]


def test_more_languages_than_rows_are_kept(cast, browser_of):
    codes = ["ar", "fa", "fr", "kmr", "ru", "tr", "uk", "en"]
    polly = make.a_pilot("polly", cast.kaya, skills=dict.fromkeys(codes, 5))
    browser = browser_of(polly.user)
    fields = Page(browser.get(step("sprachen"))).all("select")
    assert "language_9" in {field["name"] for field in fields}


def test_a_week_by_the_clock_is_not_pressed_into_boxes(cast, browser_of):
    set_availability(
        pilot_id=cast.ana.pk, week=[WeeklySpan(0, time(9, 30), time(11))], by=cast.ana.user, now=NOW
    )
    assert browser_of(cast.ana.user).get(step("zeiten")).headers["Location"] == reverse("web:my_times")
    office = browser_of(cast.kaya)
    asked = office.get(reverse("web:profile_step_for", args=[cast.ana.pk, "zeiten"]))
    assert asked.headers["Location"] == reverse("web:profile_for", args=[cast.ana.pk])


def test_the_office_sees_what_is_missing_and_fills_it_in(nadia, cast, browser_of):
    office = browser_of(cast.kaya)
    page, form = reverse("web:pilot", args=[nadia.pk]), reverse("web:profile_for", args=[nadia.pk])
    text = text_of(office.get(page))
    assert "noch nicht vollständig" in text
    assert "Wo und wie weit" in text
    assert "noch nicht vollständig" in text_of(office.get(reverse("web:pilots")))
    refused = office.post(reverse("web:activate", args=[nadia.pk]), {"pledge_seen": "on"}, follow=True)
    assert "Angaben zu Sprachen" in text_of(refused)
    assert Page(office.get(form)).faults() == []
    for slug in SAID:
        address = reverse("web:profile_step_for", args=[nadia.pk, slug])
        assert Page(office.get(address)).faults() == []
        assert office.post(address, SAID[slug]).headers["Location"] == form
    nadia.refresh_from_db()
    # What somebody else promises in her name is no promise of hers.
    assert missing_for_activation(nadia) == ["basic_course", "confidentiality_pledge"]
    assert AccessLog.objects.filter(reader_id=cast.kaya.pk, subject_id=nadia.pk, reason="correction").exists()


def test_another_office_sees_nothing(nadia, cast, browser_of):
    stranger = browser_of(cast.frauke)
    assert stranger.get(reverse("web:profile_for", args=[nadia.pk])).status_code == 404
    address = reverse("web:profile_step_for", args=[nadia.pk, "wege"])
    assert stranger.post(address, SAID["wege"]).status_code == 404
    assert browser_of(cast.rita).get(LIST).status_code == 403
