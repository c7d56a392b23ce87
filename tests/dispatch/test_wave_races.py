"""When the clock ticks twice at once, is each wave sent once and nobody's week overdrawn?"""

from collections import Counter
from contextlib import nullcontext
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from backend.dispatch import asking, tasks
from backend.dispatch.commands.waves import send_next_wave
from backend.dispatch.models import HelpRequest, Offer, Wave, WaveSeries
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW
from tests.threads import PATIENCE_SECONDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)
REQUESTS = 4


def a_due_series(cast: Cast, help_request: HelpRequest) -> WaveSeries:
    return WaveSeries.objects.create(
        help_request=help_request,
        policy=asking.policy_of(cast.osnabrueck).to_dict(),
        started_by=cast.kaya,
        started_at=NOW,
        next_at=NOW,
    )


def test_one_series_sends_each_wave_once(cast: Cast) -> None:
    for number in range(12):
        make.a_pilot(f"p{number}", cast.kaya)
    series = a_due_series(cast, make.a_help_request(cast.samir, cast.rita))
    at_once(*[partial(send_next_wave, series_id=series.pk, by=None, now=NOW)] * 3)
    assert Wave.objects.get().asked == Offer.objects.count() > 0


def most_asked(cast: Cast) -> int:
    """Some requests look for pilots at once, whose week has room for one question each."""
    cast.osnabrueck.contact_budget_week = 1
    cast.osnabrueck.save()
    for number in range(4):
        make.a_pilot(f"p{number}", cast.kaya)
    due = [
        a_due_series(cast, make.a_help_request(make.a_help_seeker(cast.rita), cast.rita))
        for _ in range(REQUESTS)
    ]
    at_once(*(partial(send_next_wave, series_id=series.pk, by=None, now=NOW) for series in due))
    return max(Counter(Offer.objects.values_list("pilot", flat=True)).values())


def test_nobodys_week_is_overdrawn(cast: Cast) -> None:
    assert most_asked(cast) == 1


def test_control_without_the_lock_somebodys_week_is(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Barrier(REQUESTS, timeout=PATIENCE_SECONDS)
    count = asking._asked_lately

    def count_side_by_side(*args: Any, **kwargs: Any) -> Counter[UUID]:
        found = count(*args, **kwargs)
        counted.wait()
        return found

    monkeypatch.setattr(asking, "_asked_lately", count_side_by_side)
    monkeypatch.setattr(asking, "_one_wave_at_a_time", nullcontext)
    assert most_asked(cast) > 1


def test_the_task_looks_after_every_series_that_is_due(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.clock.database_now", lambda: NOW)
    assert cast.ana
    due = a_due_series(cast, make.a_help_request(cast.samir, cast.rita))
    later = a_due_series(cast, make.a_help_request(make.a_help_seeker(cast.rita), cast.rita))
    WaveSeries.objects.filter(pk=later.pk).update(next_at=NOW.replace(hour=12))
    tasks.next_wave()
    assert [wave.series for wave in Wave.objects.all()] == [due]
