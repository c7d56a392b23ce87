"""Who may give which command about a request of Osnabrück's school? One table."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from backend.accounts.models import User
from backend.dispatch.commands.assignments import cancel_assignment, confirm_assignment, report_activity
from backend.dispatch.commands.help_requests import (
    close_unfilled,
    suggest_pilots,
    withdraw_help_request,
)
from backend.dispatch.commands.offers import accept_offer, decline_offer, make_offers, retract_offer
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.errors import DomainError, NotPermitted, NotThere
from backend.people.models import Pilot
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at

DURING = at(10, 10, 30)
Scene = Callable[[Cast], Callable[[User], object]]


def request_of(cast: Cast) -> HelpRequest:
    return make.a_help_request(cast.samir, cast.rita)


def offered(cast: Cast) -> Offer:
    return make.offers_to(request_of(cast), [cast.ana], cast.kaya)[0]


def assigned(cast: Cast) -> Assignment:
    return make.an_assignment(request_of(cast), cast.ana, cast.kaya)


def suggest(cast: Cast) -> Callable[[User], object]:
    pk = request_of(cast).pk
    return lambda by: suggest_pilots(help_request_id=pk, by=by, now=NOW)


def offer(cast: Cast) -> Callable[[User], object]:
    pk, ana = request_of(cast).pk, cast.ana.pk
    return lambda by: make_offers(help_request_id=pk, pilot_ids=[ana], by=by, now=NOW)


def accept(cast: Cast) -> Callable[[User], object]:
    pk = offered(cast).pk
    return lambda by: accept_offer(offer_id=pk, slot_id=None, by=by, now=NOW)


def decline(cast: Cast) -> Callable[[User], object]:
    pk = offered(cast).pk
    return lambda by: decline_offer(offer_id=pk, by=by, now=NOW)


def retract(cast: Cast) -> Callable[[User], object]:
    pk = offered(cast).pk
    return lambda by: retract_offer(offer_id=pk, by=by, now=NOW)


def confirm(cast: Cast) -> Callable[[User], object]:
    chosen = make.accepted(offered(cast))
    return lambda by: confirm_assignment(
        help_request_id=chosen.help_request_id, offer_id=chosen.pk, by=by, now=NOW
    )


def drop_out(cast: Cast) -> Callable[[User], object]:
    pk = assigned(cast).pk
    return lambda by: cancel_assignment(assignment_id=pk, reason="pilot_ill", by=by, now=NOW)


def report(cast: Cast) -> Callable[[User], object]:
    pk = assigned(cast).pk
    values: dict[str, Any] = {"done": True, "not_done_reason": "", "minutes": 60, "km": None}
    return lambda by: report_activity(assignment_id=pk, by=by, now=DURING, **values)


def withdraw(cast: Cast) -> Callable[[User], object]:
    pk = assigned(cast).help_request_id
    return lambda by: withdraw_help_request(help_request_id=pk, reason="not_needed", by=by, now=NOW)


def give_up(cast: Cast) -> Callable[[User], object]:
    pk = request_of(cast).pk
    return lambda by: close_unfilled(help_request_id=pk, by=by, now=NOW)


YES = "yes"
NO_DISPATCH = "not_permitted"
ONLY_PILOT = "only_the_pilot_answers"
NO_REQUEST, NO_OFFER, NO_ASSIGNMENT = "help_request_unknown", "offer_unknown", "assignment_unknown"
NAMES = ("kaya", "rita", "ana", "ben", "otto", "frauke")
TABLE: dict[Scene, tuple[str, ...]] = {
    #          kaya        rita           ana            ben            otto           frauke
    suggest:  (YES,        NO_DISPATCH,   NO_REQUEST,    NO_REQUEST,    NO_REQUEST,    NO_REQUEST),
    offer:    (YES,        NO_DISPATCH,   NO_REQUEST,    NO_REQUEST,    NO_REQUEST,    NO_REQUEST),
    accept:   (ONLY_PILOT, NO_OFFER,      YES,           NO_OFFER,      NO_OFFER,      NO_OFFER),
    decline:  (ONLY_PILOT, NO_OFFER,      YES,           NO_OFFER,      NO_OFFER,      NO_OFFER),
    retract:  (YES,        NO_DISPATCH,   NO_REQUEST,    NO_REQUEST,    NO_REQUEST,    NO_REQUEST),
    confirm:  (YES,        NO_DISPATCH,   NO_REQUEST,    NO_REQUEST,    NO_REQUEST,    NO_REQUEST),
    drop_out: (YES,        NO_DISPATCH,   YES,           NO_ASSIGNMENT, NO_ASSIGNMENT, NO_ASSIGNMENT),
    report:   (YES,        YES,           YES,           NO_ASSIGNMENT, NO_ASSIGNMENT, NO_ASSIGNMENT),
    withdraw: (YES,        YES,           NO_REQUEST,    NO_REQUEST,    NO_REQUEST,    NO_REQUEST),
    give_up:  (YES,        NO_DISPATCH,   NO_REQUEST,    NO_REQUEST,    NO_REQUEST,    NO_REQUEST),
}  # fmt: skip
CLASSES = {NO_DISPATCH: NotPermitted, ONLY_PILOT: NotPermitted}


class Undo(Exception):
    """Takes back what a permitted command did, so that the next person meets the same scene."""


@pytest.mark.parametrize("scene", TABLE, ids=lambda scene: scene.__name__)
def test_the_table(cast: Cast, scene: Scene) -> None:
    people = [getattr(cast, name) for name in NAMES]
    command = scene(cast)
    answers = []
    for who in people:
        try:
            with transaction.atomic():
                command(who.user if isinstance(who, Pilot) else who)
                raise Undo
        except Undo:
            answers.append(YES)
        except DomainError as error:
            assert type(error) is CLASSES.get(error.code, NotThere)
            answers.append(error.code)
    assert dict(zip(NAMES, answers, strict=True)) == dict(zip(NAMES, TABLE[scene], strict=True))


def test_whoever_left_the_organisation_withdraws_nothing(cast: Cast) -> None:
    help_request = request_of(cast)
    cast.rita.memberships.all().delete()
    cast.rita.forget_memberships()
    with pytest.raises(NotThere):
        withdraw_help_request(help_request_id=help_request.pk, reason="mistake", by=cast.rita, now=NOW)


def test_a_closed_login_gives_no_command(cast: Cast) -> None:
    help_request = request_of(cast)
    cast.kaya.is_active = cast.rita.is_active = False
    for by in (cast.kaya, cast.rita):
        with pytest.raises(NotThere):
            withdraw_help_request(help_request_id=help_request.pk, reason="mistake", by=by, now=NOW)
    with pytest.raises(NotThere):
        suggest_pilots(help_request_id=help_request.pk, by=cast.kaya, now=NOW)


def test_who_sees_offers_and_assignments(cast: Cast) -> None:
    made = offered(cast)
    make.accepted(made)
    confirmed = confirm_assignment(
        help_request_id=made.help_request_id, offer_id=made.pk, by=cast.kaya, now=NOW + timedelta(hours=2)
    )
    people = {name: getattr(cast, name) for name in NAMES}
    users = {name: who.user if isinstance(who, Pilot) else who for name, who in people.items()}
    sees = {
        name: (
            Offer.objects.visible_to(user).filter(pk=made.pk).exists(),
            Assignment.objects.visible_to(user).filter(pk=confirmed.pk).exists(),
        )
        for name, user in users.items()
    }
    assert sees == {
        "kaya": (True, True),
        "rita": (False, True),
        "ana": (True, True),
        "ben": (False, False),
        "otto": (False, False),
        "frauke": (False, False),
    }
