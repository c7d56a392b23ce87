"""Can a stranger use our registrations to fill mailboxes?"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from backend.accounts.models import User
from tests.api import bodies
from tests.conftest import Cast
from tests.web.reading import Page, text_of
from tests.web.test_registration import SEEKER, VOLUNTEER

ORGANISATION = {"name": "Kita", "kind": "daycare", "street": "Lotter Straße 1", "postcode": "49074"}
PER_COMPUTER, PER_ADDRESS = "2/h/ip", "2/h/key"


@pytest.fixture
def limit(cast: Cast, settings: Any) -> Any:
    """Set the rates, with counters of this test's own."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    cast.osnabrueck.accepts_self_registration = True
    cast.osnabrueck.save()

    def set_rates(rates: str) -> None:
        settings.ACCOUNT_RATE_LIMITS = {"register": rates}

    return set_rates


def by_page(name: str, form: dict[str, Any], address: str, client: Client | None = None) -> HttpResponse:
    return (client or Client()).post(reverse(f"web:{name}"), {**form, "email": address})


def by_api(path: str, body: dict[str, Any], **headers: str) -> HttpResponse:
    data = json.dumps(body)
    return Client(headers=headers).post(f"/api/v1/{path}", data, content_type="application/json")


def oneself(address: str) -> dict[str, Any]:
    body = {**bodies.a_help_seeker(), "email": address, "person": {"name": "Rojin"}}
    del body["case_key"]
    return body


# Each public registration, over the pages and over the API.
WAYS: list[Callable[[str], HttpResponse]] = [
    lambda address: by_page("become_pilot", VOLUNTEER, address),
    lambda address: by_page("register_organisation", ORGANISATION, address),
    lambda address: by_page("seek_help", SEEKER, address),
    lambda address: by_api("pilots", bodies.a_pilot(address)),
    lambda address: by_api("organisations", bodies.an_organisation(contact_email=address)),
    lambda address: by_api("help-seekers/self", oneself(address)),
]


def test_all_registrations_of_a_computer_count_together(limit: Any) -> None:
    limit(PER_COMPUTER)
    for number in range(2):
        assert by_page("become_pilot", VOLUNTEER, f"p{number}@mail.example").status_code == 302
    answers = [register("next@mail.example") for register in WAYS]
    assert [answer.status_code for answer in answers] == [429] * 6
    assert {answer.headers["Retry-After"] for answer in answers} == {"3600"}
    assert "zu viele Anmeldungen" in text_of(answers[0])
    for answer in answers[:3]:  # nothing typed is lost
        page = Page(answer)
        assert page.faults() == []
        assert "next@mail.example" in [field.get("value") for field in page.all("input")]
    problem = json.loads(answers[3].content)
    assert answers[3].headers["Content-Type"] == "application/problem+json"
    assert (problem["code"], problem["facts"]) == ("too_many_registrations", {"retry_after": 3600})
    assert not User.objects.filter(email="next@mail.example").exists()


def test_a_report_of_a_barrier_too_many_keeps_what_was_typed(limit: Any, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"barrier": "1/h/ip"}
    address = f"{reverse('web:report_barrier')}?leitstelle=osnabrueck"
    answers = [Client().post(address, {"what": f"Die Karte {number}."}) for number in range(2)]
    assert [answer.status_code for answer in answers] == [302, 429]
    assert "Die Karte 1." in text_of(answers[1])
    assert "Retry-After" in answers[1].headers
    assert Page(answers[1]).faults() == []


@pytest.mark.parametrize("register", WAYS)
def test_each_registration_counts(limit: Any, register: Callable[[str], HttpResponse]) -> None:
    limit(PER_ADDRESS)
    statuses = [register("dilan@mail.example").status_code for _ in range(3)]
    assert statuses[0] == statuses[1] in {202, 302}
    assert statuses[2] == 429


def test_an_address_is_spared_whatever_computer_asks(limit: Any) -> None:
    limit(PER_ADDRESS)
    statuses = [
        by_page("become_pilot", VOLUNTEER, address, Client(REMOTE_ADDR=f"192.0.2.{number}")).status_code
        for number, address in enumerate(["d@mail.example", "D@mail.example ", "d@mail.example"])
    ]
    assert statuses == [302, 302, 429]
    assert by_page("become_pilot", VOLUNTEER, "other@mail.example").status_code == 302


def test_another_computer_is_not_concerned(limit: Any) -> None:
    limit("1/h/ip")
    for number in range(2):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        assert by_page("become_pilot", VOLUNTEER, f"p{number}@mail.example", client).status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "second"),
    [
        (0, "198.51.100.{}", 429),  # nobody is in front: whatever is said is made up
        (1, "198.51.100.{}, 192.0.2.9", 429),  # made up as well: our proxy wrote the last one
        (1, "198.51.100.9, 192.0.2.{}", 302),
    ],
)
def test_a_computer_cannot_pass_for_another(
    limit: Any, settings: Any, proxies: int, forwarded: str, second: int
) -> None:
    limit("1/h/ip")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    answers = []
    for number in (1, 2):
        client = Client(REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": forwarded.format(number)})
        answers.append(by_page("become_pilot", VOLUNTEER, f"x{number}@mail.example", client).status_code)
    assert answers == [302, second]


def test_looking_at_the_form_and_what_is_not_valid_costs_nothing(limit: Any) -> None:
    limit("1/h/ip")
    for _ in range(3):
        assert Client().get(reverse("web:become_pilot")).status_code == 200
        assert by_page("become_pilot", VOLUNTEER, "nobody").status_code == 422
    assert by_page("become_pilot", VOLUNTEER, "d@mail.example").status_code == 302


def test_a_coordinator_registers_as_many_as_call(limit: Any, cast: Cast, browser_of: Any) -> None:
    limit("1/h/ip")
    kaya = browser_of(cast.kaya)
    for number in range(3):
        assert by_page("become_pilot", VOLUNTEER, f"p{number}@mail.example", kaya).status_code == 302


def test_other_people_who_are_signed_in_are_counted(limit: Any, cast: Cast, browser_of: Any) -> None:
    limit("1/h/ip")
    rita = browser_of(cast.rita)
    assert by_page("become_pilot", VOLUNTEER, "", rita).status_code == 302
    assert by_page("register_organisation", ORGANISATION, "", rita).status_code == 429


def test_a_refusal_for_being_too_many_may_be_tried_again_with_the_same_key(limit: Any) -> None:
    limit("1/h/ip")
    by_api("pilots", bodies.a_pilot("p@mail.example"))
    refused = by_api("pilots", bodies.a_pilot("d@mail.example"), idempotency_key="one")
    assert refused.status_code == 429
    cache.clear()
    again = by_api("pilots", bodies.a_pilot("d@mail.example"), idempotency_key="one")
    assert (again.status_code, "Idempotency-Replayed" in again.headers) == (202, False)


def test_a_lost_redis_refuses_nobody(limit: Any, settings: Any) -> None:
    limit("1/h/ip")
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock",
        }
    }
    assert [register("d@mail.example").status_code for register in WAYS] == [302] * 3 + [202] * 3
