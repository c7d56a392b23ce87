"""Writing a request: kept while typed, checked before sent, copied, changed."""

import json
import re

import pytest
from django.urls import reverse
from uuid_utils.compat import uuid7

from backend.dispatch.commands.changes import change_help_request
from backend.dispatch.commands.help_requests import Confidential, Need
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.models import HelpRequest, RequestDraft
from backend.people.models import HelpSeeker
from tests import factories as make
from tests.factories import NOW, at
from tests.web.asking import NEW, ask, hidden_in
from tests.web.reading import Page, text_of
from tests.web.test_story import REQUEST

LIST = reverse("web:my_requests")
FOR_CALLER = reverse("web:request_for_caller")
LIVE = {"HX-Request": "true"}


@pytest.fixture
def rita(cast, browser_of):
    return browser_of(cast.rita)


def values_in(page: Page) -> dict[str, str | None]:
    """What the form's fields hold."""
    return {field["name"]: field.get("value") for field in page.all("input") if field.get("name")}


def seen(page: Page) -> set[str]:
    """The names of the fields that stand open, folded ones left out."""
    depth, names = 0, set()
    for tag, attrs in page.tags:
        if tag == "details" and "open" not in attrs:
            depth = 1
        if tag in {"fieldset", "section"} and "group" in (attrs.get("class") or ""):
            depth = 0
        if tag in {"input", "select", "textarea"} and attrs.get("type") != "hidden" and not depth:
            names.add(str(attrs.get("name")))
    return names


def test_at_most_twelve_fields_stand_open(rita):
    # Folded parts stand last in their group.
    assert len(seen(Page(rita.get(NEW)))) <= 12


def test_the_answers_are_said_back_in_words_before_anything_is_filed(rita):
    response = rita.post(NEW, REQUEST | {"day_2": "2026-11-12", "start_2": "9", "gender_wish": "f"})
    check = rita.get(response.headers["Location"])
    page, text = Page(check), text_of(check)
    assert page.faults() == []
    for words in (
        "SCH-8",
        "Kurmandschi",
        "Dienstag, 10. November 2026, 10:00–11:00",
        "Donnerstag, 12. November 2026, 09:00–10:00",
        "Eine Frau",
        "49074 Osnabrück",
        "Haupteingang",
    ):
        assert words in text
    assert not HelpRequest.objects.exists()
    assert not HelpSeeker.objects.exists()
    back = next(a["href"] for a in page.all("a") if (a.get("href") or "").endswith("#id_language"))
    assert 'value="Haupteingang"' in rita.get(back).content.decode()


def test_a_double_click_files_once(rita):
    check = rita.post(NEW, REQUEST).headers["Location"]
    first, second = rita.post(check), rita.post(check)
    request = HelpRequest.objects.get()
    assert (
        first.headers["Location"] == second.headers["Location"] == reverse("web:request", args=[request.pk])
    )
    assert rita.get(check).headers["Location"] == first.headers["Location"]


def test_what_has_become_impossible_meanwhile_leads_back_to_the_form(rita, clock):
    check = rita.post(NEW, REQUEST).headers["Location"]
    clock.now = at(10, 9)
    for response in (rita.get(check), rita.post(check)):
        assert response.status_code == 422
        assert "Die Leitstelle braucht 5 Tage" in text_of(response)
        assert 'value="Haupteingang"' in response.content.decode()
    assert not HelpRequest.objects.exists()


def test_the_draft_saves_itself_and_is_found_again(rita):
    key = str(uuid7())
    for note in ("Bitte", "Bitte klingeln"):
        saved = rita.post(NEW, {"draft": key, "language": "kmr", "note": note, "save": "yes"}, headers=LIVE)
        assert saved.status_code == 200
        assert "Entwurf gespeichert" in text_of(saved)
        assert "<html" not in saved.content.decode()
    assert RequestDraft.objects.get().values["note"] == "Bitte klingeln"

    mine = rita.get(LIST)
    assert Page(mine).faults() == []
    assert "Angefangen und nicht abgeschickt" in text_of(mine)
    begun = next(a["href"] for a in Page(mine).all("a") if "entwurf" in (a.get("href") or ""))
    form = rita.get(begun)
    assert Page(form).faults() == []
    assert "Bitte klingeln" in text_of(form)
    assert "Bitte sehen Sie" not in text_of(form)  # what is missing is no mistake yet
    assert values_in(Page(form))["draft"] == key

    ask(rita, REQUEST | {"draft": key})
    assert HelpRequest.objects.count() == 1
    assert "Angefangen" not in text_of(rita.get(LIST))


