"""Whom did the invented office ask in the last weeks, and who said yes? Drawn day by day, so that habits show.

The answers follow rules that the acceptance model does not know: some people like to say yes, the way and too many
questions put off, a wished topic draws.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.contrib.gis.geos import Point

from backend.accounts.models import Office, Organisation
from backend.dispatch.models import Assignment
from backend.people.models import Availability, Pilot, Reach
from geo.postgis import to_metric

DAYS = 85  # what retention leaves of offers
SETTLED_DAYS = 16  # the last request was filed so long ago that its appointment is over
ASKED_AT_ONCE = 5
ANSWER_HOURS = 48
LEVEL = 3
LANGUAGES = ("ar", "kmr", "uk", "fa", "tr", "ru", "prs", "ti", "sq", "fr")
HOURS = (8, 9, 9, 10, 10, 11, 13, 14, 14, 15, 16, 17)
TOPICS = ("authority", "school", "health", "daycare", "work", "housing")


@dataclass
class Person:
    """A pilot as the past knows her: home and hours, habits that nobody knows, and what has happened so far."""

    pilot: Pilot
    home: Point
    languages: dict[str, int]
    week: list[Availability]
    likes_to: float
    minds_way: float
    answers_mail: float
    asked: "list[Question]" = field(default_factory=list)
    booked: list[datetime] = field(default_factory=list)
    sessions: "list[PastRequest]" = field(default_factory=list)

    def has_time(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the weekly hours cover it and nothing else is near."""
        free = all(abs(starts_at - other) >= timedelta(hours=4) for other in self.booked)
        return free and any(
            span.weekday == starts_at.weekday()
            and span.starts <= starts_at.time()
            and ends_at.time() <= span.ends
            for span in self.week
        )


@dataclass
class Question:
    """One offer, with what was known when it was made."""

    person: Person
    made_at: datetime
    distance_km: float
    topic_sessions: int
    continuity: int
    messages_7d: int
    messages_28d: int
    known: int
    said_yes: int
    unanswered: int
    last: datetime | None
    sessions: int
    yes: bool = False
    answered_at: datetime | None = None  # None: left to expire


@dataclass
class PastRequest:
    """One request of the past, whom it was offered to, and who went."""

    organisation: Organisation
    language: str
    topic: str
    case: int
    urgent: bool
    remote: bool
    filed_at: datetime
    starts_at: datetime
    ends_at: datetime
    questions: list[Question] = field(default_factory=list)
    chosen: Question | None = None


def past_requests(
    office: Office, organisations: Sequence[Organisation], *, count: int, now: datetime, seed: int = 23
) -> Iterator[PastRequest]:
    """`count` requests of the last weeks in the order of filing, those for which nobody was there left out."""
    draw = random.Random(seed)  # noqa: S311  (an invented town needs no secrets)
    people = _people(office, draw)
    where = {organisation.pk: to_metric(organisation.point) for organisation in organisations}
    for filed_at in _filing_times(draw, count, now.astimezone(office.zone)):
        request = _drawn_request(draw, organisations, filed_at)
        suits = [person for person in people if _suits(person, request, where[request.organisation.pk])]
        asked = draw.sample(suits, min(len(suits), ASKED_AT_ONCE))
        if asked:
            made_at = request.filed_at + timedelta(hours=3)
            request.questions = [
                _asked(
                    draw,
                    person,
                    request,
                    math.nan if request.remote else _km(person, where[request.organisation.pk]),
                    made_at,
                )
                for person in asked
            ]
            _choose(request)
            yield request


def _filing_times(draw: random.Random, count: int, now: datetime) -> list[datetime]:
    """Within office hours, from DAYS to SETTLED_DAYS ago."""
    days = [now - timedelta(days=draw.randrange(SETTLED_DAYS, DAYS)) for _ in range(count)]
    return sorted(day.replace(hour=draw.randrange(8, 16), minute=draw.randrange(60)) for day in days)


