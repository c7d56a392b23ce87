"""How does an organisation come to ask, and who may join it?"""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from backend.accounts.commands import approve_organisation, invite, register_organisation
from backend.accounts.models import Invitation, Membership, Organisation, User
from backend.accounts.roles import Role
from backend.errors import Conflict, NotPermitted, NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.keys import uuid7
from geo.locating import locate
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.factories import NOW


def register(
    postcode: str = "49074",
    *,
    by: User | None = None,
    email: str = "petra@kita.example",
    name: str = "Kita Sonnenschein",
) -> Organisation:
    return register_organisation(
        name=name,
        kind="daycare",
        where=locate(private=False, postcode=postcode),
        contact_email=email,
        language="de",
        by=by,
        now=NOW,
    )


def test_registered_by_a_stranger_it_waits_for_approval(cast: Cast) -> None:
    kita = register(email=" Petra@Kita.example ")

    member = User.objects.get(email="petra@kita.example")
    assert kita.approved_at is None
    assert list(kita.offices.all()) == [cast.osnabrueck]
    assert (kita.postcode, kita.place) == ("49074", "Osnabrück")
    assert [(m.user, m.role, m.office) for m in kita.memberships.all()] == [(member, Role.REQUESTER, None)]
    event = recorded(EventKind.ORGANISATION_REGISTERED, kita)
    assert (event.actor_id, event.office_id, event.facts) == (None, cast.osnabrueck.pk, {})


def test_nobody_makes_somebody_elses_account_a_requester(cast: Cast) -> None:
    for by in (None, cast.ana.user, cast.frauke):
        assert register(by=by, email="Kaya@Kaya.example") is None
    assert not Organisation.objects.exists()
    assert [m.role for m in cast.kaya.memberships.all()] == [Role.COORDINATOR]


def test_whoever_is_signed_in_adds_an_organisation_to_her_account(cast: Cast) -> None:
    kita = register(by=cast.ana.user, email=cast.ana.user.email)
    assert kita.memberships.get().user == cast.ana.user
    assert kita.approved_at is None
    assert recorded(EventKind.ORGANISATION_REGISTERED, kita).actor_id == cast.ana.user_id


def test_the_office_registers_for_somebody_it_knows(cast: Cast) -> None:
    kita = register(by=cast.kaya, email=cast.ana.user.email)
    assert kita.memberships.get().user == cast.ana.user


def test_registered_by_the_office_it_is_approved_at_once(cast: Cast) -> None:
    kita = register(by=cast.kaya)
    assert kita.approved_at == NOW
    assert recorded(EventKind.ORGANISATION_APPROVED, kita).actor_id == cast.kaya.pk


def test_another_offices_coordinator_approves_nothing_here(cast: Cast) -> None:
    assert register(by=cast.frauke).approved_at is None


@pytest.mark.parametrize("name", ["Kita\nBcc: x", "Gewinn http://x.example"])
def test_a_name_is_one_plain_line(cast: Cast, name: str) -> None:
    with refused(RuleViolated, "name_not_plain", field="name"):
        register(name=name)
    assert not User.objects.filter(email="petra@kita.example").exists()


def test_nobody_serves_the_place(cast: Cast) -> None:
    cast.osnabrueck.service_postcodes = []
    cast.osnabrueck.save()
    with refused(RuleViolated, "no_office_serves_place", postcode="49074"):
        register()
    assert not User.objects.filter(email="petra@kita.example").exists()


def test_approval_is_recorded_once(cast: Cast) -> None:
    kita = register()
    for _ in range(2):
        approve_organisation(organisation_id=kita.pk, by=cast.kaya, now=NOW)
    kita.refresh_from_db()
    assert kita.approved_at == NOW
    event = recorded(EventKind.ORGANISATION_APPROVED, kita)
    assert (event.actor_id, event.office_id) == (cast.kaya.pk, cast.osnabrueck.pk)


