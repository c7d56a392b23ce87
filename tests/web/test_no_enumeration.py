"""Nobody finds out here who has an account: the same answers and the same limits for every address."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend import settings as project  # as in production: other tests may try as often as they like
from backend.accounts.models import User
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from tests import factories as make
from tests.web.test_second_factor import current_code, signs_in_by_mail, with_app

SIGN_IN, CONFIRM = reverse("account_login"), reverse("account_confirm_login_code")
APP = "/_allauth/app/v1/auth/code/"
TOKENS = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+|("session_token": ")[^"]+')


@pytest.fixture(autouse=True)
def counting_alone(settings):
    """Real limits, in a cache of this test's own."""
    settings.ACCOUNT_RATE_LIMITS = project.ACCOUNT_RATE_LIMITS
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def a_closed_login() -> User:
    user = make.a_user("gone")
    user.is_active = False
    user.save(update_fields=["is_active"])
    return user


def seen(answer, email: str) -> tuple:
    """All that whoever asked gets to see, without what is random."""
    headers = {
        k: v
        for k, v in answer.headers.items()
        if k not in ("Content-Length", "Expires", "Set-Cookie", "X-Request-ID")
    }
    text = TOKENS.sub(r"\1\2", answer.content.decode()).replace(email, "@")
    return answer.status_code, headers, sorted(answer.cookies), text


def all_answers(email: str) -> list[tuple]:
    """From asking for a code to the third wrong one, and far beyond what is allowed; the same as an app."""
    client, answers = Client(), []
    answers.append(client.post(SIGN_IN, {"email": email}))
    answers.append(client.get(CONFIRM))
    answers += [client.post(CONFIRM, {"code": f"XXXX-XXX{n}"}) for n in range(4)]
    answers += [Client().post(SIGN_IN, {"email": email}) for _ in range(6)]
    answers.append(Client().post(APP + "request", {"email": email}, content_type="application/json"))
    return [seen(answer, email) for answer in answers]


def test_known_closed_and_unknown_addresses_get_the_same_answers_byte_for_byte(cast):
    known, closed = cast.kaya.email, a_closed_login().email
    told = {}
    for email in (known, closed, "nobody@mail.example"):
        cache.clear()
        told[email] = all_answers(email)
    assert told[known] == told[closed] == told["nobody@mail.example"]
    assert [status for status, *_ in told[known]].count(429) + [s for s, *_ in told[known]].count(200) > 1


def test_and_cause_about_the_same_work(cast):
    def work(email: str) -> tuple[int, int]:
        before = len(mail.outbox)
        with CaptureQueriesContext(connection) as queries:
            Client().post(SIGN_IN, {"email": email})
        return len(queries), len(mail.outbox) - before

    known, unknown = work(cast.kaya.email), work("nobody@mail.example")
    assert known[1] == unknown[1] == 1  # each hears by mail what to do
    assert abs(known[0] - unknown[0]) <= 1


def test_codes_of_the_app_wait_longer_and_longer_and_the_owner_hears_once(cast):
    with_app(cast.kaya)
    client, where = signs_in_by_mail(cast.kaya)
    for n in range(8):
        client.post(where, {"code": f"00000{n}"})
    # The right one is not even looked at now.
    client.post(where, {"code": current_code()})
    assert client.get(reverse("web:worklist")).status_code == 302
    assert Event.objects.filter(kind=EventKind.SIGN_IN_GUESSED).count() == 0

    cache.clear()
    for n in range(3):  # codes of mails: three tries each
        guesser = Client()
        guesser.post(SIGN_IN, {"email": cast.kaya.email})
        for _ in range(3):
            guesser.post(CONFIRM, {"code": f"XXXX-XXX{n}"})
    assert Event.objects.filter(kind=EventKind.SIGN_IN_GUESSED, subject_id=cast.kaya.pk).count() == 1


def test_no_more_codes_than_the_day_allows(cast, settings):
    settings.ACCOUNT_RATE_LIMITS = {
        **settings.ACCOUNT_RATE_LIMITS,
        "request_login_code": "3/h/key",
        "login": "",
    }
    for email in (cast.kaya.email, "nobody@mail.example"):
        before = len(mail.outbox)
        for _ in range(5):
            Client().post(SIGN_IN, {"email": email})
        assert len(mail.outbox) - before == 3
