"""Sessions: how long they live, what is stored of them, who sees and ends them, and what a new device sets off."""

from datetime import timedelta

import pytest
from django.conf import settings as project
from django.core import mail
from django.test import Client
from django.urls import reverse

from backend.accounts.entry.commands.sign_ins import end_session
from backend.accounts.models import KnownBrowser, Session
from backend.errors import NotThere
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.keeping import Period
from backend.privacy import retention
from backend.privacy.register import entry_of
from backend.web import sessions
from tests.asserting import recorded, refused
from tests.factories import NOW
from tests.web.account_browser import fresh_browser
from tests.web.reading import Page, text_of
from tests.web.test_second_factor import signs_in_by_mail

LIST, OTHERS = reverse("web:my_sessions"), reverse("web:end_other_sessions")
FIREFOX = {"user-agent": "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"}
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ACCOUNT_RATE_LIMITS = False
    settings.STAFF_SESSION_IDLE_SECONDS, settings.STAFF_SESSION_SECONDS = 30 * MINUTE, 10 * HOUR
    settings.SESSION_IDLE_SECONDS = 14 * DAY


def is_in(client: Client) -> bool:
    return client.get(LIST).status_code == 200


def at(clock, seconds: float) -> None:
    clock.now = NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("who", "rests", "lives"), [("kaya", 30 * MINUTE, 10 * HOUR), ("rita", 14 * DAY, 90 * DAY)]
)
def test_a_session_ends_when_it_rests_and_when_it_is_old(cast, clock, who, rests, lives):
    user = getattr(cast, who)
    resting = fresh_browser(user)
    at(clock, rests - 1)
    assert is_in(resting)
    at(clock, 2 * rests - 1)
    assert not is_in(resting)

    at(clock, 0)
    used, spent = fresh_browser(user), 0.0
    while spent + rests - 1 < lives:
        spent += rests - 1
        at(clock, spent)
        assert is_in(used)
    at(clock, lives)
    assert not is_in(used)
    assert not Session.objects.filter(user=user).exists()


def test_the_table_opens_no_session(cast):
    client = fresh_browser(cast.kaya)
    key, row = client.session.session_key, Session.objects.get()

    assert key not in f"{row.hash} {row.data}" and str(cast.kaya.pk) not in str(row.__dict__["data"])
    for stolen in (row.hash, row.__dict__["data"], str(row.pk)):
        thief = Client()
        thief.cookies[project.SESSION_COOKIE_NAME] = stolen
        assert not is_in(thief)


def test_signing_in_changes_the_key(cast):
    client = Client()
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"email": cast.rita.email})
    waiting = client.session.session_key
    client.post(reverse("account_confirm_login_code"), {"code": mail.outbox[-1].subject.rsplit(" ", 1)[1]})
    assert is_in(client)
    assert client.session.session_key != waiting
    fixed = Client()
    fixed.cookies[project.SESSION_COOKIE_NAME] = waiting
    assert not is_in(fixed)


def test_listed_with_device_and_time_and_ended_at_once(cast):
    here, there = fresh_browser(cast.rita), Client(headers=FIREFOX)
    there.force_login(cast.rita)
    Session.objects.exclude(hash=sessions.digest(here.session.session_key)).update(device="Firefox, Android")
    page = here.get(LIST)
    assert Page(page).faults() == []
    assert "Firefox, Android" in text_of(page)
    assert "dieses Gerät" in text_of(page)

    other = Session.objects.get(device="Firefox, Android")
    with refused(NotThere, "session_unknown"):
        end_session(session_id=other.pk, by=cast.otto, now=NOW)
    here.post(reverse("web:end_session", args=[other.pk]))
    assert not is_in(there) and is_in(here)
    assert recorded(EventKind.SESSIONS_ENDED, cast.rita).facts == {"number": 1}
    # Of the one in hand it is an ordinary sign-out.
    own = Session.objects.get(user=cast.rita)
    assert here.post(reverse("web:end_session", args=[own.pk])).headers["Location"] == reverse(
        "account_login"
    )
    assert not is_in(here)


def test_all_others_end_and_what_they_write_counts_no_more(cast):
    here, others = fresh_browser(cast.rita), [fresh_browser(cast.rita) for _ in range(3)]
    half_done = sessions.SessionStore(others[0].session.session_key)
    half_done["typed"] = "something"
    here.post(OTHERS)
    assert is_in(here) and not any(is_in(other) for other in others)
    with pytest.raises(sessions.UpdateError):
        half_done.save()
    assert Session.objects.filter(user=cast.rita).count() == 1


def test_a_device_that_is_new_is_told_and_one_that_is_known_is_not(cast):
    def mails() -> int:
        return Event.objects.filter(kind=EventKind.SIGNED_IN_ON_NEW_DEVICE).count()

    client, _ = signs_in_by_mail(cast.rita)
    assert mails() == 0  # the first of all
    known = client.cookies[project.KNOWN_BROWSER_COOKIE]
    assert known["httponly"] and known["samesite"] == "Lax"
    assert known.value not in KnownBrowser.objects.get().hash
    signs_in_by_mail(cast.rita)
    assert mails() == 1
    client.post(reverse("account_logout"))
    client.post(reverse("account_login"), {"email": cast.rita.email})
    client.post(reverse("account_confirm_login_code"), {"code": mail.outbox[-1].subject.rsplit(" ", 1)[1]})
    assert is_in(client) and mails() == 1


def test_what_is_over_is_forgotten_by_the_clock(cast, clock):
    fresh_browser(cast.rita)
    at(clock, 13 * DAY)
    fresh_browser(cast.rita)
    KnownBrowser.objects.create(user=cast.rita, hash="x", last_seen_at=NOW - timedelta(days=365))
    at(clock, 15 * DAY)
    retention.run(now=clock.now)
    assert Session.objects.count() == 1
    assert not KnownBrowser.objects.exists()
    # The nightly run takes a session when nobody can go on with it any more, and not earlier.
    assert entry_of(Session).period == Period(project.SESSION_IDLE_SECONDS // DAY, "day")
