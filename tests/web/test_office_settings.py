"""What administrators and requesters set up for themselves: rules, members, colleagues."""

import pytest
from django.urls import reverse

from backend.accounts.entry.commands.invitations import accept_invitation
from backend.accounts.models import Invitation, Membership, Office, User
from backend.accounts.office_rules import checked_rules
from backend.accounts.presets import PRESETS as PRESETS_TO_SHIP
from backend.accounts.roles import Role
from backend.journal.kinds import EventKind
from notifications import outbox
from notifications.models import Delivery
from tests import factories as make
from tests.asserting import recorded
from tests.factories import NOW
from tests.web.reading import Page, text_of

SETTINGS, TEAM = reverse("web:settings"), reverse("web:team")
WEIGHTS, WAVES = reverse("web:settings_weights"), reverse("web:settings_waves")
PEOPLE, PRESETS = reverse("web:settings_people"), reverse("web:settings_presets")


@pytest.fixture
def adam(cast) -> User:
    return make.an_admin("adam", cast.osnabrueck)


@pytest.fixture
def browser(adam, browser_of):
    return browser_of(adam)


def filled_in(page: Page) -> dict[str, str | list[str]]:
    """The form as the page shows it."""
    values: dict[str, str | list[str]] = {}
    for field in page.all("input"):
        name, value = str(field["name"]), str(field.get("value") or "")
        if field.get("type") == "checkbox" and "checked" in field:
            values[name] = [*values.get(name, []), value or "on"]
        elif field.get("type") not in {"hidden", "checkbox", "radio"}:
            values.setdefault(name, value)
    return values


def rules(browser) -> dict[str, str | list[str]]:
    return filled_in(Page(browser.get(SETTINGS))) | {"service_postcodes": "49074, 49076"}


def test_an_administrator_comes_straight_here(cast, browser):
    home = browser.get("/")
    assert (home.status_code, home.headers["Location"]) == (302, SETTINGS)
    page = Page(browser.get(SETTINGS))
    assert page.faults() == []
    assert {"Osnabrueck", "Einstellungen"} <= set(page.text.split())


def test_rules_are_changed_on_the_page(cast, browser):
    answer = browser.post(SETTINGS, rules(browser) | {"lead_days": "2"}, follow=True)
    assert "Gespeichert" in text_of(answer)
    office = Office.objects.get(pk=cast.osnabrueck.pk)
    assert (office.lead_days, office.service_postcodes) == (2, ["49074", "49076"])
    assert recorded(EventKind.OFFICE_CHANGED, office).facts["fields"] == ["lead_days", "service_postcodes"]


def test_weights_and_waves_have_pages_of_their_own(cast, browser):
    values = filled_in(Page(browser.get(WEIGHTS)))
    browser.post(WEIGHTS, values | {"proximity": "0.5"})
    values = filled_in(Page(browser.get(WAVES)))
    browser.post(WAVES, values | {"contact_budget_week": "7"})
    office = Office.objects.get(pk=cast.osnabrueck.pk)
    assert (office.weights["proximity"], office.weights["continuity"]) == (0.5, 0.15)
    assert office.contact_budget_week == 7
    assert office.uses_acceptance_model


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"lead_days": "61"}, "61"),
        ({"service_postcodes": "49999"}, "49999"),
        ({"service_postcodes": ""}, "mindestens"),
    ],
)
def test_wrong_rules_come_back_with_a_word(cast, browser, wrong, says):
    answer = browser.post(SETTINGS, rules(browser) | {"label": "Amt"} | wrong)
    assert answer.status_code == 422
    page = Page(answer)
    assert page.faults() == []
    assert says in answer.content.decode()
    assert "Amt" in [field.get("value") for field in page.all("input")]
    assert Office.objects.get(pk=cast.osnabrueck.pk).lead_days == 5


@pytest.mark.parametrize("wrong", [{"half_km": "0"}, {"proximity": "-1"}, {"proximity": "x"}])
def test_wrong_weights_come_back_with_a_word(cast, browser, wrong):
    values = filled_in(Page(browser.get(WEIGHTS)))
    for more in ({}, {"preview": "1"}):
        answer = browser.post(WEIGHTS, values | wrong | more)
        assert answer.status_code == 422
        assert Page(answer).faults() == []
    assert Office.objects.get(pk=cast.osnabrueck.pk).weights["half_km"] == 5


