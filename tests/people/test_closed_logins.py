"""What becomes of a pilot whose login an administrator closes?"""

import pytest
from django.urls import reverse

from backend.accounts.models import Membership, User
from backend.accounts.roles import Role
from backend.dispatch.commands.help_requests import suggest_pilots
from backend.dispatch.commands.offers import accept_offer
from backend.errors import NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.keys import uuid7
from backend.people.commands.members import deactivate_user, remove_member
from backend.people.commands.pilots import change_profile
from backend.people.models import PilotOffice, Reach
from backend.people.profile import Skill
from notifications import outbox
from notifications.models import Delivery
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.factories import NOW


@pytest.fixture
def adam(cast: Cast) -> User:
    return make.an_admin("adam", cast.osnabrueck)


@pytest.fixture
def frida(cast: Cast) -> User:
    return make.an_admin("frida", cast.friesland)


def closed(cast: Cast, adam: User) -> User:
    return deactivate_user(user_id=cast.ana.user_id, by=adam, now=NOW)


def test_nobody_is_ranked_or_asked_without_a_login(cast: Cast, adam: User) -> None:
    request = make.a_help_request(cast.samir, cast.rita)
    assert cast.ben.status == "ACTIVE"
    assert not closed(cast, adam).is_active
    run = suggest_pilots(help_request_id=request.pk, limit=10, by=cast.kaya, now=NOW)
    assert [row.pilot for row in run.suggestions.all()] == [cast.ben]
    assert run.considered == 1
    with refused(RuleViolated, "pilot_not_eligible") as caught:
        make.offers_to(request, [cast.ana], cast.kaya)
    (reason,) = caught.value.facts["reasons"]
    assert reason["code"] == "not_active"
    change_profile(pilot_id=cast.ana.pk, skills=[Skill("kmr", 6, 6)], by=cast.kaya, now=NOW)
    assert not Reach.objects.filter(pilot=cast.ana).exists()


def test_an_open_question_can_no_longer_be_answered(cast: Cast, adam: User, client) -> None:
    request = make.a_help_request(cast.samir, cast.rita)
    (offer,) = make.offers_to(request, [cast.ana], cast.kaya)
    secret = offer.new_link(at=NOW)
    outbox.fan_out(now=NOW)
    user = closed(cast, adam)
    page = reverse("web:offer_by_link", args=[secret])
    assert client.get(page).status_code == client.post(page, {"answer": "yes"}).status_code == 404
    with refused(NotThere, "offer_unknown"):
        accept_offer(offer_id=offer.pk, slot_id=None, by=user, now=NOW)
    outbox.send_due(now=NOW)
    assert Delivery.objects.get(template="offer_made").status == "DROPPED"
    offer.refresh_from_db()
    assert offer.status == "PENDING"


def test_an_earlier_yes_is_not_confirmed(cast: Cast, adam: User) -> None:
    request = make.a_help_request(cast.samir, cast.rita)
    (offer,) = make.offers_to(request, [cast.ana], cast.kaya)
    make.accepted(offer, now=NOW)
    closed(cast, adam)
    with refused(RuleViolated, "pilot_not_active"):
        make.confirm(offer, cast.kaya)


class TestWhoBelongsElsewhereToo:
    def test_keeps_the_login(self, cast: Cast, adam: User, frida: User) -> None:
        Membership.objects.create(
            user=cast.ana.user, role=Role.COORDINATOR, office=cast.friesland, created_at=NOW
        )
        assert closed(cast, adam).is_active
        (left,) = cast.ana.user.memberships.all()
        assert left.office == cast.friesland
        assert not Reach.objects.filter(pilot=cast.ana).exists()
        assert not PilotOffice.objects.filter(pilot=cast.ana).exists()
        assert recorded(EventKind.MEMBER_REMOVED, cast.ana.user).facts == {"role": "pilot"}
        with refused(NotThere, "user_unknown"):
            closed(cast, adam)
        assert not deactivate_user(user_id=cast.ana.user_id, by=frida, now=NOW).is_active

    def test_as_a_requester_too(self, cast: Cast, adam: User) -> None:
        Membership.objects.create(user=cast.rita, role=Role.AUDITOR, office=cast.osnabrueck, created_at=NOW)
        assert deactivate_user(user_id=cast.rita.pk, by=adam, now=NOW).is_active
        assert cast.rita.memberships.get().role == Role.REQUESTER


def test_strangers_and_nobody_read_alike(cast: Cast, adam: User, frida: User) -> None:
    ids = (cast.frauke.pk, cast.rita.pk, uuid7())
    for pk in ids:
        with refused(NotThere, "user_unknown"):
            deactivate_user(user_id=pk, by=adam, now=NOW)
    for by in (frida, cast.kaya, cast.rita):
        with refused(NotThere, "user_unknown"):
            deactivate_user(user_id=cast.ana.user_id, by=by, now=NOW)
        with refused(NotThere, "membership_unknown"):
            remove_member(membership_id=cast.ana.user.memberships.get().pk, by=by, now=NOW)


def test_the_last_administrator_stays(cast: Cast, adam: User) -> None:
    with refused(RuleViolated, "last_admin"):
        deactivate_user(user_id=adam.pk, by=adam, now=NOW)
    second = make.an_admin("berta", cast.osnabrueck)
    assert not deactivate_user(user_id=adam.pk, by=second, now=NOW).is_active
    with refused(RuleViolated, "last_admin"):
        remove_member(membership_id=second.memberships.get().pk, by=second, now=NOW)
