"""Where do the requests of a replay come from, and how does their office ask today?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from backend.accounts.models import Office
from backend.dispatch import training
from backend.dispatch.asking import policy_of
from backend.dispatch.matchmaking import weights_of
from backend.dispatch.replay.past import Past, past_requests
from matching.answers import Behaviour
from matching.delays import DelayCurve
from matching.quiet import QuietHours
from matching.stream import Stream
from matching.stream_parts import OtherRules
from matching.town import draw_town
from matching.town_requests import DAY_MINUTES, draw_requests
from matching.town_stream import stream_of
from matching.waves import WavePolicy
from matching.weights import Weights

FIRST_OF_MARCH = (
    59  # days after the first of January 1970; neither the low of January nor the peak of September
)
Progress = Callable[[int, int], None]
"""Hears how many of how many requests are done."""


@dataclass(frozen=True)
class Source:
    """Some requests, as a stream under any weights and rules, and the office's rules of today."""

    title: str
    requests: int
    weights: Weights
    policy: WavePolicy
    delay: DelayCurve
    behaviour: Behaviour
    travel_buffer_minutes: int
    stream: Callable[[Weights, OtherRules, Progress], Stream]


def from_the_past(office: Office, *, since: datetime, until: datetime) -> Source:
    """What was asked of this office between the two moments."""
    past = Past(office, past_requests(office, since=since, until=until))
    requests = len(past.help_requests)
    delay = training.delay_curve(office)
    return Source(
        title=f"{office.name}, {since:%Y-%m-%d} to {until:%Y-%m-%d}",
        requests=requests,
        weights=weights_of(office),
        policy=policy_of(office),
        delay=delay,
        behaviour=_behaviour(office, delay),
        travel_buffer_minutes=office.travel_buffer_minutes,
        stream=lambda weights, rules, progress: past.stream(weights, rules, progress=_of(requests, progress)),
    )


def from_a_town(pilots: int, *, per_day: float, days: int, seed: int) -> Source:
    """What is asked of an invented town in `days` days, from the first of March on."""
    town = draw_town(pilots, seed=seed)
    requests = draw_requests(
        town, per_day=per_day, days=days, seed=seed, start_minute=FIRST_OF_MARCH * DAY_MINUTES
    )
    return Source(
        title=f"a synthetic town of {pilots} pilots, {per_day:g} requests a day",
        requests=requests.count,
        weights=Weights(),
        policy=WavePolicy(),
        delay=DelayCurve(),
        behaviour=Behaviour(),
        travel_buffer_minutes=30,
        stream=lambda weights, rules, progress: stream_of(
            town, requests, weights, rules=rules, progress=_of(requests.count, progress)
        ),
    )


def _behaviour(office: Office, delay: DelayCurve) -> Behaviour:
    """People who say yes as often as the office's model says, with its quiet hours."""
    quiet = QuietHours(office.quiet_from_hour, office.quiet_until_hour)
    return Behaviour(delay=delay, keenness=0.0, quiet=quiet)


def _of(total: int, progress: Progress) -> Callable[[int], None]:
    return lambda done: progress(done, total)
