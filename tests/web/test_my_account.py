"""Keys for programs and another address: proven first, shown once, told to whom it concerns."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from backend.accounts.models import ApiToken, EmailChange, User
from backend.journal.kinds import EventKind
from tests.asserting import recorded
from tests.notifications.conftest import post  # noqa: F401
from tests.web.account_browser import fresh_browser
from tests.web.reading import Page, text_of

TOKENS, ADDRESS = reverse("web:my_tokens"), reverse("web:my_address")
WANTED = {"name": "Fachverfahren", "scopes": ["read", "requests"], "days": "90"}


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ACCOUNT_RATE_LIMITS = False


def code_sent() -> str:
    return mail.outbox[-1].subject.rsplit(" ", 1)[1]


def test_a_key_is_made_shown_once_used_and_ended(cast, post, caplog):  # noqa: F811
    client = fresh_browser(cast.kaya)
    assert Page(client.get(TOKENS)).faults() == []
    answer = client.post(TOKENS, WANTED)
    assert answer.headers["Location"] == TOKENS
    page = Page(client.get(TOKENS))
    assert page.faults() == []
    (secret,) = [field["value"] for field in page.all("input") if field.get("id") == "new-token"]
    assert secret.startswith("ilos_")
    assert secret not in client.get(TOKENS).content.decode()

    token = ApiToken.objects.get()
    assert (token.user, token.scopes, token.is_strong) == (cast.kaya, ["read", "requests"], True)
    program = Client(headers={"authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/me").status_code == 200
    assert "security_notice" in [each.template for each in post.deliver()]
    client.post(reverse("web:revoke_token", args=[token.pk]))
    assert program.get("/api/v1/me").status_code == 401
    assert "beendet" in text_of(client.get(TOKENS))
    assert secret not in caplog.text


@pytest.mark.parametrize(
    "wrong", [{"scopes": []}, {"scopes": ["all"]}, {"days": "4000"}, {"name": ""}, {"days": "x"}]
)
def test_a_key_that_is_refused(cast, wrong):
    answer = fresh_browser(cast.kaya).post(TOKENS, {**WANTED, **wrong})
    assert answer.status_code == 422
    assert Page(answer).faults() == []
    assert not ApiToken.objects.exists()


def test_keys_are_for_their_owner_and_for_who_has_just_signed_in(cast):
    fresh_browser(cast.kaya).post(TOKENS, WANTED)
    token = ApiToken.objects.get()
    fresh_browser(cast.frauke).post(reverse("web:revoke_token", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at is None
    assert "Fachverfahren" not in text_of(fresh_browser(cast.frauke).get(TOKENS))
    for url in (TOKENS, ADDRESS):
        stale = fresh_browser(cast.rita, ago=3600)
        for answer in (stale.get(url), stale.post(url, WANTED)):
            assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_the_new_address_is_proven_and_the_old_one_hears_of_it(cast, post):  # noqa: F811
    client, old = fresh_browser(cast.rita), cast.rita.email
    assert Page(client.get(ADDRESS)).faults() == []
    client.post(ADDRESS, {"email": "Rita@Neu.example"})
    assert mail.outbox[-1].to == ["rita@neu.example"]
    wrong = client.post(ADDRESS, {"code": "XXXX-XXXX"})
    assert wrong.status_code == 422 and Page(wrong).faults() == []
    assert User.objects.get(pk=cast.rita.pk).email == old
    client.post(ADDRESS, {"code": code_sent().lower()})

    assert User.objects.get(pk=cast.rita.pk).email == "rita@neu.example"
    change = EmailChange.objects.get()
    assert recorded(EventKind.EMAIL_CHANGED, change)
    (told,) = [each for each in post.deliver() if each.template == "email_changed"]
    assert told.to == old
    assert "rita@neu.example" not in str(told.message.body)


def test_a_code_is_good_for_a_few_tries(cast):
    client = fresh_browser(cast.rita)
    client.post(ADDRESS, {"email": "rita@neu.example"})
    for _ in range(3):
        client.post(ADDRESS, {"code": "XXXX-XXXX"})
    client.post(ADDRESS, {"code": code_sent()})
    assert User.objects.get(pk=cast.rita.pk).email == "rita@rita.example"


def test_an_address_of_somebody_else_reads_like_any_other(cast):
    def page(email: str) -> str:
        client = fresh_browser(cast.rita)
        answer = client.post(ADDRESS, {"email": email}, follow=True)
        return text_of(answer).replace(email, "")

    assert page(cast.otto.email) == page("nobody@else.example")
    assert "Code" not in mail.outbox[-2].subject and mail.outbox[-2].to == [cast.otto.email]
