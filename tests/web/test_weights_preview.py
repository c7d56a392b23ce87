"""What other weights would have done to last month's rankings, before anything is saved."""

import numpy as np
import pytest
from django.urls import reverse

from backend.accounts.models import Office
from backend.dispatch.commands.help_requests import suggest_pilots
from backend.dispatch.models import MatchRun
from backend.dispatch.reweighing import reweighed, value_under
from matching.terms import Continuity, Proximity
from matching.weights import TERM_CODES, Weights
from tests import factories as make
from tests.factories import NOW, at
from tests.web.reading import Page

WEIGHTS, PREVIEW = reverse("web:settings_weights"), reverse("web:preview_weights")
NEAR = {
    "language_fit": "0", "proximity": "1", "load_spread": "0", "topic_experience": "0", "continuity": "0",
    "half_km": "5", "continuity_cap": "5",
}  # fmt: skip
SKILL = {**NEAR, "language_fit": "1", "proximity": "0"}


def chosen(values: dict[str, str]) -> Weights:
    return Weights.from_dict({name: float(value) for name, value in values.items() if name in TERM_CODES})


@pytest.fixture
def ranking(cast) -> MatchRun:
    """Ben is far and speaks better, Ana is near."""
    make.a_pilot("ana", cast.kaya, skills={"kmr": 4}, postcode="49074")
    make.a_pilot("ben", cast.kaya, skills={"kmr": 6}, postcode="49324")
    request = make.a_help_request(cast.samir, cast.rita, slots=[(at(10, 10), at(10, 11))])
    return suggest_pilots(help_request_id=request.pk, by=cast.kaya, now=NOW)


@pytest.fixture
def browser(cast, browser_of):
    return browser_of(make.an_admin("adam", cast.osnabrueck))


def test_the_present_weights_change_nothing(cast, ranking):
    result = reweighed(cast.osnabrueck, Weights.from_dict(cast.osnabrueck.weights), now=NOW)
    assert (result.rankings, result.first_changed, result.three_changed, result.moved) == (1, 0, 0, [])
    assert result.before == result.after


def test_other_weights_turn_the_ranking_round(cast, ranking):
    near = reweighed(
        cast.osnabrueck,
        chosen(NEAR),
        now=NOW,
    )
    skill = reweighed(
        cast.osnabrueck,
        chosen(SKILL),
        now=NOW,
    )
    assert near.first_changed + skill.first_changed == 1
    assert near.three_changed == skill.three_changed == 0  # the same two, in another order
    (moved,) = [*near.moved, *skill.moved]
    assert moved.before == moved.after[::-1]
    assert moved.reference == ranking.help_request.reference


def test_parameters_are_reckoned_as_the_core_does(cast):
    class Few:
        remote = np.array([False])
        distance_km = np.array([[7.3]])
        continuity = np.array([[2]])
        pilot_count = 1

    then, now = Weights(), Weights(half_km=9.0, continuity_cap=3)
    near = {"code": "proximity", "value": 0.1, "facts": {"distance_km": 7.3, "remote": False}}
    known = {"code": "continuity", "value": 0.1, "facts": {"sessions": 2, "cap": 5}}
    assert value_under(near, then, now) == pytest.approx(Proximity(half_km=9.0).score(Few, 0)[0])
    assert value_under(known, then, now) == pytest.approx(Continuity(cap=3).score(Few, 0)[0])
    assert value_under(near, then, then) == value_under(known, then, then) == 0.1


def test_the_preview_is_shown_and_saves_nothing(cast, ranking, browser):
    for address, values in ((WEIGHTS, {**NEAR, "preview": "1"}), (PREVIEW, NEAR)):
        answer = browser.post(address, values)
        assert answer.status_code == 200
        assert "1 Vorschlag der letzten 30 Tage" in answer.content.decode()
    page = Page(browser.post(WEIGHTS, {**NEAR, "preview": "1"}))
    assert page.faults() == []
    assert len(page.all("progress")) >= 4
    assert Office.objects.get(pk=cast.osnabrueck.pk).weights == cast.osnabrueck.weights


def test_a_live_preview_of_what_cannot_be_says_so(cast, ranking, browser):
    answer = browser.post(PREVIEW, {**NEAR, "proximity": "0"})
    assert answer.status_code == 200
    assert "Gewichte" in answer.content.decode()


def test_without_rankings_there_is_nothing_to_compare(cast, browser):
    assert "keine Vorschläge" in browser.post(WEIGHTS, {**NEAR, "preview": "1"}).content.decode()


def test_other_offices_rankings_do_not_count(cast, ranking):
    assert reweighed(cast.friesland, Weights(), now=NOW).rankings == 0


def test_queries_do_not_grow_with_the_rankings(cast, ranking, browser, django_assert_max_num_queries):
    for hour in (12, 14, 16):
        request = make.a_help_request(cast.samir, cast.rita, slots=[(at(11, hour), at(11, hour + 1))])
        suggest_pilots(help_request_id=request.pk, by=cast.kaya, now=NOW)
    with django_assert_max_num_queries(16):
        browser.post(PREVIEW, NEAR)
