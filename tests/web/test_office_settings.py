"""What administrators and requesters set up for themselves: rules, members, colleagues."""

import pytest
from django.urls import reverse

from backend.accounts.models import Membership, Office, User
from backend.accounts.roles import Role
from backend.journal.kinds import EventKind
from notifications import outbox
from notifications.models import Delivery
from tests import factories as make
from tests.asserting import recorded
from tests.factories import NOW
from tests.web.reading import Page, text_of

SETTINGS, TEAM = reverse("web:settings"), reverse("web:team")


@pytest.fixture
def adam(cast) -> User:
    return make.an_admin("adam", cast.osnabrueck)


@pytest.fixture
def browser(adam, browser_of):
    return browser_of(adam)


def filled_in(page: Page) -> dict[str, str | list[str]]:
    """The rules as the form shows them."""
    values: dict[str, str | list[str]] = {}
    for field in page.all("input"):
        name, value = str(field["name"]), str(field.get("value") or "")
        if field.get("type") == "checkbox" and "checked" in field:
            values[name] = [*values.get(name, []), value or "on"]
        elif field.get("type") not in {"hidden", "checkbox"}:
            values.setdefault(name, value)  # the invitation further down has an address too
    return values | {"service_postcodes": "49074, 49076"}


def test_an_administrator_comes_straight_here(cast, browser):
    home = browser.get("/")
    assert (home.status_code, home.headers["Location"]) == (302, SETTINGS)
    page = Page(browser.get(SETTINGS))
    assert page.faults() == []
    assert {"Osnabrueck", "Einstellungen"} <= set(page.text.split())


def test_rules_are_changed_on_the_page(cast, browser):
    values = filled_in(Page(browser.get(SETTINGS)))
    answer = browser.post(SETTINGS, values | {"lead_days": "2", "weight_proximity": "0.5"}, follow=True)
    assert "Gespeichert" in text_of(answer)
    office = Office.objects.get(pk=cast.osnabrueck.pk)
    assert (office.lead_days, office.service_postcodes) == (2, ["49074", "49076"])
    assert (office.weights["proximity"], office.weights["continuity"]) == (0.5, 0.15)
    changed = recorded(EventKind.OFFICE_CHANGED, office).facts["fields"]
    assert changed == ["lead_days", "service_postcodes", "weights"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"lead_days": "61"}, "61"),
        ({"service_postcodes": "49999"}, "49999"),
        ({"weight_half_km": "0"}, "Gewichte"),
        ({"service_postcodes": ""}, "mindestens"),
    ],
)
def test_wrong_rules_come_back_with_a_word(cast, browser, wrong, says):
    values = filled_in(Page(browser.get(SETTINGS)))
    answer = browser.post(SETTINGS, values | wrong)
    assert answer.status_code == 422
    assert Page(answer).faults() == []
    assert says in answer.content.decode()
    assert Office.objects.get(pk=cast.osnabrueck.pk).lead_days == 5


def test_a_coordinator_is_invited_by_mail_and_gets_another_role(cast, browser):
    browser.post(reverse("web:invite_member"), {"email": "new@stadt.example", "role": "coordinator"})
    member = Membership.objects.get(user__email="new@stadt.example")
    assert (member.role, member.office) == (Role.COORDINATOR, cast.osnabrueck)
    outbox.fan_out(now=NOW)
    assert Delivery.objects.filter(template="user_invited", recipient=member.user).exists()
    browser.post(reverse("web:member_role", args=[member.pk]), {"role": "auditor"})
    member.refresh_from_db()
    assert member.role == Role.AUDITOR
    browser.post(reverse("web:member_close", args=[member.pk]))
    member.user.refresh_from_db()
    assert not member.user.is_active
    assert "geschlossen" in text_of(browser.get(SETTINGS))
    browser.post(reverse("web:member_remove", args=[member.pk]))
    assert not Membership.objects.filter(pk=member.pk).exists()


def test_invited_twice_is_told(cast, browser):
    answer = browser.post(reverse("web:invite_member"), {"email": "adam@adam.example", "role": "admin"})
    assert answer.status_code == 422
    assert Page(answer).faults() == []
    assert "hat die Rolle schon" in text_of(answer)


def test_the_last_administrator_stays(cast, adam, browser):
    member = adam.memberships.get()
    for name in ("member_role", "member_remove", "member_close"):
        answer = browser.post(reverse(f"web:{name}", args=[member.pk]), {"role": "auditor"}, follow=True)
        assert "braucht eine" in text_of(answer)
    adam.refresh_from_db()
    assert adam.is_active and adam.memberships.get().role == Role.ADMIN


def test_other_offices_members_are_not_there(cast, browser):
    foreign = cast.frauke.memberships.get()
    for name in ("member_role", "member_remove", "member_close"):
        assert browser.post(reverse(f"web:{name}", args=[foreign.pk]), {"role": "admin"}).status_code == 404
    assert browser.get(SETTINGS, {"leitstelle": "friesland"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.role == Role.COORDINATOR


def test_two_offices_each_have_their_page(cast, adam, browser):
    Membership.objects.create(user=adam, role=Role.ADMIN, office=cast.friesland, created_at=NOW)
    assert cast.frauke.email in text_of(browser.get(SETTINGS, {"leitstelle": "friesland"}))
    assert cast.frauke.email not in text_of(browser.get(SETTINGS, {"leitstelle": "osnabrueck"}))


def test_a_requester_invites_a_colleague(cast, browser_of):
    rita = browser_of(cast.rita)
    page = Page(rita.get(TEAM))
    assert page.faults() == []
    assert "rita@rita.example" in page.text
    answer = rita.post(TEAM, {"email": "colleague@rita.example"}, follow=True)
    assert "colleague@rita.example" in text_of(answer)
    member = Membership.objects.get(user__email="colleague@rita.example")
    assert (member.role, member.organisation) == (Role.REQUESTER, cast.school)
    again = rita.post(TEAM, {"email": "colleague@rita.example"})
    assert again.status_code == 422
    assert Page(again).faults() == []
    assert "colleague@rita.example" not in text_of(browser_of(cast.otto).get(TEAM))
