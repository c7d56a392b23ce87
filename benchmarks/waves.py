"""Do waves by expected value fill more requests with fewer messages than the rules one would write first?

All rules meet the same invented town, the same requests and the same people: whether somebody wants to, and how long
the answer takes, is drawn once per pair. The first world repeats what the trial of the design assumed; its numbers
are set by what its *baselines* did there (one by one to the nearest takes about 7 messages per filled request;
telling everybody loses more than half of the pilots under overload), not by the rule on trial. Other worlds follow, so
that the win does not hang on one set of assumptions, and the other rules under our contact budget, so that it is seen
what the budget does and what the price. The figures are means over the seeds.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from benchmarks.rows import Row
from matching.answers import Behaviour
from matching.delays import DelayCurve
from matching.evaluation import Scorecard, mean_of, scorecard
from matching.policies import AskingPolicy, ExpectedValue, FixedWaves, NearestFirst, Sparing, TellEverybody
from matching.simulation import simulate
from matching.stream import Stream
from matching.town import draw_town
from matching.town_requests import draw_requests
from matching.town_stream import stream_of
from matching.waves import WavePolicy

PILOTS, DAYS = 1_500, 150
MARCH = 59 * 24 * 60  # neither the low of January nor the peak of September
LOADS = {"normal": 10.0, "overload": 35.0}  # requests a day

EVERYBODY, NEAREST, FIXED, OURS = "tell everybody", "nearest first, 2 h", "fixed waves, 4 h", "expected value"
NEAREST_SPARING, FIXED_SPARING = "nearest first, budget", "fixed waves, 12 h, budget"
POLICIES: Mapping[str, AskingPolicy] = {
    EVERYBODY: TellEverybody(),
    NEAREST: NearestFirst(),
    FIXED: FixedWaves(gap_minutes=240),
    "fixed waves, 12 h": FixedWaves(gap_minutes=720),
    NEAREST_SPARING: Sparing(NearestFirst()),
    FIXED_SPARING: Sparing(FixedWaves(gap_minutes=720)),
    "expected value, no price": ExpectedValue(WavePolicy(price=0.0, budget=1000)),
    "expected value, no budget": ExpectedValue(WavePolicy(budget=1000)),
    OURS: ExpectedValue(),
}
WITH_TARGETS = (EVERYBODY, NEAREST, FIXED, OURS)
WITHOUT_ABLATIONS = (EVERYBODY, NEAREST, FIXED, NEAREST_SPARING, FIXED_SPARING, OURS)
ASSUMED = "assumed"
WORLDS: Mapping[str, Behaviour] = {
    ASSUMED: Behaviour(),
    # Keener, more patient people, as the town draws them: overload hurts few.
    "patient": Behaviour(keenness=0.0, fatigue=0.9, patience=6),
    # More than two messages a week are too many: even who keeps to the budget of three loses people.
    "touchy": Behaviour(patience=2),
    # Nothing is as the office believes: every third estimate is somebody else's, the rest err twice as much, answers
    # take far longer than the curve it goes by, and hardly anybody says no.
    "misjudged": Behaviour(
        delay=DelayCurve(median_hours=9.0, spread=1.6),
        declines_told=0.2,
        doubt_of_pilots=1.2,
        doubt_of_pairs=0.8,
        confused=0.33,
    ),
}
OTHER_WORLDS = ("patient", "touchy", "misjudged")
COLUMNS = {
    "fill_rate": "fill", "target_reached": "of possible", "messages_per_filled": "msg/filled",
    "late_per_filled": "late/filled", "median_hours": "median h", "slow_hours": "90 % h", "muted_share": "muted",
    "mean_travel_km": "km", "load_gini": "Gini", "busiest_share": "top 10 %", "fill_gap": "fill gap",
    "calibration_error": "ECE",
}  # fmt: skip

Cards = dict[str, Scorecard]


def run(quick: bool) -> list[Row]:
    """All rules in the assumed world over two seeds, those that matter in the others; `quick`: one seed, less each."""
    seeds = range(1) if quick else range(2)
    streams = {load: [_stream(per_day, seed) for seed in seeds] for load, per_day in LOADS.items()}
    cards = {load: _play(load, streams[load], ASSUMED, WITH_TARGETS if quick else POLICIES) for load in LOADS}
    rows = _targets(cards) + ([] if quick else _under_one_budget(cards["overload"]))
    for world in OTHER_WORLDS:
        for load in ("normal",) if quick else LOADS:
            played = _play(load, streams[load][:1], world, WITH_TARGETS if quick else WITHOUT_ABLATIONS)
            rows += _elsewhere(world, load, played)
    return rows


def _stream(per_day: float, seed: int) -> Stream:
    town = draw_town(PILOTS, seed=seed)
    requests = draw_requests(town, per_day=per_day, days=DAYS, seed=1000 + seed, start_minute=MARCH)
    return stream_of(town, requests)


def _play(load: str, streams: Sequence[Stream], world: str, rules: Iterable[str]) -> Cards:
    """The mean scorecard of each rule over the streams, shown as a table."""
    candidates = np.mean([len(stream.pilot) / stream.count for stream in streams])
    requests = sum(stream.count for stream in streams)
    print(f"  {world} world, {load}: {requests:,} requests, {candidates:.0f} candidates each")
    print(" " * 31 + " ".join(label.rjust(11) for label in COLUMNS.values()))
    cards = {}
    for name in rules:
        runs = [simulate(s, POLICIES[name], WORLDS[world], seed=seed) for seed, s in enumerate(streams)]
        cards[name] = mean_of([scorecard(run) for run in runs])
        figures = " ".join(f"{getattr(cards[name], column):11.3g}" for column in COLUMNS)
        print(f"    {name.ljust(27)}{figures}", flush=True)
    return cards


def _targets(cards: Mapping[str, Cards]) -> list[Row]:
    """N1 to N3 of the design, and the office's own target."""
    normal, overload = cards["normal"], cards["overload"]
    ours, fixed, loaded = normal[OURS], normal[FIXED], overload[OURS]
    against_fixed = ours.messages_per_filled / fixed.messages_per_filled
    against_all = ours.messages_per_filled / normal[EVERYBODY].messages_per_filled
    late = ours.late_per_filled / fixed.late_per_filled
    fixed_fill, near_fill = overload[FIXED].fill_rate, overload[NEAREST].fill_rate
    target, reached = WavePolicy().target, "requests filled in time, of those where enough people wanted to"
    return [
        Row("N1-fixed", "normal: messages per filled / fixed waves", against_fixed, 0.5),
        Row("N1-all", "normal: messages per filled / everybody", against_all, 0.25),
        Row("N1-fill", "normal: fill / fixed waves", ours.fill_rate / fixed.fill_rate, 1.0, True),
        Row("N2-fixed", "overload: fill / fixed waves", loaded.fill_rate / fixed_fill, 1.5, True),
        Row("N2-near", "overload: fill / nearest first", loaded.fill_rate / near_fill, 1.05, True),
        Row("N3-late", "normal: late yeses per filled / fixed waves", late, 0.6),
        Row("N3-muted", "normal: pilots who left because of messages", ours.muted_share, 0.001),
        Row("N-target", f"normal: {reached}", ours.target_reached, target, True),
        Row("N-target-35", f"overload: {reached}", loaded.target_reached, target, True),
        Row("N-hours", "normal: median hours to a confirmed pilot", ours.median_hours),
    ]