@pytest.mark.parametrize("name", ["frauke", "rita", "otto"])
def test_approval_is_the_offices_own(cast: Cast, name: str) -> None:
    kita = register()
    with refused(NotThere, "organisation_unknown"):
        approve_organisation(organisation_id=kita.pk, by=getattr(cast, name), now=NOW)


def test_approval_of_nothing(cast: Cast) -> None:
    with refused(NotThere, "organisation_unknown"):
        approve_organisation(organisation_id=uuid7(), by=cast.kaya, now=NOW)


class TestInvite:
    def invite(self, cast: Cast, **given: Any) -> Invitation:
        values = {
            "email": "new@school.example",
            "role": Role.REQUESTER,
            "language": "en",
            "office_id": None,
            "organisation_id": cast.school.pk,
            "by": cast.rita,
            "now": NOW,
        }
        return invite(**{**values, **given})

    def test_a_colleague(self, cast: Cast) -> None:
        invitation = self.invite(cast)
        assert (invitation.organisation, invitation.office) == (cast.school, None)
        assert invitation.user.language == "en"
        event = recorded(EventKind.USER_INVITED, invitation.user)
        assert event.facts == {
            "role": "requester",
            "organisation_id": str(cast.school.pk),
            "invitation_id": str(invitation.pk),
        }
        assert (event.actor_id, event.office_id) == (cast.rita.pk, cast.osnabrueck.pk)

    def test_by_the_office(self, cast: Cast) -> None:
        assert self.invite(cast, by=cast.kaya).organisation == cast.school

    @pytest.mark.parametrize("name", ["otto", "frauke"])
    def test_not_by_strangers(self, cast: Cast, name: str) -> None:
        with refused(NotThere, "organisation_unknown"):
            self.invite(cast, by=getattr(cast, name))

    def test_not_before_approval(self, cast: Cast) -> None:
        cast.school.approved_at = None
        cast.school.save()
        with refused(NotPermitted, "organisation_not_approved"):
            self.invite(cast)

    def test_twice(self, cast: Cast) -> None:
        self.invite(cast)
        with refused(Conflict, "invitation_open_once"):
            self.invite(cast, email="NEW@school.example")
        with refused(Conflict, "membership_exists"):
            self.invite(cast, email=cast.rita.email)

    def test_into_no_organisation(self, cast: Cast) -> None:
        with refused(NotThere, "organisation_unknown"):
            self.invite(cast, organisation_id=None)

    def test_a_pilot_registers_instead(self, cast: Cast) -> None:
        with refused(RuleViolated, "pilots_register_themselves", field="role"):
            self.invite(cast, role=Role.PILOT)

    def test_staff_is_invited_by_an_administrator(self, cast: Cast) -> None:
        adam = make.a_user("adam")
        Membership.objects.create(user=adam, role=Role.ADMIN, office=cast.osnabrueck, created_at=NOW)
        staff = {"role": Role.COORDINATOR, "office_id": cast.osnabrueck.pk, "organisation_id": None}

        invitation = self.invite(cast, by=adam, **staff)

        assert invitation.office == cast.osnabrueck
        assert recorded(EventKind.USER_INVITED, invitation.user).facts == {
            "role": "coordinator",
            "organisation_id": None,
            "invitation_id": str(invitation.pk),
        }
        for stranger in (cast.kaya, cast.rita, cast.frauke):
            with refused(NotPermitted, "not_permitted", permission="manage_users"):
                self.invite(cast, by=stranger, **staff)
        with refused(NotPermitted, "not_permitted"):
            self.invite(cast, by=adam, **{**staff, "office_id": cast.friesland.pk})


@pytest.mark.parametrize(
    "change",
    ["role = 'boss'", "office_id = NULL", "organisation_id = (SELECT id FROM accounts_organisation LIMIT 1)"],
)
def test_a_membership_keeps_its_shape_against_raw_sql(cast: Cast, change: str) -> None:
    membership = cast.kaya.memberships.get()
    assert cast.school
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_membership SET {change} WHERE id = %s", [membership.pk])
