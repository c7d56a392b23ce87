"""Passkeys, the app with codes and emergency codes: who is asked for what, on pages of our own."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from backend.accounts.entry.commands.emergency_codes import make_emergency_codes
from backend.accounts.entry.emergency_codes import as_typed
from backend.accounts.models import User
from tests.factories import NOW
from tests.web.account_browser import fresh_browser
from tests.web.reading import Page, text_of

SECRET = "JBSWY3DPEHPK3PXP"
LEFT_ENGLISH = re.compile(r"\b(the|your|code for|Security Key|Authenticator|Recovery)\b")


@pytest.fixture(autouse=True)
def mails(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # the real one is slow on purpose


def with_app(user: User) -> None:
    TOTP.activate(user, SECRET)


def with_passkey(user: User) -> Authenticator:
    return Authenticator.objects.create(
        user=user, type="webauthn", data={"name": "mein Telefon", "credential": {}}
    )


def current_code(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def signs_in_by_mail(user: User) -> tuple[Client, str]:
    """The browser after the code of the mail, and where it was sent."""
    client = Client()
    client.post(reverse("account_login"), {"email": user.email})
    code = mail.outbox[-1].subject.rsplit(" ", 1)[1]
    response = client.post(reverse("account_confirm_login_code"), {"code": code})
    return client, response.headers["Location"]


def test_the_sign_in_page_offers_a_passkey_to_scripts_and_the_mail_to_all(db):
    response = Client().get(reverse("account_login"))
    page = Page(response)
    (form,) = [attrs for attrs in page.all("form") if attrs.get("data-passkey")]

    assert page.faults() == []
    assert "hidden" in form
    options = Client().get(form["data-from"], headers={"accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"


@pytest.mark.parametrize("who", ["ana", "kaya"])
def test_pages_of_ones_own_ways_in_are_german_and_sound(cast, who):
    user = cast.ana.user if who == "ana" else cast.kaya
    with_app(user)
    make_emergency_codes(by=user, now=NOW)
    passkey = with_passkey(user)
    client = fresh_browser(user)
    for name, args in [
        ("mfa_index", []),
        ("mfa_list_webauthn", []),
        ("mfa_edit_webauthn", [passkey.pk]),
        ("mfa_remove_webauthn", [passkey.pk]),
        ("mfa_deactivate_totp", []),
        ("emergency_codes", []),
    ]:
        response = client.get(reverse(name, args=args))
        assert response.status_code == 200, name
        assert Page(response).faults() == [], name
        assert not LEFT_ENGLISH.search(text_of(response)), name


def test_setting_up_a_passkey_gives_the_script_what_it_needs(cast):
    response = fresh_browser(cast.ana.user).get(reverse("mfa_add_webauthn"))
    (form,) = [attrs for attrs in Page(response).all("form") if attrs.get("data-passkey")]

    assert Page(response).faults() == []
    assert '"challenge"' in str(form["data-options"])
    assert "Passkey 1" in response.content.decode()


@pytest.mark.parametrize("name", ["mfa_add_webauthn", "mfa_activate_totp"])
def test_an_open_browser_is_not_enough_to_make_a_new_way_in(cast, name):
    response = fresh_browser(cast.ana.user, ago=3600).get(reverse(name))

    assert response.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_an_app_is_set_up_and_its_secret_lies_sealed(cast):
    client = fresh_browser(cast.kaya)
    page = client.get(reverse("mfa_activate_totp"))
    assert Page(page).faults() == []
    assert "data:image/svg+xml" in page.content.decode()
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000x"})
    assert "Dieser Code passt nicht" in text_of(wrong)
    secret = client.session["mfa.totp.secret"]

    response = client.post(reverse("mfa_activate_totp"), {"code": current_code(secret)})
    assert response.headers["Location"] == reverse("emergency_codes")
    stored = Authenticator.objects.get(user=cast.kaya, type="totp").data["secret"]
    assert stored.startswith("v1:")
    assert secret not in stored


def test_staff_with_an_app_are_asked_for_its_code_too(cast):
    with_app(cast.kaya)
    client, where = signs_in_by_mail(cast.kaya)

    assert where == reverse("mfa_authenticate")
    step = client.get(where)
    assert Page(step).faults() == []
    assert client.get(reverse("web:worklist")).status_code == 302
    wrong = client.post(where, {"code": "1"})
    assert "Dieser Code passt nicht" in text_of(wrong)
    client.post(where, {"code": current_code()})
    assert client.get(reverse("web:worklist")).status_code == 200


def test_a_volunteer_who_has_set_up_an_app_is_held_to_it(cast):
    with_app(cast.ana.user)
    client, where = signs_in_by_mail(cast.ana.user)

    assert where == reverse("mfa_authenticate")
    assert client.get(reverse("web:my_assignments")).status_code == 302
    client.post(where, {"code": current_code()})
    assert client.get(reverse("web:my_assignments")).status_code == 200


def test_staff_with_a_passkey_cannot_go_round_it_by_mail(cast):
    with_app(cast.kaya)
    with_passkey(cast.kaya)
    Authenticator.objects.filter(type="totp").delete()

    # The second step itself needs a real key: the browser's tests go through it.
    assert fresh_browser(cast.kaya).get(reverse("mfa_index")).status_code == 200
    client = Client()
    client.post(reverse("account_login"), {"email": cast.kaya.email})
    code = mail.outbox[-1].subject.rsplit(" ", 1)[1]
    response = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert response.headers["Location"] == reverse("mfa_authenticate")


def test_a_volunteers_passkey_does_not_lock_her_other_devices(cast):
    with_passkey(cast.ana.user)
    client, where = signs_in_by_mail(cast.ana.user)

    assert where == reverse("web:home")
    assert client.get(reverse("web:my_assignments")).status_code == 200


def test_an_emergency_code_lets_in_once(cast):
    with_app(cast.kaya)
    code = make_emergency_codes(by=cast.kaya, now=NOW)[0]
    for expected in (200, 302):
        client, where = signs_in_by_mail(cast.kaya)
        client.post(where, {"code": code})
        assert client.get(reverse("web:worklist")).status_code == expected


def test_emergency_codes_are_shown_when_they_are_made_and_never_again(cast):
    with_app(cast.kaya)
    client = fresh_browser(cast.kaya)
    before = client.get(reverse("emergency_codes"))
    assert "Sie bekommen zehn Codes" in text_of(before)
    made = client.post(reverse("emergency_codes"))
    codes = re.findall(r">(\d{4}-\d{4}-\d{4}-\d{4})<", made.content.decode())

    assert len(set(codes)) == 10
    assert (Page(before).faults(), Page(made).faults()) == ([], [])
    assert "no-store" in made.headers["Cache-Control"]
    kept = str(dict(client.session.items())) + text_of(client.get(reverse("mfa_index")))
    later = text_of(client.get(reverse("emergency_codes")))
    assert "10 Codes sind übrig" in later
    assert not [code for code in codes if code in later or as_typed(code) in later + kept or code in kept]
    assert client.get("/konto/2fa/recovery-codes/").status_code == 404
    assert client.get("/konto/2fa/recovery-codes/download/").status_code == 404


def test_an_open_browser_makes_no_emergency_codes(cast):
    with_app(cast.kaya)
    response = fresh_browser(cast.kaya, ago=3600).post(reverse("emergency_codes"))
    assert response.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert not Authenticator.objects.filter(type="recovery_codes").exists()
    # Without anything they could stand in for there is nothing to make.
    assert fresh_browser(cast.ana.user).post(reverse("emergency_codes")).status_code == 422


def test_so_many_sets_of_codes_and_no_more(cast, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"make_emergency_codes": "1/h/user"}
    with_app(cast.kaya)
    client = fresh_browser(cast.kaya)
    assert [client.post(reverse("emergency_codes")).status_code for _ in range(2)] == [200, 429]


NONSENSE = [
    "",
    "[]",
    "1",
    "{}",
    '{"id": "x"}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": null}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": "_", "clientDataJSON": "eA", '
    '"authenticatorData": "eA", "signature": "eA"}}',
]


@pytest.mark.parametrize("credential", NONSENSE)
def test_nonsense_for_a_passkey_does_not_fit(cast, credential):
    stranger = Client()
    stranger.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    response = stranger.post(reverse("mfa_login_webauthn"), {"credential": credential}, follow=True)
    assert response.status_code == 200
    assert "_auth_user_id" not in response.client.session

    client = fresh_browser(cast.ana.user)
    client.get(reverse("mfa_add_webauthn"))
    response = client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential})
    assert response.status_code == 200
    assert Page(response).faults() == []
    assert not Authenticator.objects.exists()
