"""The page about oneself: details, language, devices, calendar, export, erasing."""

import json

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.accounts.models import Session, User
from backend.people.models import Pilot
from backend.people.states import PilotStatus
from backend.privacy.commands import erase_account
from backend.privacy.export import export_of
from backend.web.export_texts import readable
from notifications.models import CalendarFeed
from tests import factories as make
from tests.factories import NOW, at
from tests.web.account_browser import fresh_browser
from tests.web.reading import Page, text_of

PAGE = reverse("web:my_data")
EXPORT, FILE = reverse("web:my_export"), reverse("web:my_export_file")
ERASE = reverse("web:erase_account")
FRESH = reverse("account_reauthenticate")


@pytest.fixture(autouse=True)
def mails(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.mark.parametrize("who", ["kaya", "rita", "ana"])
def test_the_page_is_there_for_every_role(cast, browser_of, who):
    user = getattr(cast, who)
    client = browser_of(user.user if isinstance(user, Pilot) else user)
    response = client.get(PAGE)

    assert response.status_code == 200
    assert Page(response).faults() == []
    assert "Meine Daten" in text_of(response)
    assert {"href": PAGE, "aria-current": "page"} in Page(response).all("a")


def test_strangers_sign_in_first(db):
    assert Client().get(PAGE).status_code == 302


def test_a_pilot_changes_her_details(cast, browser_of):
    data = {"name": "Ana Neu", "phone": "0541 555666", "street": "Neuer Weg 1"}
    response = browser_of(cast.ana.user).post(reverse("web:save_person"), data)

    assert response.headers["Location"] == PAGE
    identity = Pilot.objects.get(pk=cast.ana.pk).identity
    assert (identity.name, identity.phone, identity.street) == ("Ana Neu", "+49541555666", "Neuer Weg 1")


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(cast, browser_of):
    data = {"name": "Ana Neu", "phone": "12", "street": "Neuer Weg 1"}
    response = browser_of(cast.ana.user).post(reverse("web:save_person"), data)

    assert response.status_code == 422
    assert Page(response).faults() == []
    assert 'value="Neuer Weg 1"' in response.content.decode()


def test_who_has_no_name_here_cannot_set_one(cast, browser_of):
    response = browser_of(cast.kaya).post(reverse("web:save_person"), {"name": "Kaya"})

    assert response.status_code == 404


def test_the_language_of_messages_is_chosen(cast, browser_of):
    browser_of(cast.ana.user).post(reverse("web:save_language"), {"language": "en"})
    assert User.objects.get(pk=cast.ana.user.pk).language == "en"

    wrong = browser_of(cast.ana.user).post(reverse("web:save_language"), {"language": "xx"})
    assert wrong.status_code == 422


# --- calendar


def feed_address(client: Client) -> str:
    page = Page(client.post(reverse("web:renew_feed"), follow=True))
    return next(str(field["value"]) for field in page.all("input") if field.get("id") == "feed-address")


def test_the_calendar_is_read_under_a_private_address(cast, browser_of):
    make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    address = feed_address(browser_of(cast.ana.user))
    response = Client().get(address)

    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.content.count(b"BEGIN:VEVENT") == 1
    assert response.headers["Cache-Control"] == "private, no-cache"
    again = Client().get(address, headers={"if-none-match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert Client().post(address).status_code == 405


def test_a_new_address_ends_the_one_before(cast, browser_of):
    client = browser_of(cast.ana.user)
    first, second = feed_address(client), feed_address(client)

    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    client.post(reverse("web:end_feed"))
    assert Client().get(second).status_code == 404
    assert first.rsplit("/", 1)[1].removesuffix(".ics") not in str(list(CalendarFeed.objects.values()))


def test_the_address_is_shown_once(cast, browser_of):
    client = browser_of(cast.ana.user)
    made = client.post(reverse("web:renew_feed"))
    assert (made.status_code, made.headers["Location"]) == (302, PAGE)
    assert client.head(PAGE).status_code == 200
    shown = client.get(PAGE)

    assert Page(shown).faults() == []
    assert "webcal://" in shown.content.decode()
    assert "kalender/" not in client.get(PAGE).content.decode().replace(reverse("web:renew_feed"), "")


def test_a_closed_login_has_no_calendar(cast, browser_of):
    address = feed_address(browser_of(cast.ana.user))
    User.objects.filter(pk=cast.ana.user.pk).update(is_active=False)

    assert Client().get(address).status_code == 404


# --- export


def test_the_export_is_there_to_read_and_to_take_along(cast):
    make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    client = fresh_browser(cast.ana.user)
    page, file = client.get(EXPORT), client.get(FILE)

    assert Page(page).faults() == []
    assert "+4954112345" in text_of(page)
    assert "Kurmandschi" in text_of(page) or "Kurdisch" in text_of(page)
    assert "attachment" in file.headers["Content-Disposition"]
    assert json.loads(file.content)["law"] == "Art. 15, 20 GDPR"
    assert "no-store" in file.headers["Cache-Control"]


def test_the_export_tells_on_which_devices_she_is_signed_in(cast):
    client = fresh_browser(cast.ana.user)
    Session.objects.filter(user=cast.ana.user).update(device="Firefox, Android")

    assert "Firefox, Android" in text_of(client.get(EXPORT))


@pytest.mark.parametrize("address", [EXPORT, FILE, ERASE])
def test_an_old_sign_in_is_not_enough(cast, address):
    response = fresh_browser(cast.ana.user, ago=3600).get(address)

    assert response.headers["Location"].startswith(FRESH)


def test_a_code_by_mail_opens_the_way(cast):
    client = fresh_browser(cast.ana.user, ago=3600)
    way = client.get(EXPORT).headers["Location"]
    assert "anmelden" not in text_of(client.get(way))
    sent = client.post(FRESH, {"next": EXPORT})
    assert Page(sent).faults() == []
    (letter,) = mail.outbox
    assert letter.to == ["ana@ana.example"]
    code = letter.subject.rsplit(" ", 1)[1]

    wrong = client.post(FRESH, {"next": EXPORT, "code": "AAAA-AAAA"})
    assert wrong.status_code == 422
    assert Page(wrong).faults() == []
    right = client.post(FRESH, {"next": EXPORT, "code": code.lower()})
    assert right.headers["Location"] == EXPORT
    assert client.get(EXPORT).status_code == 200


def test_a_code_is_good_for_a_few_tries(cast):
    client = fresh_browser(cast.ana.user, ago=3600)
    client.post(FRESH, {"next": EXPORT})
    code = mail.outbox[0].subject.rsplit(" ", 1)[1]
    for _ in range(5):
        client.post(FRESH, {"next": EXPORT, "code": "AAAA-AAAA"})

    assert client.post(FRESH, {"next": EXPORT, "code": code}).status_code == 422


def test_nobody_is_sent_elsewhere_afterwards(cast):
    client = fresh_browser(cast.ana.user, ago=3600)
    client.post(FRESH, {"next": "https://elsewhere.example/"})
    code = mail.outbox[0].subject.rsplit(" ", 1)[1]

    response = client.post(FRESH, {"next": "https://elsewhere.example/", "code": code})
    assert response.headers["Location"] == "/"


# --- erasing


def test_erasing_says_what_follows_and_asks_once_more(cast):
    make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    client = fresh_browser(cast.ana.user)
    page = client.get(ERASE)

    assert Page(page).faults() == []
    assert "Dieser Termin wird abgesagt" in text_of(page)
    unsure = client.post(ERASE, {})
    assert unsure.status_code == 422
    assert Pilot.objects.get(pk=cast.ana.pk).status == PilotStatus.ACTIVE


def test_erasing_ends_here(cast):
    client = fresh_browser(cast.ana.user)
    response = client.post(ERASE, {"sure": "on"}, follow=True)

    assert "Ihre Daten sind gelöscht" in text_of(response)
    assert Page(response).faults() == []
    assert Pilot.objects.get(pk=cast.ana.pk).status == PilotStatus.ERASED
    assert client.get(PAGE).status_code == 302


def test_the_last_administrator_is_told_why_not(cast):
    response = fresh_browser(make.an_admin("adam", cast.osnabrueck)).post(ERASE, {"sure": "on"})

    assert response.status_code == 422
    assert "Osnabrueck" in text_of(response)


def test_the_office_still_opens_its_pages(cast, browser_of):
    """Lists and timelines bear a pilot without a person."""
    request = make.a_help_request(cast.samir, cast.rita)
    make.an_assignment(request, cast.ana, cast.kaya)
    erase_account(by=cast.ana.user, now=NOW)
    kaya = browser_of(cast.kaya)

    assert kaya.get(reverse("web:office_request", args=[request.pk])).status_code == 200
    assert kaya.get(reverse("web:pilots")).status_code == 200
    assert kaya.get(reverse("web:worklist")).status_code == 200


def test_of_long_lists_the_page_shows_what_is_newest_and_the_file_has_all(cast):
    moment = "2026-01-01T10:00:00+00:00"
    opened = [{"read_at": moment, "reason": f"reason {row}", "office_id": None} for row in range(150)]

    (part,) = readable({"holdings": [], "sign_in": [], "events": [], "opened_by_others": opened})

    assert (part.count, len(part.rows)) == (150, 100)
    assert part.rows[0][-1][1] == "reason 50"
    assert part.rows[-1][-1][1] == "reason 149"


def test_the_export_of_many_appointments_costs_no_more_queries(cast, django_assert_num_queries):
    request = make.a_help_request(cast.samir, cast.rita)
    make.an_assignment(request, cast.ana, cast.kaya)
    export_of(cast.ana.user, at=NOW)  # what is looked up once is known from here on
    with CaptureQueriesContext(connection) as few:
        export_of(cast.ana.user, at=NOW)
    for day in (11, 12, 13):
        later = make.a_help_request(cast.samir, cast.rita, slots=[(at(day, 10), at(day, 11))])
        make.an_assignment(later, cast.ana, cast.kaya)

    with django_assert_num_queries(len(few)):
        export_of(cast.ana.user, at=NOW)
