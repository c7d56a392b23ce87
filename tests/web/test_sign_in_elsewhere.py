"""Single sign-on: who comes in by a municipality's service, what counts as a second factor, and what is refused."""

import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from backend.accounts.commands import invite
from backend.accounts.entry import openid
from backend.accounts.models import SignInElsewhere, User
from backend.accounts.roles import Role
from backend.sign_in_providers import Provider, providers
from tests import factories as make
from tests.factories import NOW
from tests.web.account_browser import fresh_browser
from tests.web.identity_provider import CLIENT, OTHER_KEY, SECRET, IdentityProvider, running
from tests.web.reading import Page, text_of

BEGIN, BACK = (reverse(name, args=["stadt"]) for name in ("sign_in_elsewhere", "sign_in_elsewhere_back"))


@pytest.fixture(scope="module")
def service() -> Iterator[IdentityProvider]:
    with running() as provider:
        yield provider


@pytest.fixture
def idp(service: IdentityProvider, settings) -> IdentityProvider:
    fresh = IdentityProvider(url=service.url)
    service.__dict__.update(fresh.__dict__)
    openid._known.clear()
    settings.SIGN_IN_PROVIDERS = {"stadt": a_provider(service)}
    service.person = {
        "sub": "s-1",
        "email": "kaya@kaya.example",
        "email_verified": True,
        "amr": ["pwd", "mfa"],
    }
    return service


def a_provider(idp: IdentityProvider, **given) -> Provider:
    told = {"offices": ("osnabrueck",), "strong_amr": ("mfa",), "strong_acr": ("high",)}
    return Provider("stadt", "Stadt", idp.url, CLIENT, SECRET, **{**told, **given})


def there_and_back(idp: IdentityProvider, client: Client, *, where: str = BEGIN, **changed: str | None):
    """The answer to the browser that went to the service and came back, with something `changed` in the address."""
    to = client.get(where)
    assert to.status_code == 302, to.status_code
    back = urlsplit(idp.authorize(to.headers["Location"]))
    query = {name: values[0] for name, values in parse_qs(back.query).items()} | changed
    return client.get(f"{back.path}?{urlencode({k: v for k, v in query.items() if v is not None})}")


def who_is_in(client: Client) -> str:
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk).email if pk else ""


def test_a_coordinator_comes_in_and_the_services_second_factor_counts(cast, idp):
    assert cast.kaya
    client = Client()
    answer = there_and_back(idp, client, where=f"{BEGIN}?next={reverse('web:worklist')}")

    assert idp.faults == []
    assert answer.headers["Location"] == reverse("web:worklist")
    assert client.get(reverse("web:worklist")).status_code == 200
    link = SignInElsewhere.objects.get()
    assert (link.user, link.provider, link.subject) == (cast.kaya, "stadt", "s-1")
    # Known by the service's own key from now on, whatever becomes of the address.
    idp.person = {**idp.person, "email": "renamed@kaya.example"}
    assert there_and_back(idp, again := Client()).status_code == 302
    assert who_is_in(again) == cast.kaya.email


@pytest.mark.parametrize(
    "strength", [{"amr": ["pwd"]}, {"amr": "mfa"}, {"amr": None}, {"acr": "low", "amr": []}]
)
def test_without_its_second_factor_ours_is_asked_for(cast, idp, strength):
    assert cast.kaya
    idp.person = {**idp.person, **strength}
    client = Client()
    there_and_back(idp, client)
    assert client.get(reverse("web:worklist")).headers["Location"] == reverse("mfa_index")


def test_the_class_of_the_sign_in_can_count_too(cast, idp):
    assert cast.kaya
    idp.person = {**idp.person, "amr": [], "acr": "high"}
    there_and_back(idp, client := Client())
    assert client.get(reverse("web:worklist")).status_code == 200


def claims(**changed):
    def twist(told):
        return {name: value for name, value in {**told, **changed}.items() if value != "gone"}

    return twist


TWISTS = {
    "nonce": claims(nonce="x" * 43),
    "no nonce": claims(nonce="gone"),
    "issuer": claims(iss="https://elsewhere.example"),
    "audience": claims(aud="another"),
    "several audiences": claims(aud=["ilos", "another"]),
    "authorized party": claims(azp="another"),
    "run out": claims(exp=int(time.time()) - 3600),
    "issued long ago": claims(iat=int(time.time()) - 3600),
    "no subject": claims(sub="gone"),
    "unverified address": claims(email_verified=False),
    "nothing said of the address": claims(email_verified="gone"),
    "unknown person": claims(email="nobody@stadt.example"),
    "somebody of another office": claims(email="frauke@frauke.example"),
}


@pytest.mark.parametrize("what", TWISTS)
def test_what_the_service_must_not_say(cast, idp, what):
    assert cast.kaya and cast.frauke
    idp.twist = TWISTS[what]
    before = User.objects.count()
    answer = there_and_back(idp, client := Client())

    assert answer.status_code == 403
    assert Page(answer).faults() == []
    assert (who_is_in(client), SignInElsewhere.objects.count(), User.objects.count()) == ("", 0, before)


