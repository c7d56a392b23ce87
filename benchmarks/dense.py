"""Are the ten that interactive ranking finds the ten best of all, on a thousand random requests?

The reference knows no prefilter: it loads all pilots of the office for all requests at once, dense, and ranks each row.
"""

import random
from datetime import timedelta

from django.db import connection

from backend.dispatch import matchmaking
from backend.dispatch.models import HelpRequest
from backend.dispatch.pool import load_joint
from backend.people.models import Pilot
from benchmarks import crowd, town
from benchmarks.database import scratch_database
from benchmarks.rows import Row
from matching.ranking import Ranking, rank

PILOTS = 500
AT_ONCE = 100  # requests per dense load
TOPICS = ("school", "health", "work", "conflict")


def run(quick: bool) -> list[Row]:
    """I7 on 1,000 requests, or on 100 with `quick`."""
    requests = 100 if quick else 1_000
    with scratch_database():
        built = crowd.build(PILOTS, seed=0.7)
        _vetoes_and_sessions(built)
        drawn = _requests(built, requests)
        town.analyze()
        differing, off, found = 0, 0.0, 0
        for first in range(0, requests, AT_ONCE):
            some = drawn[first : first + AT_ONCE]
            for help_request, expected in zip(some, _dense(some), strict=True):
                pool, ranking = matchmaking.rank_pilots(
                    help_request, list(help_request.slots.all()), limit=10, now=town.NOW
                )
                ours = [(pool.pilot_ids[one.pilot], round(one.score, 9)) for one in ranking.candidates]
                differing += ours != expected
                off = max(
                    [
                        off,
                        *(
                            abs(one.score - sum(c.contribution for c in one.contributions))
                            for one in ranking.candidates
                        ),
                    ]
                )
                found += bool(ours)
    print(f"  {found} of {requests} requests have a candidate")
    return [
        Row(
            "I7",
            f"of {requests:,} random requests, how many have other ten best than the dense reference",
            differing,
            0,
        ),
        Row("I7-sum", "most by which contributions miss their score", off, 1e-6),
        Row(
            "I7-any",
            "share of these requests for which somebody comes into question",
            found / requests,
            0.2,
            at_least=True,
        ),
    ]


def _dense(help_requests: list[HelpRequest]) -> list[list[tuple[object, float]]]:
    """The ten best of each, by the office's whole list of pilots."""
    slots = [list(help_request.slots.all()) for help_request in help_requests]
    everybody = Pilot.objects.bookable().values("pk")
    pool = load_joint(help_requests, slots, everybody, now=town.NOW, all_languages=True)
    weights = matchmaking.weights_of(help_requests[0].office)
    rankings: list[Ranking] = [
        rank(pool.problem, row, weights, limit=10) for row in range(len(help_requests))
    ]
    return [
        [(pool.pilot_ids[one.pilot], round(one.score, 9)) for one in ranking.candidates]
        for ranking in rankings
    ]


def _requests(built: crowd.Crowd, count: int) -> list[HelpRequest]:
    draw = random.Random(5)
    shares = [1 / rank for rank in range(1, len(crowd.LANGUAGES) + 1)]
    for number in range(1, count + 1):
        starts_at = town.TUESDAY.replace(hour=draw.choice((9, 10, 11, 14))) + timedelta(
            days=draw.randrange(5)
        )
        crowd.a_request(
            built.office,
            built.coordinator,
            number=number,
            language=draw.choices(crowd.LANGUAGES, shares)[0],
            level=draw.choice((3, 4, 5)),
            topic=draw.choice(TOPICS),
            minors=draw.random() < 0.4,
            gender_wish=draw.choices(("", "f", "m"), (8, 1, 1))[0],
            lat=crowd.CENTRE_LAT + draw.uniform(-0.06, 0.06),
            lon=crowd.CENTRE_LON + draw.uniform(-0.1, 0.1),
            times=tuple(starts_at + timedelta(days=offset) for offset in range(draw.choice((1, 1, 2, 3)))),
        )
    drawn = HelpRequest.objects.exclude(pk=built.help_request.pk).select_related("office", "meeting_place")
    return list(drawn.prefetch_related("slots").order_by("reference"))


def _vetoes_and_sessions(built: crowd.Crowd) -> None:
    """Some have ruled the school's postcode out, and a third has sessions behind or before them."""
    town.history(random.Random(3), built.office, built.coordinator, PILOTS // 3)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_veto (id, pilot_id, postcode)"
            " SELECT gen_random_uuid(), id, '49074' FROM people_pilot WHERE right(display_code, 1) = '7' LIMIT 20"
        )
