"""Where nobody can be asked: is a way over a third language or a second pilot found, and only then?"""

import pytest

from backend.dispatch.matchmaking import LastResort, last_resort
from backend.dispatch.models import HelpRequest
from backend.people.commands.vetoes import add_veto
from backend.people.models import HelpSeeker, Pilot
from tests import factories as make
from tests.conftest import Cast
from tests.dispatch.suggesting import THURSDAY, TUESDAY, suggest
from tests.factories import NOW


@pytest.fixture
def selam(cast: Cast) -> HelpSeeker:
    """Speaks Tigrinya and some Arabic."""
    return make.a_help_seeker(cast.kaya, languages=["ti", "ar"])


@pytest.fixture
def lia(cast: Cast) -> Pilot:
    """Speaks Tigrinya and English, but too little German."""
    return make.a_pilot("lia", cast.kaya, skills={"ti": 6, "en": 5}, german_level=2)


@pytest.fixture
def max_(cast: Cast) -> Pilot:
    """Speaks English and German."""
    return make.a_pilot("max", cast.kaya, skills={"en": 6}, german_level=6)


def ways(help_request: HelpRequest) -> LastResort | None:
    return last_resort(help_request, list(help_request.slots.all()), now=NOW)


def tigrinya(help_seeker: HelpSeeker, cast: Cast, **given: object) -> HelpRequest:
    return make.a_help_request(help_seeker, cast.kaya, languages=["ti"], **given)


def test_two_pilots_with_a_bridge_language(cast: Cast, selam: HelpSeeker, lia: Pilot, max_: Pilot) -> None:
    request = tigrinya(selam, cast, slots=[TUESDAY, THURSDAY])
    assert suggest(request, cast).eligible == 0
    found = ways(request)
    assert found is not None and not found.in_other_languages
    (chain,) = found.chains
    assert (chain.first, chain.second) == (lia, max_)
    assert chain.slots == list(request.slots.all())
    assert chain.facts == {
        "language": "ti", "level": 6, "via": None, "bridge": "en",
        "first_level": 5, "second_level": 6, "first_german": 2, "second_german": 6,
    }  # fmt: skip


def test_nobody_is_needed_while_somebody_fits(cast: Cast, selam: HelpSeeker, lia: Pilot, max_: Pilot) -> None:
    make.a_pilot("adam", cast.kaya, skills={"ti": 4})
    assert ways(tigrinya(selam, cast)) is None


def test_a_language_the_help_seeker_knows_too(cast: Cast, selam: HelpSeeker) -> None:
    amal = make.a_pilot("amal", cast.kaya, skills={"ar": 6})
    found = ways(tigrinya(selam, cast))
    assert found is not None and not found.chains
    (other,) = found.in_other_languages
    assert other.pilot == amal
    assert other.contributions[0]["facts"]["language"] == "ar"
    assert sum(part["contribution"] for part in other.contributions) == pytest.approx(other.score)


def test_no_rule_is_lifted_for_it(cast: Cast, selam: HelpSeeker, lia: Pilot, max_: Pilot) -> None:
    add_veto(pilot_id=max_.pk, help_seeker_id=selam.pk, by=max_.user, now=NOW)
    assert ways(tigrinya(selam, cast)) == LastResort([], [])


def test_pilots_of_another_office_are_not_looked_at(cast: Cast, selam: HelpSeeker, lia: Pilot) -> None:
    make.a_pilot("jule", cast.frauke, skills={"en": 6}, postcode="26441", reach_km=300)
    assert ways(tigrinya(selam, cast)) == LastResort([], [])
