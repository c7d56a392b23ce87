"""An office's rules and members through the API: for its administrators, and nobody else."""

from collections.abc import Callable, Iterator

import pytest

from backend.accounts.entry.commands.invitations import accept_invitation
from backend.accounts.models import Invitation, Membership, Office, User
from backend.accounts.roles import Role
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.keys import uuid7
from backend.people.queries import reveal
from tests import factories as make
from tests.api.conftest import Caller, assert_problem
from tests.api.test_directory import body
from tests.asserting import recorded
from tests.conftest import Cast
from tests.factories import NOW

As = Callable[..., Caller]


@pytest.fixture
def adam(cast: Cast) -> User:
    return make.an_admin("adam", cast.osnabrueck)


def others(cast: Cast) -> Iterator[User]:
    """Everybody who does not administer Osnabrück."""
    yield from (cast.kaya, cast.rita, cast.ana.user, make.an_admin("frida", cast.friesland))


class TestMembers:
    def test_listed_and_invited(self, cast: Cast, adam: User, as_user: As) -> None:
        path = f"offices/{cast.osnabrueck.pk}/members"
        made = body(as_user(adam).post(path, {"email": "new@stadt.example", "role": "coordinator"}), 201)
        assert (made["email"], made["role"], made["is_active"]) == ("new@stadt.example", "coordinator", True)
        assert not User.objects.get(email="new@stadt.example").memberships.exists()
        invitation = Invitation.objects.get(pk=made["id"])
        accept_invitation(secret=invitation.new_link(at=NOW), by=None, now=NOW)
        assert User.objects.get(email="new@stadt.example").has_role(
            Role.COORDINATOR, office_id=cast.osnabrueck.pk
        )
        emails = {row["email"] for row in body(as_user(adam).get(path))["results"]}
        assert emails == {"adam@adam.example", "new@stadt.example"}

    def test_role_and_end(self, cast: Cast, adam: User, as_user: As) -> None:
        member = cast.kaya.memberships.get()
        caller, path = as_user(adam), f"members/{cast.kaya.memberships.get().pk}"
        assert body(caller.patch(path, {"role": "auditor"}))["role"] == "auditor"
        assert caller.post(f"{path}/deactivate").status_code == 204
        assert body(caller.get(path))["is_active"] is False
        assert caller.delete(path).status_code == 204
        assert not Membership.objects.filter(pk=member.pk).exists()

    def test_for_nobody_else(self, cast: Cast, adam: User, as_user: As) -> None:
        office, member = f"offices/{cast.osnabrueck.pk}", f"members/{adam.memberships.get().pk}"
        before = list(Membership.objects.filter(office=cast.osnabrueck).values_list("pk", "role"))
        invited = {"email": "new@stadt.example", "role": "admin"}
        for user in others(cast):
            caller = as_user(user)
            of_the_office = [
                caller.get(f"{office}/members"),
                caller.post(f"{office}/members", invited),
                caller.patch(office, {"lead_days": 1}),
            ]
            for answer in of_the_office:
                # A colleague knows the office; to everybody else it is not there.
                if user == cast.kaya:
                    assert_problem(answer, 403, "not_permitted")
                else:
                    assert_problem(answer, 404, "office_unknown")
            for answer in (
                caller.get(member),
                caller.patch(member, {"role": "auditor"}),
                caller.delete(member),
                caller.post(f"{member}/deactivate"),
            ):
                assert_problem(answer, 404, "membership_unknown")
        rows = Membership.objects.filter(office=cast.osnabrueck)
        assert set(before) <= set(rows.values_list("pk", "role"))
        assert not User.objects.filter(email="new@stadt.example").exists()
        assert User.objects.get(pk=adam.pk).is_active
        assert Office.objects.get(pk=cast.osnabrueck.pk).lead_days == 5

    def test_an_unknown_member_reads_like_a_foreign_one(self, cast: Cast, adam: User, as_user: As) -> None:
        foreign = cast.frauke.memberships.get().pk
        for pk in (foreign, uuid7()):
            assert_problem(as_user(adam).post(f"members/{pk}/deactivate"), 404, "membership_unknown")

    def test_a_token_needs_the_scope(self, cast: Cast, adam: User, as_user: As) -> None:
        caller = as_user(adam, scopes=("read", "dispatch"))
        assert_problem(caller.patch(f"offices/{cast.osnabrueck.pk}", {"lead_days": 1}), 403, "scope_missing")

    def test_no_other_roles(self, cast: Cast, adam: User, as_user: As) -> None:
        path = f"offices/{cast.osnabrueck.pk}/members"
        for role in ("pilot", "requester", "boss"):
            answer = as_user(adam).post(path, {"email": "new@stadt.example", "role": role})
            assert_problem(answer, 400, "invalid_input")


class TestRules:
    def test_changed(self, cast: Cast, adam: User, as_user: As) -> None:
        area = {"type": "Polygon", "coordinates": [[[8, 52.2], [8.1, 52.2], [8.1, 52.3], [8, 52.2]]]}
        change = {
            "lead_days": 2,
            "service_postcodes": ["49074"],
            "weights": {"proximity": 1},
            "service_area": area,
        }
        shown = body(as_user(adam).patch(f"offices/{cast.osnabrueck.pk}", change))
        assert (shown["lead_days"], shown["service_postcodes"]) == (2, ["49074"])
        assert shown["weights"]["proximity"] == 1
        assert shown["weights"]["continuity"] == 0.15
        assert Office.objects.get(pk=cast.osnabrueck.pk).service_area.num_geom == 1
        event = recorded(EventKind.OFFICE_CHANGED, cast.osnabrueck)
        assert event.facts == {"fields": ["lead_days", "service_area", "service_postcodes", "weights"]}

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"service_postcodes": ["49999"]}, 422, "postcode_unknown"),
            ({"service_postcodes": []}, 422, "service_area_missing"),
            ({"weights": {"proximity": -1}}, 422, "weights_invalid"),
            ({"weights": {"beauty": 1}}, 422, "weights_invalid"),
            ({"service_area": {"type": "Point", "coordinates": [8, 52]}}, 422, "area_malformed"),
            ({"lead_days": 61}, 400, "invalid_input"),
        ],
    )
    def test_refused(self, cast: Cast, adam: User, as_user: As, change: dict, status: int, code: str) -> None:
        assert_problem(as_user(adam).patch(f"offices/{cast.osnabrueck.pk}", change), status, code)
        assert not Event.objects.filter(kind=EventKind.OFFICE_CHANGED).exists()


class TestAccessLog:
    def test_read_by_those_who_watch(self, cast: Cast, adam: User, as_user: As) -> None:
        reveal(person=cast.ana, by=cast.kaya, reason="contact", at=NOW)
        audra = make.a_member("audra", cast.osnabrueck, Role.AUDITOR)
        for user in (adam, audra):
            (row,) = body(as_user(user).get("access-log", subject=str(cast.ana.pk)))["results"]
            assert (row["reader"], row["reason"]) == (str(cast.kaya.pk), "contact")
            assert row["office"] == str(cast.osnabrueck.pk)
        frida = make.an_admin("frida", cast.friesland)
        assert body(as_user(frida).get("access-log"))["results"] == []

    def test_by_nobody_else(self, cast: Cast, as_user: As) -> None:
        for user in (cast.kaya, cast.rita, cast.ana.user):
            assert_problem(as_user(user).get("access-log"), 403, "not_permitted")
