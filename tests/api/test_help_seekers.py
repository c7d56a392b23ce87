"""Help-seekers through the API: registered under a case key, or by themselves where the office allows it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from backend.journal.models import AccessLog
from backend.people.models import HelpSeeker
from tests.api import bodies
from tests.api.conftest import Caller, assert_problem
from tests.conftest import Cast

As = Callable[..., Caller]


def body(response: HttpResponse, status: int = 200) -> Any:
    read = json.loads(response.content)
    assert response.status_code == status, read
    return read


def oneself(**changes: Any) -> dict[str, Any]:
    about = bodies.a_help_seeker(
        email="samira@mail.example", language="de", person={"name": "Samira", "phone": "0541 77 88 99"}
    )
    del about["case_key"]
    return {**about, **changes}


def test_a_requester_registers_for_her_organisation(cast: Cast, as_user: As) -> None:
    made = body(as_user(cast.rita).post("help-seekers", bodies.a_help_seeker()), 201)
    assert made["organisation"]["id"] == str(cast.school.pk)
    assert made["office"]["id"] == str(cast.osnabrueck.pk)
    assert made["home"] == {"postcode": "49076", "place": "Osnabrück"}


def test_a_case_key_is_given_once(cast: Cast, as_user: As) -> None:
    as_user(cast.rita).post("help-seekers", bodies.a_help_seeker())
    assert_problem(as_user(cast.rita).post("help-seekers", bodies.a_help_seeker()), 409, "case_key_taken")


def test_pilots_and_strangers_register_nobody(cast: Cast, as_user: As, anonymous: Caller) -> None:
    assert_problem(as_user(cast.ana.user).post("help-seekers", bodies.a_help_seeker()), 403, "not_permitted")
    assert_problem(
        as_user(cast.otto).post("help-seekers", bodies.a_help_seeker()), 403, "organisation_not_served"
    )
    assert_problem(anonymous.post("help-seekers", bodies.a_help_seeker()), 401, "sign_in_needed")
    assert not HelpSeeker.objects.exists()


def test_who_sees_whom(cast: Cast, as_user: As, anonymous: Caller) -> None:
    samir = cast.samir
    for user in (cast.rita, cast.kaya):
        assert bodies.ids(body(as_user(user).get("help-seekers"))["results"]) == {str(samir.pk)}
        assert body(as_user(user).get(f"help-seekers/{samir.pk}"))["case_key"] == "SCH-7"
    for user in (cast.otto, cast.frauke, cast.ana.user):
        assert body(as_user(user).get("help-seekers"))["results"] == []
        assert_problem(as_user(user).get(f"help-seekers/{samir.pk}"), 404, "help_seeker_unknown")
    assert_problem(anonymous.get("help-seekers"), 401, "sign_in_needed")


def test_found_by_case_key(cast: Cast, as_user: As) -> None:
    assert cast.samir
    assert len(body(as_user(cast.rita).get("help-seekers", case_key="SCH-7"))["results"]) == 1
    assert body(as_user(cast.rita).get("help-seekers", case_key="SCH-8"))["results"] == []


class TestByOneself:
    @pytest.fixture
    def open_office(self, cast: Cast) -> Cast:
        cast.osnabrueck.accepts_self_registration = True
        cast.osnabrueck.save()
        return cast

    def test_where_the_office_allows_it(self, open_office: Cast, anonymous: Caller) -> None:
        first = anonymous.post("help-seekers/self", oneself())
        again = anonymous.post("help-seekers/self", oneself())
        assert (first.status_code, again.status_code) == (202, 202)
        assert first.content == again.content
        assert HelpSeeker.objects.get().identity.name == "Samira"

    def test_where_it_does_not(self, cast: Cast, anonymous: Caller) -> None:
        problem = assert_problem(
            anonymous.post("help-seekers/self", oneself()), 403, "self_registration_closed"
        )
        assert problem["facts"]["phone"] in problem["detail"]

    def test_her_own_entry(self, open_office: Cast, anonymous: Caller, as_user: As) -> None:
        anonymous.post("help-seekers/self", oneself())
        samira = HelpSeeker.objects.get()
        own = as_user(samira.user)
        assert bodies.ids(body(own.get("help-seekers"))["results"]) == {str(samira.pk)}
        assert body(own.get("me"))["help_seeker"] == str(samira.pk)
        assert body(own.get(f"help-seekers/{samira.pk}/identity", reason="correction"))["name"] == "Samira"
        assert not AccessLog.objects.exists()

    def test_the_office_opens_it_with_a_reason(
        self, open_office: Cast, anonymous: Caller, as_user: As
    ) -> None:
        anonymous.post("help-seekers/self", oneself())
        samira = HelpSeeker.objects.get()
        opened = body(as_user(open_office.kaya).get(f"help-seekers/{samira.pk}/identity", reason="contact"))
        assert opened["phone"] == "+49541778899"
        assert AccessLog.objects.get().reason == "contact"

    def test_she_asks_for_a_pilot_herself(self, open_office: Cast, anonymous: Caller, as_user: As) -> None:
        anonymous.post("help-seekers/self", oneself())
        samira = HelpSeeker.objects.get()
        filed = body(as_user(samira.user).post("help-requests", bodies.a_help_request(samira.pk)), 201)
        assert filed["organisation"] is None