def test_saving_without_javascript_leads_to_the_list(rita):
    saved = rita.post(NEW, {"topic": "school", "save": "yes"}, follow=True)
    assert saved.redirect_chain == [(f"{LIST}#entwuerfe", 302)]
    assert "Ihr Entwurf ist gespeichert" in text_of(saved)
    draft = RequestDraft.objects.get()
    rita.post(reverse("web:drop_draft", args=[draft.pk]))
    assert not RequestDraft.objects.exists()


def test_what_was_sent_already_is_not_saved_silently(rita):
    key = str(uuid7())
    ask(rita, REQUEST | {"draft": key})
    again = REQUEST | {"draft": key, "meeting_point": "Hinterhaus"}
    live = rita.post(NEW, again | {"save": "yes"}, headers=LIVE)
    assert live.status_code == 422
    assert text_of(live) == "Dieser Entwurf ist schon abgeschickt."
    for sent in (again, again | {"save": "yes"}):
        page = rita.post(NEW, sent)
        assert page.status_code == 422
        assert Page(page).faults() == []
        assert "schon abgeschickt" in text_of(page)
        assert "Hinterhaus" in page.content.decode()
        change = reverse("web:change_request", args=[HelpRequest.objects.get().pk])
        assert change in page.content.decode()


def test_one_draft_too_many_loses_nothing(rita, monkeypatch):
    monkeypatch.setattr("backend.dispatch.commands.drafts.DRAFTS_AT_MOST", 11)
    for number in range(11):
        rita.post(NEW, {"case_key": f"SCH-{number}", "save": "yes"})
    assert rita.get(LIST).content.decode().count("?entwurf=") == 11
    refused = rita.post(NEW, {"note": "Bitte klingeln", "save": "yes"})
    assert refused.status_code == 422
    assert "Bitte klingeln" in text_of(refused)
    assert "11 " in text_of(refused)
    assert "Bitte füllen" not in text_of(refused)


def test_drafts_of_others_are_not_there(rita, cast, browser_of):
    rita.post(NEW, REQUEST | {"save": "yes"})
    draft = RequestDraft.objects.get()
    otto = browser_of(cast.otto)
    assert otto.get(NEW, {"entwurf": draft.pk}).status_code == 404
    assert otto.get(reverse("web:check_request", args=[draft.pk])).status_code == 404
    assert otto.post(NEW, REQUEST | {"draft": str(draft.pk), "save": "yes"}).status_code == 404
    otto.post(reverse("web:drop_draft", args=[draft.pk]))
    assert RequestDraft.objects.get().values["case_key"] == "SCH-8"
    assert "Angefangen" not in text_of(otto.get(LIST))


@pytest.mark.parametrize("odd", ["x", "", "\0", "00000000-0000-0000-0000-000000000000"])
def test_odd_addresses_are_answered(rita, odd):
    assert rita.get(NEW, {"entwurf": odd}).status_code in {200, 404}
    assert rita.get(NEW, {"wie": odd}).status_code in {200, 404}
    assert rita.post(NEW, REQUEST | {"draft": odd, "save": "yes"}).status_code == 302


def test_a_copy_asks_for_the_same_at_a_new_date(rita, cast):
    old = make.a_help_request(cast.samir, cast.rita, required_level=5, topic="health")
    response = rita.get(NEW, {"wie": str(old.pk)})
    page = Page(response)
    assert page.faults() == []
    assert f"Übernommen aus der Anfrage {old.reference}" in page.text
    typed = values_in(page)
    assert (typed["case_key"], typed["meeting_point"]) == ("SCH-7", "Haupteingang")
    assert typed["day_1"] is None
    assert re.search(r'<option value="health" selected>', response.content.decode())
    assert re.search(r'<option value="5" selected>', response.content.decode())


def test_of_another_organisation_nothing_is_copied(cast, browser_of):
    old = make.a_help_request(cast.samir, cast.rita)
    assert browser_of(cast.otto).get(NEW, {"wie": str(old.pk)}).status_code == 404


# --- changes


CHANGED = {
    "language": "kmr",
    "required_level": "3",
    "topic": "school",
    "service_kind": "interpret",
    "setting": "on_site",
    "address": "49074 Osnabrück",
    "public": "on",
    "day_1": "2026-11-17",
    "start_1": "10:00",
    "minutes_1": "60",
    "minutes_2": "60",
    "minutes_3": "60",
    "meeting_point": "Haupteingang",
    "contact_on_site": "Frau Beispiel",
}