@pytest.mark.parametrize("forged", [{"signs_with": OTHER_KEY}, {"algorithm": "HS256"}])
def test_a_forged_signature_is_refused(cast, idp, forged):
    assert cast.kaya
    idp.__dict__.update(forged)
    assert there_and_back(idp, Client()).status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "x" * 43}, {"state": None}, {"code": "x"}, {"code": None}, {"iss": "https://elsewhere.example"},
        {"iss": None}, {"error": "access_denied"},
    ],
)  # fmt: skip
def test_a_changed_answer_is_refused(cast, idp, changed):
    assert cast.kaya
    assert there_and_back(idp, client := Client(), **changed).status_code == 403
    assert who_is_in(client) == ""


def test_an_answer_is_good_once_and_for_the_browser_that_asked(cast, idp):
    assert cast.kaya
    client = Client()
    address = idp.authorize(client.get(BEGIN).headers["Location"])
    assert Client().get(address).status_code == 403
    assert client.get(address).status_code == 302
    assert client.get(address).status_code == 403


def test_services_that_point_elsewhere_are_not_followed(cast, idp):
    for metadata in (
        {"token_endpoint": "http://inside.example/"},
        {"issuer": "https://other.example"},
        {"jwks_uri": 7},
    ):
        openid._known.clear()
        idp.metadata = metadata
        answer = Client().get(BEGIN)
        assert answer.status_code == 502
        assert Page(answer).faults() == []


def test_an_address_that_went_on_to_somebody_else_opens_nothing(cast, idp):
    assert cast.kaya
    there_and_back(idp, Client())
    idp.person = {**idp.person, "sub": "s-2"}
    assert there_and_back(idp, Client()).status_code == 403


def test_an_invited_person_takes_the_role_by_coming_in(cast, idp):
    adam = make.an_admin("adam", cast.osnabrueck)
    invite(
        email="new@stadt.example", role=Role.COORDINATOR, language="de", office_id=cast.osnabrueck.pk,
        organisation_id=None, by=adam, now=NOW,
    )  # fmt: skip
    idp.person = {**idp.person, "email": "new@stadt.example"}
    there_and_back(idp, client := Client())
    assert client.get(reverse("web:worklist")).status_code == 200
    assert User.objects.get(email="new@stadt.example").has_role(Role.COORDINATOR)


def test_domains_bound_whom_a_service_vouches_for(cast, idp, settings):
    assert cast.kaya
    settings.SIGN_IN_PROVIDERS = {"stadt": a_provider(idp, domains=("stadt.example",))}
    assert there_and_back(idp, Client()).status_code == 403


def test_linked_and_taken_away_on_the_page_of_ones_ways_in(cast, idp):
    client = fresh_browser(cast.kaya)
    idp.person = {**idp.person, "email": "other@stadt.example"}
    link = reverse("link_sign_in", args=["stadt"])
    assert there_and_back(idp, client, where=link).headers["Location"] == reverse("mfa_index")
    page = client.get(reverse("mfa_index"))
    assert Page(page).faults() == []
    assert "Stadt" in text_of(page)
    # Somebody else's browser cannot link the same account of the service.
    ana = fresh_browser(make.a_coordinator("karl", cast.osnabrueck))
    assert there_and_back(idp, ana, where=link).status_code == 403
    client.post(reverse("unlink_sign_in", args=["stadt"]))
    assert not SignInElsewhere.objects.exists()
    # An hour later it would have asked first.
    assert "bestaetigen" in fresh_browser(cast.kaya, ago=3600).get(link).headers["Location"]


def test_the_button_stands_only_where_a_service_is_configured(cast, idp, settings):
    sign_in = reverse("account_login")
    assert BEGIN in Client().get(sign_in).content.decode()
    settings.SIGN_IN_PROVIDERS = {"stadt": a_provider(idp, hosts=("elsewhere.example",))}
    assert BEGIN not in Client().get(sign_in).content.decode()
    settings.SIGN_IN_PROVIDERS = {}
    assert BEGIN not in Client().get(sign_in).content.decode()
    assert Client().get(BEGIN).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"SSO_STADT_ISSUER": "http://sso.stadt.example"},
        {"SSO_STADT_ISSUER": "https://sso.stadt.example/?x"},
        {"SSO_STADT_CLIENT_SECRET": None},
        {"SSO_PROVIDERS": "Stadt"},
        {"SSO_PROVIDERS": "stadt,kreis", "SSO_STADT_OFFICES": None},
    ],
)
def test_a_service_that_is_half_configured_stops_the_start(monkeypatch, wrong):
    whole = {
        "SSO_PROVIDERS": "stadt", "SSO_STADT_ISSUER": "https://sso.stadt.example", "SSO_STADT_CLIENT_ID": "ilos",
        "SSO_STADT_CLIENT_SECRET": "s", "SSO_STADT_OFFICES": "stadt", "SSO_STADT_STRONG_AMR": "mfa, hwk",
        "SSO_KREIS_ISSUER": "https://sso.kreis.example", "SSO_KREIS_CLIENT_ID": "ilos",
        "SSO_KREIS_CLIENT_SECRET": "s", "SSO_KREIS_DOMAINS": "kreis.example",
    }  # fmt: skip
    for name, value in whole.items():
        monkeypatch.setenv(name, value)
    found = providers(secure=True)["stadt"]
    assert (found.offices, found.strong_amr) == (("stadt",), ("mfa", "hwk"))
    for name, value in wrong.items():
        monkeypatch.setenv(name, value) if value is not None else monkeypatch.delenv(name)
    with pytest.raises(ImproperlyConfigured, match="SSO_"):
        providers(secure=True)
