"""Which role may do what in which office? The whole truth, once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Membership, User
from backend.accounts.permissions import ROLE_PERMISSIONS, Permission, check, may
from backend.accounts.roles import OFFICE_ROLES, Role
from backend.errors import NotPermitted
from tests import factories as make
from tests.asserting import refused
from tests.conftest import Cast
from tests.factories import NOW

P = Permission
TABLE = {
    #                         kaya   rita   ana    otto   frauke admin  auditor  (in Osnabrück)
    P.READ_DISPATCH:         (True,  False, False, False, False, False, False),
    P.FILE_HELP_REQUEST:     (True,  True,  False, False, False, False, False),
    P.DISPATCH:              (True,  False, False, False, False, False, False),
    P.MANAGE_PILOTS:         (True,  False, False, False, False, False, False),
    P.MANAGE_HELP_SEEKERS:   (True,  True,  False, False, False, False, False),
    P.MANAGE_ORGANISATIONS:  (True,  False, False, False, False, False, False),
    P.MANAGE_USERS:          (False, False, False, False, False, True,  False),
    P.MANAGE_OFFICE:         (False, False, False, False, False, True,  False),
    P.READ_DELIVERIES:       (True,  False, False, False, False, False, False),
    P.REVEAL_IDENTITY:       (True,  False, False, False, False, False, False),
    P.READ_ACCESS_LOG:       (False, False, False, False, False, True,  True),
}  # fmt: skip


def everybody(cast: Cast) -> tuple[User, ...]:
    admin, auditor = make.a_user("adam"), make.a_user("audra")
    for user, role in ((admin, Role.ADMIN), (auditor, Role.AUDITOR)):
        Membership.objects.create(user=user, role=role, office=cast.osnabrueck, created_at=NOW)
    return cast.kaya, cast.rita, cast.ana.user, cast.otto, cast.frauke, admin, auditor


def test_the_table_is_complete(cast: Cast) -> None:
    assert set(TABLE) == set(Permission)
    users = everybody(cast)
    answers = {
        permission: tuple(may(user, permission, office_id=cast.osnabrueck.pk) for user in users)
        for permission in Permission
    }
    assert answers == TABLE


def test_nobody_of_osnabrueck_may_anything_in_friesland(cast: Cast) -> None:
    kaya, rita, ana, _otto, _frauke, admin, auditor = everybody(cast)
    for user in (kaya, rita, ana, admin, auditor):
        for permission in Permission:
            assert not may(user, permission, office_id=cast.friesland.pk), (user.email, permission)
            with refused(NotPermitted, "not_permitted", permission=permission.value):
                check(user, permission, office_id=cast.friesland.pk)


def test_no_office_is_nobodys_office(cast: Cast) -> None:
    for user in everybody(cast):
        assert not any(may(user, permission, office_id=None) for permission in Permission)


def test_every_role_has_its_row() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert set(OFFICE_ROLES) == set(Role) - {Role.REQUESTER}


@pytest.mark.parametrize("name", ["kaya", "rita"])
def test_a_closed_login_may_nothing(cast: Cast, name: str) -> None:
    user = getattr(cast, name)
    user.is_active = False
    assert not any(may(user, permission, office_id=cast.osnabrueck.pk) for permission in Permission)
    assert user.office_ids(*Role.values) == user.organisation_ids() == set()


def test_an_organisation_that_awaits_approval_may_nothing(cast: Cast) -> None:
    cast.school.approved_at = None
    cast.school.save()
    assert not any(may(cast.rita, permission, office_id=cast.osnabrueck.pk) for permission in Permission)


def test_asking_again_costs_no_query(cast: Cast) -> None:
    rita = User.objects.get(pk=cast.rita.pk)
    offices = (cast.osnabrueck.pk, cast.friesland.pk)
    with CaptureQueriesContext(connection) as captured:
        answers = [may(rita, permission, office_id=pk) for permission in Permission for pk in offices]
    assert sum(answers) == 2
    assert len(captured) == 2  # the memberships, and the offices of their organisations
