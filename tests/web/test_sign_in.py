"""Signing in by mail code, in the own language; nobody learns who has an account."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from stack.ports import any_free_port

from backend.people.policies import missing_for_activation
from tests import factories as make
from tests.web.reading import Page, text_of

SIGN_IN = reverse("account_login")
CONFIRM = reverse("account_confirm_login_code")


@pytest.fixture(autouse=True)
def fresh_rate_limits(settings):
    """The limits count in a cache of this test's own."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def code_in(message) -> str:
    return re.search(r"^[A-Z0-9-]{6,}$", message.body, re.MULTILINE)[0]


def test_with_the_code_from_the_mail_to_the_page_of_the_role(cast):
    browser = Client()
    asked = browser.post(SIGN_IN, {"email": cast.rita.email}, follow=True)
    assert asked.redirect_chain[-1][0].startswith(CONFIRM)
    assert Page(asked).faults() == []
    (message,) = mail.outbox
    assert message.to == [cast.rita.email]
    assert message.subject == f"Ihr Code zum Anmelden: {code_in(message)}"
    assert "Guten Tag" in message.body
    done = browser.post(CONFIRM, {"code": code_in(message)}, follow=True)
    assert [url for url, _status in done.redirect_chain] == [reverse("web:home"), reverse("web:my_requests")]


def test_the_first_sign_in_proves_the_address_and_lets_the_consents_count(cast, clock):
    pilot = make.a_pilot("dilan", cast.kaya, active=False)
    assert "confidentiality_pledge" in missing_for_activation(pilot)
    browser = Client()
    browser.post(SIGN_IN, {"email": pilot.user.email})
    assert "confidentiality_pledge" in missing_for_activation(pilot)
    browser.post(CONFIRM, {"code": code_in(mail.outbox[0])})
    assert "confidentiality_pledge" not in missing_for_activation(pilot)
    assert set(pilot.user.consents.values_list("confirmed_at", "confirmed_by")) == {
        (clock.now, pilot.user_id)
    }


def test_back_to_the_page_that_asked_for_it(cast):
    browser = Client()
    refused = browser.get(reverse("web:pilots"))
    asked = browser.post(refused.headers["Location"], {"email": cast.kaya.email})
    done = browser.post(asked.headers["Location"], {"code": code_in(mail.outbox[0])})
    assert done.headers["Location"] == reverse("web:pilots")


def test_a_wrong_code_stays_outside(cast):
    browser = Client()
    browser.post(SIGN_IN, {"email": cast.kaya.email})
    wrong = browser.post(CONFIRM, {"code": "WRONG1"})
    assert Page(wrong).faults() == []
    assert "Dieser Code passt nicht" in text_of(wrong)
    assert browser.get(reverse("web:worklist")).status_code == 302


def test_a_code_is_good_once_and_in_the_browser_that_asked_for_it(cast):
    client, other = Client(), Client()
    for browser in (client, other):
        browser.post(reverse("account_login"), {"email": cast.rita.email})
    code = mail.outbox[-2].subject.rsplit(" ", 1)[1]
    other.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" not in other.session
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" not in client.session


def test_strangers_see_the_same_page_and_a_mail_says_the_rest(db):
    browser = Client()
    asked = browser.post(SIGN_IN, {"email": "nobody@nowhere.example"}, follow=True)
    assert asked.redirect_chain[-1][0].startswith(CONFIRM)
    (message,) = mail.outbox
    assert "kein Konto" in message.subject.replace("Kein", "kein")
    assert reverse("account_signup") in message.body
    assert browser.get(reverse("account_signup")).headers["Location"] == reverse("web:become_pilot")


def test_where_no_mail_can_be_sent_the_page_says_so(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", any_free_port()  # nobody listens there
    asked = Client().post(SIGN_IN, {"email": cast.rita.email})
    assert asked.status_code == 503
    assert "Wir können gerade keine E-Mails verschicken" in text_of(asked)
    assert Page(asked).faults() == []


def test_no_password_is_asked_for_anywhere(cast):
    for page in (SIGN_IN, reverse("account_request_login_code")):
        assert not [
            field for field in Page(Client().get(page)).all("input") if field.get("type") == "password"
        ]


def test_the_user_s_language_comes_with_the_sign_in(cast):
    make.a_user("emma", language="en")
    browser = Client(headers={"accept-language": "de"})
    browser.post(SIGN_IN, {"email": "emma@emma.example"})
    done = browser.post(CONFIRM, {"code": code_in(mail.outbox[0])}, follow=True)
    assert "Welcome" in text_of(done)


def test_signing_out(cast, browser_of):
    browser = browser_of(cast.kaya)
    assert Page(browser.get(reverse("account_logout"))).faults() == []
    browser.post(reverse("account_logout"))
    assert browser.get(reverse("web:worklist")).status_code == 302