def _under_one_budget(overload: Cards) -> list[Row]:
    """What is left of the win under overload where the other rules get our contact budget: the messages."""
    ours, rows = overload[OURS], []
    for code, name in (("fixed", FIXED_SPARING), ("near", NEAREST_SPARING)):
        fill = ours.fill_rate / overload[name].fill_rate
        messages = ours.messages_per_filled / overload[name].messages_per_filled
        rows += [
            Row(f"N2-{code}-budget", f"overload: fill / {name}", fill, 0.98, True),
            Row(f"N1-{code}-budget", f"overload: messages per filled / {name}", messages, 0.9),
        ]
    return rows


def _elsewhere(world: str, load: str, cards: Cards) -> list[Row]:
    """In another world we fill as much as the best other rule, at normal load with half of the messages of fixed waves.

    Under overload the messages only inform: fixed waves write to fewer people there, because the others have left.
    """
    ours = cards[OURS]
    fill = ours.fill_rate / max(card.fill_rate for name, card in cards.items() if name != OURS)
    messages = ours.messages_per_filled / cards[FIXED].messages_per_filled
    half = 0.5 if load == "normal" else None
    return [
        Row(f"N1-{world}-{load}", f"{world}, {load}: messages per filled / fixed waves", messages, half),
        Row(f"N2-{world}-{load}", f"{world}, {load}: fill / the best other rule", fill, 0.98, True),
    ]