def _people(office: Office, draw: random.Random) -> list[Person]:
    pilots = {
        pilot.pk: pilot
        for pilot in Pilot.objects.bookable().filter(pilot_offices__office=office).order_by("display_code")
    }
    people: dict[UUID, Person] = {}
    for reach in Reach.objects.filter(office=office, pilot__in=pilots, level__gte=LEVEL):
        person = people.setdefault(
            reach.pilot_id, Person(pilots[reach.pilot_id], reach.point, {}, [], 0.0, 0.0, 0.0)
        )
        person.languages[reach.language] = reach.level
    for span in Availability.objects.filter(pilot__in=people):
        people[span.pilot_id].week.append(span)
    for pilot_id, starts_at in (
        Assignment.objects.live().filter(pilot__in=people).values_list("pilot", "starts_at")
    ):
        people[pilot_id].booked.append(starts_at)
    ordered = [people[pk] for pk in pilots if pk in people]
    for person in ordered:
        person.likes_to = draw.gauss(0.0, 0.9)
        person.minds_way = draw.uniform(0.5, 1.5)
        person.answers_mail = draw.betavariate(8, 1)
    return ordered


def _drawn_request(
    draw: random.Random, organisations: Sequence[Organisation], filed_at: datetime
) -> PastRequest:
    day = (filed_at + timedelta(days=draw.randrange(6, 14))).date()
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() == 6 else 0)
    start = datetime.combine(day, time(draw.choice(HOURS), draw.choice([0, 30])), tzinfo=filed_at.tzinfo)
    shares = [1 / rank for rank in range(1, len(LANGUAGES) + 1)]
    return PastRequest(
        organisation=draw.choice(organisations),
        language=draw.choices(LANGUAGES, shares)[0],
        topic=draw.choice(TOPICS),
        case=draw.randrange(8),
        urgent=draw.random() < 0.1,
        remote=draw.random() < 0.3,
        filed_at=filed_at.astimezone(UTC),  # two local times apart by a change of clocks differ by an hour
        starts_at=start,
        ends_at=start + timedelta(minutes=draw.choice([30, 60, 60, 90, 120])),
    )


def _suits(person: Person, request: PastRequest, place: Point) -> bool:
    return (
        request.language in person.languages
        and request.topic not in person.pilot.topics_refused
        and (request.remote or _km(person, place) <= person.pilot.reach_km)
        and person.has_time(request.starts_at, request.ends_at)
    )


def _km(person: Person, place: Point) -> float:
    return float(math.hypot(person.home.x - place.x, person.home.y - place.y) / 1000)


def _asked(
    draw: random.Random, person: Person, request: PastRequest, distance_km: float, made_at: datetime
) -> Question:
    """Note what is known now, then draw the answer."""
    over = [
        question
        for question in person.asked
        if (question.answered_at or question.made_at + timedelta(hours=ANSWER_HOURS)) < made_at
    ]
    held = [one for one in person.sessions if one.ends_at < made_at]
    question = Question(
        person=person,
        made_at=made_at,
        distance_km=distance_km,
        topic_sessions=sum(one.topic == request.topic for one in held),
        continuity=sum((one.language, one.case) == (request.language, request.case) for one in held),
        messages_7d=_within(person, made_at, 7),
        messages_28d=_within(person, made_at, 28),
        known=len(over),
        said_yes=sum(earlier.yes for earlier in over),
        unanswered=sum(earlier.answered_at is None for earlier in over),
        last=max((earlier.made_at for earlier in person.asked), default=None),
        sessions=len(person.booked),
    )
    odds = (
        0.8
        + person.likes_to
        - (0.0 if request.remote else 0.2 * person.minds_way * distance_km)
        - 0.9 * min(question.messages_7d, 4)
        + 2.2 * (request.topic in person.pilot.topics_wished)
        - 2.0 * (request.starts_at.hour >= 16)
        + 0.7 * min(question.continuity, 2)
    )
    awake = draw.random() < person.answers_mail
    question.yes = awake and draw.random() < 1 / (1 + math.exp(-odds))
    if question.yes or (awake and draw.random() < 0.7):
        hours = min(draw.lognormvariate(math.log(4), 1.1), ANSWER_HOURS - 1)
        question.answered_at = made_at + timedelta(hours=hours)
    person.asked.append(question)
    return question


def _within(person: Person, moment: datetime, days: int) -> int:
    return sum(moment - earlier.made_at < timedelta(days=days) for earlier in person.asked)


def _choose(request: PastRequest) -> None:
    """The first who said yes goes."""
    ready = [question for question in request.questions if question.yes and question.answered_at]
    request.chosen = min(ready, key=lambda question: question.answered_at or request.ends_at, default=None)
    if request.chosen is not None:
        person = request.chosen.person
        person.booked.append(request.starts_at)
        person.sessions.append(request)
