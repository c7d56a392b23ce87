"""What would have become of a stream of requests, had the office asked by another rule?

Event by event: the office looks and asks, people answer late, or not, or grow tired of messages, the coordinator
confirms the first yes. All chance is drawn before (matching.answers.Luck): two policies meet the same people.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.answers import Behaviour as Behaviour
from matching.answers import Luck
from matching.policies import AskingPolicy, Situation
from matching.stream import Stream as Stream
from matching.waves import Pending

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WEEK_MINUTES = 7 * 24 * 60
NEVER = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """What became of N requests and P pilots, and each of the M messages in the order of sending."""

    stream: Stream
    filled: NDArray[np.bool_]  # [N] all seats
    filled_at: Ints  # [N] minute of the last confirmation; NEVER
    messages: Ints  # [N]
    accepted: Ints  # [N] people who said yes in time
    accepted_late: Ints  # [N] of them, those bothered in vain: there were enough already
    distance_km: Floats  # [N] mean of those chosen; NaN: nobody, or remote
    possible: NDArray[
        np.bool_
    ]  # [N] enough wanted to, in time, had all been asked at once and none been tired
    pilot_messages: Ints  # [P]
    pilot_sessions: Ints  # [P]
    muted: NDArray[np.bool_]  # [P] left for good because of too many messages
    session_pair: Ints  # [K] the confirmed pairs
    message_pair: Ints  # [M]
    message_at: Ints  # [M] minute
    message_estimate: Floats  # [M] chance of a yes as the office saw it
    message_yes: NDArray[np.bool_]  # [M] whether this person wanted to (in time or not)


def simulate(
    stream: Stream,
    policy: AskingPolicy,
    behaviour: Behaviour | None = None,
    *,
    seed: int,
    confirm_hours: float = 1.0,
    buffer_minutes: int = 30,
) -> Outcome:
    """What becomes of the stream under the policy; equal for equal arguments.

    The coordinator confirms a yes after `confirm_hours`; a yes counts until so long before the start. Nobody is
    booked twice within `buffer_minutes` of travel.
    """
    run = _Run(stream, policy, behaviour or Behaviour(), seed, math.ceil(confirm_hours * 60), buffer_minutes)
    run.go()
    return run.outcome()


LOOK, ANSWER, CONFIRM = range(3)


class _Run:
    """One pass over the stream."""

    def __init__(
        self,
        stream: Stream,
        policy: AskingPolicy,
        behaviour: Behaviour,
        seed: int,
        confirm_minutes: int,
        buffer_minutes: int,
    ) -> None:
        self.stream, self.policy, self.behaviour, self.seed = stream, policy, behaviour, seed
        self.confirm_minutes, self.buffer = confirm_minutes, buffer_minutes
        self.luck = Luck.draw(stream.chance, stream.pilots, behaviour, seed=seed, believed=stream.believed)
        self.deadline: list[int] = (stream.start - confirm_minutes).tolist()
        self.wanted: list[int] = stream.wanted.tolist()
        self.start: list[int] = stream.start.tolist()
        self.first: list[int] = stream.first.tolist()
        self.request_of = stream.request
        self.request: list[int] = self.request_of.tolist()
        pairs = len(stream.pilot)
        self.free = np.ones(pairs, dtype=np.bool_)  # the pilot is not booked elsewhere at that time …
        self.askable = np.ones(pairs, dtype=np.bool_)  # … nor asked yet, nor gone
        self.pairs_of_pilot = np.split(
            np.argsort(stream.pilot, kind="stable"),
            np.cumsum(np.bincount(stream.pilot, minlength=stream.pilots))[:-1],
        )
        self.recent = np.zeros(stream.pilots, dtype=np.int64)  # messages within 7 days
        self.sent: deque[tuple[int, int]] = deque()  # (minute, pilot) of them
        self.pilot_messages = np.zeros(stream.pilots, dtype=np.int64)
        self.muted = np.zeros(stream.pilots, dtype=np.bool_)
        self.pending: list[dict[int, tuple[float, int]]] = [{} for _ in range(stream.count)]
        self.said_yes: list[list[int]] = [[] for _ in range(stream.count)]  # not confirmed, first come first
        self.chosen: list[list[int]] = [[] for _ in range(stream.count)]
        self.accepted = np.zeros(stream.count, dtype=np.int64)
        self.lost = np.zeros(stream.count, dtype=np.int64)  # said yes, but were booked elsewhere meanwhile
        self.filled_at = np.full(stream.count, NEVER, dtype=np.int64)
        self.waves_sent = [0] * stream.count
        self.look_number = [0] * stream.count  # only the latest look planned counts
        self.messages: list[tuple[int, int, float, bool]] = []
        self.events: list[tuple[int, int, int, int, int]] = []
        self.planned = 0

    def go(self) -> None:
        """Let everything happen, in order of time."""
        for request, minute in enumerate(self.stream.asked_from.tolist()):
            self._plan_look(request, minute)
        while self.events:
            minute, _, kind, row, number = heapq.heappop(self.events)
            if kind == LOOK:
                if number == self.look_number[row]:
                    self._look(row, minute)
            elif kind == ANSWER:
                self._answer(row, minute, yes=bool(number))
            else:
                self._confirm(row, minute)

    def _plan(self, minute: int, kind: int, row: int, number: int = 0) -> None:
        self.planned += 1
        heapq.heappush(self.events, (minute, self.planned, kind, row, number))

    def _plan_look(self, request: int, minute: int) -> None:
        self.look_number[request] += 1
        self._plan(self.behaviour.quiet.end_of(minute), LOOK, request, self.look_number[request])

    def _seats_open(self, request: int) -> int:
        """Seats for which nobody has said yes."""
        taken = len(self.chosen[request]) + len(self.said_yes[request])
        return self.wanted[request] - taken

    def _look(self, request: int, minute: int) -> None:
        wanted = self._seats_open(request)
        if wanted <= 0 or minute >= self.deadline[request]:
            return
        while self.sent and self.sent[0][0] <= minute - WEEK_MINUTES:
            self.recent[self.sent.popleft()[1]] -= 1
        first, last = self.first[request], self.first[request + 1]
        pairs = first + np.flatnonzero(self.askable[first:last])
        pilots = self.stream.pilot[pairs]
        recent = self.recent[pilots]
        known = self.pilot_messages[pilots].astype(np.float64)
        # The office sees who has been asked lately, and its model knows that this tires people.
        estimate = self.luck.estimate(pairs, pilots, known, self.behaviour) * self.behaviour.fatigue**recent
        step = self.policy.ask(
            Situation(
                chance=estimate,
                score=self.stream.score[pairs],
                distance_km=self.stream.distance_km[pairs],
                asked_this_week=recent,
                evidence=known,
                pending=[
                    Pending(chance, self.behaviour.quiet.waking_hours(at, minute))
                    for chance, at in self.pending[request].values()
                ],
                wanted=wanted,
                waves_sent=self.waves_sent[request],
                hours_left=(self.deadline[request] - minute) / 60,
                seed=(self.seed * 1_000_003 + request) * 1_000 + self.look_number[request],
            )
        )
        for row in step.asked:
            self._ask(request, int(pairs[row]), minute, float(estimate[row]))
        self.waves_sent[request] += bool(step.asked)
        if step.next_minutes is not None:
            self._plan_look(request, minute + step.next_minutes)

    def _ask(self, request: int, pair: int, minute: int, estimate: float) -> None:
        pilot = int(self.stream.pilot[pair])
        before = int(self.recent[pilot])
        chance = self.luck.chance[pair] * self.behaviour.fatigue**before
        leaves = before >= self.behaviour.patience and bool(self.luck.leaves[pair])
        yes = bool(self.luck.wants[pair] < chance) and not leaves
        self.askable[pair] = False
        self.recent[pilot] += 1
        self.sent.append((minute, pilot))
        self.pilot_messages[pilot] += 1
        self.messages.append((pair, minute, estimate, yes))
        self.pending[request][pair] = (estimate, minute)
        if leaves:
            self.muted[pilot] = True
            self.askable[self.pairs_of_pilot[pilot]] = False
        elif yes or self.luck.tells[pair]:
            due = minute + math.ceil(float(self.luck.delay_hours[pair]) * 60)
            self._plan(self.behaviour.answer_minute(due), ANSWER, pair, int(yes))

    def _answer(self, pair: int, minute: int, *, yes: bool) -> None:
        request = self.request[pair]
        if minute > self.deadline[request]:
            return
        self.pending[request].pop(pair, None)
        if yes and self.free[pair]:
            self.accepted[request] += 1
            enough = self._seats_open(request) <= 0
            self.said_yes[request].append(pair)
            if not enough:
                at = self.behaviour.quiet.end_of(minute + self.confirm_minutes)
                self._plan(min(at, self.start[request]), CONFIRM, request)
        elif self.policy.looks_at_answers:
            self._plan_look(request, minute)

    def _confirm(self, request: int, minute: int) -> None:
        """The first who said yes and is still free gets the seat; is there none, the office asks on."""
        while self.said_yes[request]:
            pair = self.said_yes[request].pop(0)
            if self.free[pair]:
                self._book(request, pair, minute)
                return
            self.lost[request] += 1
        self._plan_look(request, minute)

    def _book(self, request: int, pair: int, minute: int) -> None:
        self.chosen[request].append(pair)
        if len(self.chosen[request]) == self.wanted[request]:
            self.filled_at[request] = minute
        others = self.pairs_of_pilot[int(self.stream.pilot[pair])]
        there = self.request_of[others]
        clash = others[
            (self.stream.start[there] < self.stream.end[request] + self.buffer)
            & (self.stream.end[there] + self.buffer > self.stream.start[request])
        ]
        self.free[clash] = False
        self.askable[clash] = False
        for same_time in clash.tolist():
            self.pending[self.request[same_time]].pop(same_time, None)

    def outcome(self) -> Outcome:
        """What became of it all."""
        stream = self.stream
        seats = np.array([len(pairs) for pairs in self.chosen], dtype=np.int64)
        session_pair = np.array([pair for pairs in self.chosen for pair in pairs], dtype=np.int64)
        message_pair = np.array([pair for pair, *_ in self.messages], dtype=np.int64)
        return Outcome(
            stream=stream,
            filled=seats == stream.wanted,
            filled_at=self.filled_at,
            messages=np.bincount(self.request_of[message_pair], minlength=stream.count),
            accepted=self.accepted,
            accepted_late=self.accepted - self.lost - seats,
            distance_km=self._mean_distance(session_pair),
            possible=self._possible(),
            pilot_messages=self.pilot_messages,
            pilot_sessions=np.bincount(stream.pilot[session_pair], minlength=stream.pilots),
            muted=self.muted,
            session_pair=session_pair,
            message_pair=message_pair,
            message_at=np.array([at for _, at, _, _ in self.messages], dtype=np.int64),
            message_estimate=np.array([chance for _, _, chance, _ in self.messages], dtype=np.float64),
            message_yes=np.array([yes for *_, yes in self.messages], dtype=np.bool_),
        )

    def _mean_distance(self, session_pair: Ints) -> Floats:
        """[N] over the sessions with a place."""
        distance = self.stream.distance_km[session_pair]
        near = np.isfinite(distance)
        there, count = self.request_of[session_pair][near], self.stream.count
        total = np.bincount(there, weights=distance[near], minlength=count)
        sessions = np.bincount(there, minlength=count)
        return np.where(sessions > 0, total / np.maximum(sessions, 1), np.nan)

    def _possible(self) -> NDArray[np.bool_]:
        stream, behaviour = self.stream, self.behaviour
        asked_at = [behaviour.quiet.end_of(minute) for minute in stream.asked_from.tolist()]
        willing = [0] * stream.count
        for pair in np.flatnonzero(self.luck.wants < self.luck.chance).tolist():
            request = self.request[pair]
            due = asked_at[request] + math.ceil(float(self.luck.delay_hours[pair]) * 60)
            willing[request] += behaviour.answer_minute(due) <= self.deadline[request]
        return np.asarray(np.array(willing) >= stream.wanted, dtype=np.bool_)