def test_a_coordinator_is_invited_by_mail_and_gets_another_role(cast, browser):
    browser.post(PEOPLE, {"email": "new@stadt.example", "role": "coordinator"})
    invitation = Invitation.objects.get(user__email="new@stadt.example")
    outbox.fan_out(now=NOW)
    assert Delivery.objects.filter(template="user_invited", recipient=invitation.user).exists()
    accept_invitation(secret=invitation.new_link(at=NOW), by=None, now=NOW)
    member = Membership.objects.get(user=invitation.user)
    assert (member.role, member.office) == (Role.COORDINATOR, cast.osnabrueck)
    second_step = Page(browser.get(reverse("web:member", args=[member.pk])))
    assert second_step.faults() == []
    assert "new@stadt.example" in second_step.text
    browser.post(reverse("web:member_role", args=[member.pk]), {"role": "auditor"})
    member.refresh_from_db()
    assert member.role == Role.AUDITOR
    browser.post(reverse("web:member_close", args=[member.pk]))
    member.user.refresh_from_db()
    assert not member.user.is_active
    assert "geschlossen" in text_of(browser.get(PEOPLE))
    browser.post(reverse("web:member_remove", args=[member.pk]))
    assert not Membership.objects.filter(pk=member.pk).exists()


def test_invited_twice_is_told(cast, browser):
    answer = browser.post(PEOPLE, {"email": "adam@adam.example", "role": "admin"})
    assert answer.status_code == 422
    assert Page(answer).faults() == []
    assert "hat die Rolle schon" in text_of(answer)


def test_a_preset_is_shown_first_and_taken_over_then(cast, browser):
    shown = Page(browser.get(PRESETS, {"vorlage": "friesland"}))
    assert shown.faults() == []
    assert "Koordinierungsstelle" in shown.text
    assert Office.objects.get(pk=cast.osnabrueck.pk).lead_days == 5
    browser.post(PRESETS, {"preset": "friesland"})
    office = Office.objects.get(pk=cast.osnabrueck.pk)
    assert (office.lead_days, office.label, office.default_reach_km) == (7, "Koordinierungsstelle", 35)
    assert "Nichts" in text_of(browser.get(PRESETS, {"vorlage": "friesland"}))
    assert browser.post(PRESETS, {"preset": "elsewhere"}).status_code == 404


@pytest.mark.parametrize("preset", PRESETS_TO_SHIP.values())
def test_every_preset_holds_rules_that_are_allowed(preset):
    assert checked_rules(preset.rules, weights={}) == preset.rules


def test_the_last_administrator_stays(cast, adam, browser):
    member = adam.memberships.get()
    for name in ("member_role", "member_remove", "member_close"):
        answer = browser.post(reverse(f"web:{name}", args=[member.pk]), {"role": "auditor"}, follow=True)
        assert "braucht eine" in text_of(answer)
    adam.refresh_from_db()
    assert adam.is_active and adam.memberships.get().role == Role.ADMIN


def test_other_offices_members_are_not_there(cast, browser):
    foreign = cast.frauke.memberships.get()
    assert browser.get(reverse("web:member", args=[foreign.pk])).status_code == 404
    for name in ("member_role", "member_remove", "member_close"):
        assert browser.post(reverse(f"web:{name}", args=[foreign.pk]), {"role": "admin"}).status_code == 404
    assert browser.get(SETTINGS, {"leitstelle": "friesland"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.role == Role.COORDINATOR


def test_two_offices_each_have_their_page(cast, adam, browser):
    Membership.objects.create(user=adam, role=Role.ADMIN, office=cast.friesland, created_at=NOW)
    assert cast.frauke.email in text_of(browser.get(PEOPLE, {"leitstelle": "friesland"}))
    assert cast.frauke.email not in text_of(browser.get(PEOPLE, {"leitstelle": "osnabrueck"}))


def test_a_requester_invites_a_colleague(cast, browser_of):
    rita = browser_of(cast.rita)
    page = Page(rita.get(TEAM))
    assert page.faults() == []
    assert "rita@rita.example" in page.text
    answer = rita.post(TEAM, {"email": "colleague@rita.example"}, follow=True)
    assert "colleague@rita.example" in text_of(answer)
    invitation = Invitation.objects.get(user__email="colleague@rita.example")
    assert (invitation.role, invitation.organisation) == (Role.REQUESTER, cast.school)
    again = rita.post(TEAM, {"email": "colleague@rita.example"})
    assert again.status_code == 422
    assert Page(again).faults() == []
    assert "colleague@rita.example" not in text_of(browser_of(cast.otto).get(TEAM))