def test_what_follows_from_a_change_is_said_before_it_is_made(rita, cast):
    request = make.a_help_request(cast.samir, cast.rita)
    assignment = make.an_assignment(request, cast.ana, cast.kaya)
    address = reverse("web:change_request", args=[request.pk])
    form = rita.get(address)
    assert Page(form).faults() == []
    assert values_in(Page(form))["day_1"] == "2026-11-10"
    assert "case_key" not in values_in(Page(form))

    check = rita.post(address, CHANGED).headers["Location"]
    said = rita.get(check)
    assert Page(said).faults() == []
    assert "Der bestätigte Einsatz gilt nicht mehr" in text_of(said)
    assert "Dienstag, 17. November 2026" in text_of(said)
    assignment.refresh_from_db()
    assert assignment.status == "CONFIRMED"  # looking changes nothing

    done = rita.post(check, hidden_in(said), follow=True)
    assert "Die Anfrage ist geändert" in text_of(done)
    assignment.refresh_from_db()
    assert assignment.status == "CANCELLED"
    assert rita.post(check).status_code == 302
    assert [slot.starts_at for slot in request.slots.all()] == [at(17, 10)]


def test_nothing_different_is_said_beside_the_form(rita, cast):
    request = make.a_help_request(cast.samir, cast.rita)
    same = rita.post(reverse("web:change_request", args=[request.pk]), CHANGED | {"day_1": "2026-11-10"})
    assert same.status_code == 422
    assert "Es ist nichts anders als vorher" in text_of(same)


def test_who_may_change_what(rita, cast, browser_of):
    request = make.a_help_request(cast.samir, cast.rita)
    address = reverse("web:change_request", args=[request.pk])
    assert browser_of(cast.otto).get(address).status_code == 404
    assert browser_of(cast.ana.user).get(address).status_code == 404
    office = browser_of(cast.kaya)
    page = reverse("web:office_request", args=[request.pk])
    assert address in office.get(page).content.decode()
    assert page in office.get(address).content.decode()
    check = office.post(address, CHANGED).headers["Location"]
    done = office.post(check, hidden_in(office.get(check)))
    assert done.headers["Location"] == reverse("web:office_request", args=[request.pk])
    HelpRequest.objects.filter(pk=request.pk).update(
        status="WITHDRAWN", withdrawn_at=at(3, 9), withdrawn_reason="mistake"
    )
    assert rita.get(address).status_code == 409


def opened(client, help_request):
    """The form of a change as a browser holds it, and would send it with nothing typed."""
    page = client.get(reverse("web:change_request", args=[help_request.pk]))
    return {**dict(page.context["form"].initial), **hidden_in(page)}


def moved_by_the_office(help_request, cast):
    """The office moves it by a week, on the phone, and somebody is confirmed for that."""
    change_help_request(
        help_request_id=help_request.pk,
        need=Need(topic="school", languages=["kmr"], slots=[(at(17, 10), at(17, 11))], gender_wish=""),
        where=MeetingPlace(postcode="49074", public=True),
        confidential=Confidential(meeting_point="Haupteingang", contact_on_site="Frau Beispiel"),
        by=cast.kaya,
        now=NOW,
    )
    return make.an_assignment(HelpRequest.objects.get(), cast.ana, cast.kaya)


def test_a_change_sent_late_takes_back_nothing_that_others_did(rita, cast):
    request = make.a_help_request(cast.samir, cast.rita)
    address = reverse("web:change_request", args=[request.pk])
    check = rita.post(address, opened(rita, request) | {"note": "Bitte klingeln"}).headers["Location"]
    shown = rita.get(check)
    assert "Sonst folgt nichts" in text_of(shown)
    assignment = moved_by_the_office(request, cast)

    again = rita.post(check, hidden_in(shown))
    assert again.status_code == 409
    assert Page(again).faults() == []
    assert "hat sich etwas geändert" in text_of(again)
    assert "kommt weiterhin" in text_of(again)
    assert "Dienstag, 17. November 2026" in text_of(again)
    assert not request.confidential.note

    assert "Die Anfrage ist geändert" in text_of(rita.post(check, hidden_in(again), follow=True))
    assignment.refresh_from_db()
    request.confidential.refresh_from_db()
    assert (assignment.status, request.confidential.note) == ("CONFIRMED", "Bitte klingeln")
    assert [slot.starts_at for slot in request.slots.all()] == [at(17, 10)]


def test_a_change_without_what_was_seen_is_shown_first(rita, cast):
    request = make.a_help_request(cast.samir, cast.rita)
    address = reverse("web:change_request", args=[request.pk])
    assert rita.post(rita.post(address, CHANGED).headers["Location"]).status_code == 409
    assert [slot.starts_at for slot in request.slots.all()] == [at(10, 10)]


