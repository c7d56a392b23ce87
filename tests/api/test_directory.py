"""Organisations, offices, oneself and the code lists through the API."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from backend.accounts.entry.commands.invitations import accept_invitation
from backend.accounts.models import Invitation, Organisation, User
from backend.accounts.roles import Role
from tests.api import bodies
from tests.api.conftest import Caller, assert_problem
from tests.conftest import Cast
from tests.factories import NOW

As = Callable[..., Caller]


def body(response: HttpResponse, status: int = 200) -> Any:
    read = json.loads(response.content)
    assert response.status_code == status, read
    return read


class TestOrganisations:
    def test_a_stranger_registers_one_and_learns_nothing(self, cast: Cast, anonymous: Caller) -> None:
        answer = body(anonymous.post("organisations", bodies.an_organisation()), 202)
        assert set(answer) == {"status", "detail"}
        organisation = Organisation.objects.get(name="Grundschule am Dom")
        assert organisation.approved_at is None
        assert organisation.street == "Domhof 1"
        assert list(organisation.offices.all()) == [cast.osnabrueck]
        assert User.objects.get(email="rektorat@grundschule.example").has_role(Role.REQUESTER)

    def test_a_coordinator_registers_one_that_may_ask_at_once(self, cast: Cast, as_user: As) -> None:
        made = body(as_user(cast.kaya).post("organisations", bodies.an_organisation()), 201)
        assert made["approved_at"] is not None
        body(as_user(cast.frauke).post("organisations", bodies.an_organisation()), 202)

    def test_who_sees_it(self, cast: Cast, as_user: As, anonymous: Caller) -> None:
        school = cast.school
        for user in (cast.kaya, cast.rita):
            assert bodies.ids(body(as_user(user).get("organisations"))["results"]) == {str(school.pk)}
            assert body(as_user(user).get(f"organisations/{school.pk}"))["kind"] == "school"
        for user in (cast.frauke, cast.otto, cast.ana.user):
            assert str(school.pk) not in bodies.ids(body(as_user(user).get("organisations"))["results"])
            assert_problem(as_user(user).get(f"organisations/{school.pk}"), 404, "organisation_unknown")
        assert_problem(anonymous.get("organisations"), 401, "sign_in_needed")

    def test_the_office_approves(self, cast: Cast, anonymous: Caller, as_user: As) -> None:
        anonymous.post("organisations", bodies.an_organisation())
        organisation = Organisation.objects.get(name="Grundschule am Dom")
        waiting = body(as_user(cast.kaya).get("organisations", approved="false"))["results"]
        assert bodies.ids(waiting) == {str(organisation.pk)}
        member = User.objects.get(email="rektorat@grundschule.example")
        path = f"organisations/{organisation.pk}/approve"
        assert_problem(as_user(cast.frauke).post(path), 404, "organisation_unknown")
        assert as_user(member).post(path).status_code in {403, 404}
        assert body(as_user(cast.kaya).post(path))["approved_at"] is not None
        assert body(as_user(cast.kaya).get("organisations", approved="false"))["results"] == []

    def test_members_invite_members(self, cast: Cast, as_user: As) -> None:
        path = f"organisations/{cast.school.pk}/members"
        made = body(as_user(cast.rita).post(path, {"email": "new@school.example", "language": "en"}), 201)
        assert (made["email"], made["role"]) == ("new@school.example", "requester")
        assert User.objects.get(email="new@school.example").language == "en"
        again = as_user(cast.rita).post(path, {"email": "new@school.example"})
        assert_problem(again, 409, "invitation_open_once")
        invitation = Invitation.objects.get(pk=made["id"])
        accept_invitation(secret=invitation.new_link(at=NOW), by=None, now=NOW)
        listed = body(as_user(cast.kaya).get(path))["results"]
        assert {row["email"] for row in listed} == {"rita@rita.example", "new@school.example"}
        for stranger in (cast.otto, cast.frauke, cast.ana.user):
            refused = as_user(stranger).post(path, {"email": "spy@mail.example"})
            assert_problem(refused, 404, "organisation_unknown")
            assert_problem(as_user(stranger).get(path), 404, "organisation_unknown")
        assert not User.objects.filter(email="spy@mail.example").exists()


class TestOffices:
    def test_everybody_may_know_which_there_are(self, cast: Cast, anonymous: Caller) -> None:
        rows = body(anonymous.get("offices"))["results"]
        assert [set(row) for row in rows] == [
            {"id", "name", "slug", "label", "accepts_self_registration"}
        ] * 2
        assert {row["slug"] for row in rows} == {"osnabrueck", "friesland"}

    def test_the_rules_are_for_those_who_work_there(self, cast: Cast, as_user: As, anonymous: Caller) -> None:
        path = f"offices/{cast.osnabrueck.pk}"
        rules = body(as_user(cast.kaya).get(path))
        assert rules["offer_lifetime_hours"] == 48
        assert rules["weights"]
        for user in (cast.rita, cast.ana.user, cast.frauke):
            assert_problem(as_user(user).get(path), 404, "office_unknown")
        assert_problem(anonymous.get(path), 401, "sign_in_needed")


class TestMe:
    def test_who_i_am(self, cast: Cast, as_user: As, anonymous: Caller) -> None:
        me = body(as_user(cast.ana.user, scopes=("read",)).get("me"))
        assert me["email"] == "ana@ana.example"
        assert me["pilot"] == str(cast.ana.pk)
        assert me["scopes"] == ["read"]
        assert [(role["role"], role["office"]["name"]) for role in me["roles"]] == [("pilot", "Osnabrueck")]
        assert_problem(anonymous.get("me"), 401, "sign_in_needed")

    def test_roles_in_organisations(self, cast: Cast, as_user: As) -> None:
        (role,) = body(as_user(cast.rita).get("me"))["roles"]
        assert (role["role"], role["office"], role["organisation"]["id"]) == (
            "requester",
            None,
            str(cast.school.pk),
        )


class TestCodes:
    def test_languages(self, anonymous: Caller) -> None:
        rows = {row["code"]: row for row in body(anonymous.get("languages"))["results"]}
        assert rows["kmr"]["names"] == {"de": "Kurmandschi (Kurdisch)", "en": "Kurmanji Kurdish"}
        assert rows["fa"]["rtl"] is True
        assert all(row["names"]["de"] and row["endonym"] for row in rows.values())

    def test_topics_in_both_languages(self, anonymous: Caller) -> None:
        rows = {row["code"]: row["names"] for row in body(anonymous.get("topics"))["results"]}
        assert rows["health"]["en"] == "health"
        assert set(rows["school"]) == {"de", "en"}

    @pytest.mark.parametrize(
        ("query", "places"),
        [
            ({"q": "4907"}, ["Osnabrück", "Osnabrück"]),
            ({"q": "mel"}, ["Melle"]),
            ({"q": "49074 osn"}, ["Osnabrück"]),
            ({"q": "osna", "limit": "1"}, ["Osnabrück"]),
            ({"q": "%"}, []),
        ],
    )
    def test_places(self, cast: Cast, anonymous: Caller, query: dict, places: list[str]) -> None:
        assert [row["place"] for row in body(anonymous.get("places", **query))["results"]] == places

    @pytest.mark.parametrize(
        "query", [{}, {"q": ""}, {"q": "\x00"}, {"q": "x" * 81}, {"q": "x", "limit": "51"}]
    )
    def test_questions_that_are_none(self, cast: Cast, anonymous: Caller, query: dict) -> None:
        assert_problem(anonymous.get("places", **query), 400, "invalid_input")
