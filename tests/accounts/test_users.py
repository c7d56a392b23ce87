"""How do logins and roles change, and end?"""

from datetime import timedelta

import pytest

from backend.accounts.commands import (
    change_role,
    issue_api_token,
    revoke_api_token,
    user_for,
)
from backend.accounts.models import ApiToken, User
from backend.accounts.roles import Role
from backend.accounts.tokens import digest
from backend.errors import NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.keys import uuid7
from backend.people.commands.members import deactivate_user
from tests import factories as make
from tests.asserting import database_refuses, recorded, refused
from tests.conftest import Cast
from tests.factories import NOW


@pytest.fixture
def adam(cast: Cast) -> User:
    """Administrator in Osnabrück."""
    return make.an_admin("adam", cast.osnabrueck)


def test_one_address_is_one_user(db: None) -> None:
    first = user_for("Ana@Example.org", language="de", at=NOW)
    assert user_for(" ana@example.ORG", language="en", at=NOW) == first
    assert (first.email, first.language) == ("ana@example.org", "de")
    assert not first.has_usable_password()
    with database_refuses("email_taken"):
        User.objects.create(email="ANA@example.org", created_at=NOW)


class TestRoles:
    def test_changed_by_the_administrator(self, cast: Cast, adam: User) -> None:
        membership = cast.kaya.memberships.get()
        change_role(membership_id=membership.pk, role=Role.AUDITOR, by=adam, now=NOW)
        membership.refresh_from_db()
        assert membership.role == Role.AUDITOR
        event = recorded(EventKind.ROLE_CHANGED, cast.kaya)
        assert (event.facts, event.office_id) == ({"role": "auditor"}, cast.osnabrueck.pk)

    @pytest.mark.parametrize("role", [Role.PILOT, Role.REQUESTER, "boss"])
    def test_only_to_a_role_of_the_office(self, cast: Cast, adam: User, role: str) -> None:
        with refused(RuleViolated, "role_not_changeable", field="role"):
            change_role(membership_id=cast.kaya.memberships.get().pk, role=role, by=adam, now=NOW)

    def test_a_pilot_stays_a_pilot(self, cast: Cast, adam: User) -> None:
        with refused(RuleViolated, "role_not_changeable"):
            change_role(
                membership_id=cast.ana.user.memberships.get().pk, role=Role.COORDINATOR, by=adam, now=NOW
            )

    def test_not_by_others_and_not_elsewhere(self, cast: Cast, adam: User) -> None:
        for by, whose in ((cast.kaya, cast.kaya), (adam, cast.frauke), (cast.frauke, cast.kaya)):
            with refused(NotThere, "membership_unknown"):
                change_role(membership_id=whose.memberships.get().pk, role=Role.ADMIN, by=by, now=NOW)

    def test_of_an_organisation_or_of_nobody(self, cast: Cast, adam: User) -> None:
        for pk in (cast.rita.memberships.get().pk, uuid7()):
            with refused(NotThere, "membership_unknown"):
                change_role(membership_id=pk, role=Role.ADMIN, by=adam, now=NOW)


class TestDeactivation:
    def test_closes_the_login_and_its_tokens(self, cast: Cast, adam: User) -> None:
        issued = issue_api_token(name="sync", scopes=["read"], days=30, by=cast.kaya, now=NOW, is_strong=True)
        deactivate_user(user_id=cast.kaya.pk, by=adam, now=NOW)
        assert not User.objects.get(pk=cast.kaya.pk).is_active
        assert ApiToken.objects.get(pk=issued.token.pk).revoked_at == NOW
        event = recorded(EventKind.USER_DEACTIVATED, cast.kaya)
        assert (event.actor_id, event.office_id) == (adam.pk, cast.osnabrueck.pk)

    def test_twice_is_once(self, cast: Cast, adam: User) -> None:
        for _ in range(2):
            assert not deactivate_user(user_id=cast.kaya.pk, by=adam, now=NOW).is_active
        assert recorded(EventKind.USER_DEACTIVATED, cast.kaya)

    def test_not_of_another_office_and_not_by_others(self, cast: Cast, adam: User) -> None:
        for by, whom in ((adam, cast.frauke), (adam, cast.rita), (cast.kaya, cast.ana.user)):
            with refused(NotThere, "user_unknown"):
                deactivate_user(user_id=whom.pk, by=by, now=NOW)

    def test_of_nobody(self, cast: Cast, adam: User) -> None:
        with refused(NotThere, "user_unknown"):
            deactivate_user(user_id=uuid7(), by=adam, now=NOW)


class TestApiTokens:
    def test_only_the_hash_is_kept(self, cast: Cast) -> None:
        issued = issue_api_token(name="sync", scopes={"requests", "read"}, days=366, by=cast.rita, now=NOW)
        token = ApiToken.objects.get(pk=issued.token.pk)
        assert issued.secret.startswith("ilos_")
        assert len(issued.secret) > 40
        assert token.hash == digest(issued.secret)
        assert issued.secret not in "".join(str(value) for value in vars(token).values())
        assert (token.scopes, token.expires_at) == (["read", "requests"], NOW + timedelta(days=366))
        assert recorded(EventKind.API_TOKEN_ISSUED, token).facts == {}

    @pytest.mark.parametrize("scopes", [[], ["read", "everything"]])
    def test_scopes_are_known(self, cast: Cast, scopes: list[str]) -> None:
        with refused(RuleViolated, "scope_unknown", unknown=scopes[1:]):
            issue_api_token(name="sync", scopes=scopes, days=1, by=cast.rita, now=NOW)

    @pytest.mark.parametrize("days", [0, -1, 367])
    def test_they_end(self, cast: Cast, days: int) -> None:
        with refused(RuleViolated, "token_lifetime", at_most=366):
            issue_api_token(name="sync", scopes=["read"], days=days, by=cast.rita, now=NOW)

    def test_revoked_once_and_by_the_owner_only(self, cast: Cast) -> None:
        token = issue_api_token(name="sync", scopes=["read"], days=1, by=cast.rita, now=NOW).token
        with refused(NotThere, "token_unknown"):
            revoke_api_token(token_id=token.pk, by=cast.kaya, now=NOW)
        for hours in (1, 2):
            revoke_api_token(token_id=token.pk, by=cast.rita, now=NOW + timedelta(hours=hours))
        token.refresh_from_db()
        assert token.revoked_at == NOW + timedelta(hours=1)
        assert recorded(EventKind.API_TOKEN_REVOKED, token)
