"""When somebody clicks twice, or many register in the same instant, does everybody exist once?"""

from functools import partial
from typing import Any

import pytest

from backend.accounts.models import User
from backend.errors import Conflict
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.commands.help_seekers import register_help_seeker
from backend.people.models import HelpSeeker, Pilot
from geo.locating import locate
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def register(name: str, cast: Cast, **given: Any) -> Any:
    return partial(make.a_pilot, name, cast.kaya, active=False, **given)


@pytest.mark.parametrize("known", [False, True], ids=["new address", "signed in"])
def test_a_double_click_registers_once(cast: Cast, known: bool) -> None:
    signed_in = make.a_user("dilan") if known else None
    answers = at_once(*(register("dilan", cast, signed_in=signed_in) for _ in range(3)))
    pilot = Pilot.objects.get()
    assert answers == [pilot] * 3
    assert User.objects.filter(email="dilan@dilan.example").count() == 1
    assert Event.objects.filter(kind=EventKind.REGISTERED_AGAIN).count() == (0 if known else 2)


def test_everybody_gets_a_number_of_their_own(cast: Cast) -> None:
    at_once(*(register(f"p{n}", cast) for n in range(4)))
    codes = Pilot.objects.order_by("display_code").values_list("display_code", flat=True)
    assert list(codes) == ["P-0001", "P-0002", "P-0003", "P-0004"]


def test_a_case_key_is_given_once(cast: Cast) -> None:
    job = partial(
        register_help_seeker,
        case_key="SCH-7",
        languages=["kmr"],
        home=locate(private=True, postcode="49074"),
        needs=[],
        gender_wish="",
        organisation_id=None,
        data_protection=True,
        by=cast.rita,
        now=NOW,
    )
    answers = at_once(job, job)
    assert {type(answer) for answer in answers} == {HelpSeeker, Conflict}
    assert HelpSeeker.objects.count() == 1
