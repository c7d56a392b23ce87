"""Does a date within one minute, stored before dates had a least length, break nothing, nor stop the clock?"""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.dispatch import asking, tasks
from backend.dispatch.commands.waves import start_waves
from backend.dispatch.feasibility import Sketch, chances_of
from backend.dispatch.models import HelpRequest, HelpRequestSlot, WaveSeries
from tests import factories as make
from tests.conftest import Cast
from tests.dispatch.planned import pairs, plan
from tests.dispatch.suggesting import reasons, suggested
from tests.factories import NOW, at

ODD = (at(10, 10) + timedelta(seconds=10), at(10, 10) + timedelta(seconds=40))


@pytest.fixture
def odd(cast: Cast) -> HelpRequest:
    help_request = make.a_help_request(cast.samir, cast.rita)
    HelpRequestSlot.objects.filter(help_request=help_request).update(starts_at=ODD[0], ends_at=ODD[1])
    return help_request


def test_it_is_matched_like_any_other(cast: Cast, odd: HelpRequest) -> None:
    pilots = {cast.ana, cast.ben}
    assert suggested(odd, cast) == pilots
    assert reasons(odd, cast.ana) == []


def test_the_plan_serves_it_and_the_others(cast: Cast, odd: HelpRequest) -> None:
    assert cast.ana and cast.ben
    other = make.a_help_request(cast.samir, cast.rita)
    assert set(pairs(plan(cast))) == {odd, other}


def test_waves_ask_for_it(cast: Cast, odd: HelpRequest) -> None:
    assert cast.ana
    start_waves(help_request_id=odd.pk, by=cast.kaya, now=NOW)
    assert odd.offers.exists()


def test_a_draft_is_told_that_its_date_is_too_short(cast: Cast, odd: HelpRequest) -> None:
    assert cast.ana
    sketch = Sketch(office=cast.osnabrueck, help_seeker=cast.samir, topic="school", slots=[ODD])
    found = chances_of(sketch, by=cast.rita, now=NOW)
    assert [refusal.code for refusal in found.refusals] == ["slot_too_short"]
    assert "time" in found.unknown  # counted as if no date had been typed
    assert found.count is not None


def test_a_series_that_breaks_does_not_starve_the_next(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, next_one = (due_series(cast, minutes) for minutes in (2, 1))
    choose = asking.choose

    def break_on_the_first(series: WaveSeries, *args: Any, **kwargs: Any) -> Any:
        if series == broken:
            raise ValueError("Ana, Lotter Straße 7")
        return choose(series, *args, **kwargs)

    monkeypatch.setattr(asking, "choose", break_on_the_first)
    monkeypatch.setattr("backend.clock.database_now", lambda: NOW)
    tasks.next_wave()

    assert asked(next_one.help_request_id)
    assert not asked(broken.help_request_id)
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert f"id={broken.pk} error=ValueError" in line.getMessage()
    assert "Lotter" not in caplog.text
    assert WaveSeries.objects.due(now=NOW).get() == broken  # looked after again at the next tick


def due_series(cast: Cast, minutes: int) -> WaveSeries:
    """A series due that long ago."""
    assert cast.ana and cast.ben
    help_request = make.a_help_request(make.a_help_seeker(cast.rita), cast.rita)
    return WaveSeries.objects.create(
        help_request=help_request,
        policy=asking.policy_of(cast.osnabrueck).to_dict(),
        started_by=cast.kaya,
        started_at=NOW,
        next_at=NOW - timedelta(minutes=minutes),
    )


def asked(help_request_id: UUID) -> bool:
    return HelpRequest.objects.get(pk=help_request_id).offers.exists()