def test_a_form_or_draft_of_a_change_opened_earlier_keeps_what_others_changed(rita, cast):
    request = make.a_help_request(cast.samir, cast.rita)
    address = reverse("web:change_request", args=[request.pk])
    typed = opened(rita, request) | {"note": "Bitte klingeln"}
    rita.post(address, typed | {"save": "yes"})
    moved_by_the_office(request, cast)
    draft = rita.get(address, {"entwurf": str(RequestDraft.objects.get().pk)})
    assert 'value="2026-11-17"' in draft.content.decode()
    assert "Bitte klingeln" in text_of(draft)
    assert "17. November" in text_of(rita.get(rita.post(address, typed).headers["Location"]))


def test_what_the_form_cannot_show_stays(rita, cast):
    slots = [(at(10, 10), at(10, 11, 15))]
    request = make.a_help_request(cast.samir, cast.rita, languages=["kmr", "ar"], slots=slots)
    assignment = make.an_assignment(request, cast.ana, cast.kaya)
    address = reverse("web:change_request", args=[request.pk])
    assert '<option value="75" selected>' in rita.get(address).content.decode()
    ask(rita, opened(rita, request) | {"meeting_point": "Zimmer 12"}, address)
    assignment.refresh_from_db()
    request.refresh_from_db()
    assert (assignment.status, request.languages) == ("CONFIRMED", ["kmr", "ar"])
    assert request.slots.get().ends_at == at(10, 11, 15)
    ask(rita, opened(rita, request) | {"language": "tr"}, address)
    request.refresh_from_db()
    assert request.languages == ["tr"]


def test_a_home_stands_in_the_form_with_its_street(rita, cast):
    home = {"address": "Alte Gasse 3, 49074 Osnabrück", "public": "", "meeting_point": "Klingel 2"}
    ask(rita, REQUEST | home)
    request = HelpRequest.objects.get()
    assert request.confidential.meeting_point == "Alte Gasse 3, Klingel 2"
    address, typed = reverse("web:change_request", args=[request.pk]), opened(rita, request)
    assert (typed["address"], typed["meeting_point"]) == (home["address"], "Klingel 2")
    assert rita.post(address, typed).status_code == 422  # nothing is different
    ask(rita, typed | {"address": "Neue Allee 9, 49074 Osnabrück"}, address)
    request.confidential.refresh_from_db()
    assert request.confidential.meeting_point == "Neue Allee 9, Klingel 2"
    assert request.meeting_place.street == ""


# --- by the office for a caller


def test_a_caller_s_request_is_filed_from_one_page_and_once(cast, browser_of):
    kaya, key = browser_of(cast.kaya), str(uuid7())
    typed = REQUEST | {"organisation": str(cast.school.pk), "draft": key}
    first, second = kaya.post(FOR_CALLER, typed), kaya.post(FOR_CALLER, typed)
    request = HelpRequest.objects.get()
    assert first.headers["Location"] == second.headers["Location"]
    assert first.headers["Location"] == reverse("web:office_request", args=[request.pk])


def test_a_caller_s_request_waits_as_a_draft_too(cast, browser_of):
    kaya = browser_of(cast.kaya)
    saved = kaya.post(FOR_CALLER, {"topic": "health", "save": "yes"}, follow=True)
    assert saved.redirect_chain == [(f"{FOR_CALLER}#entwuerfe", 302)]
    assert Page(saved).faults() == []
    begun = next(a["href"] for a in Page(saved).all("a") if "entwurf=" in (a.get("href") or ""))
    assert re.search(r'<option value="health" selected>', kaya.get(begun).content.decode())


def test_a_form_that_is_kept_while_typed_says_that_its_writer_is_signed_out(cast, rita):
    config = next(
        str(m["content"]) for m in Page(rita.get(NEW)).all("meta") if m.get("name") == "htmx-config"
    )
    rita.logout()
    for sent in ({"save": "yes"}, {"chances": "1"}):
        answer = rita.post(NEW, REQUEST | sent, headers=LIVE)
        assert answer.status_code == 401
        assert {"code": "(401|422|429)", "swap": True} in json.loads(config)["responseHandling"]
        assert answer.headers["HX-Retarget"] == "#status"
        assert answer.headers["HX-Reselect"] == "#signed-out"
        assert "Sie sind abgemeldet" in text_of(answer)
        assert "<html" not in answer.content.decode()
    assert rita.post(NEW, REQUEST).status_code == 302
