"""A thousand pilots say yes at once while a hundred confirmations come in: is one commissioned, every time?

And one pilot wanted by 250 overlapping requests at once: is she in one place? Each race is judged by the database
afterwards, rows and commission record alike. The control takes lock and index away; then several win, or the race
proves nothing. Over HTTP the same goes through the production web processes. Goes on where it stopped.
"""

import random
import secrets
from datetime import timedelta

import httpx
from django.utils import timezone

from backend.accounts.models import ApiToken, Office
from backend.accounts.tokens import TOKEN_PREFIX, digest
from backend.dispatch.models import Assignment, Commission
from backend.dispatch.proof import prove
from benchmarks import budget
from benchmarks.database import scratch_database
from benchmarks.load import web
from benchmarks.rows import Row
from benchmarks.tally import Tally
from tests import factories as make
from tests.dispatch.racing import (
    HOUR,
    Town,
    all_at_once,
    confirming,
    nobody_waits,
    offered,
    race_for_a_pilot,
    race_for_a_request,
    without,
)
from tests.factories import at

PILOTS, CONFIRMS, OVERLAPPING, RACES = 1_100, 100, 250, 500
QUICK_PILOTS, QUICK_CONFIRMS, QUICK_OVERLAPPING, QUICK_RACES = 60, 10, 20, 3
WIDTH, HTTP_SHARE, CONTROLS = 40, 10, 20
P99_MS = 2_000
REFUSED = (
    "refused by"  # a loser heard another reason than that somebody was faster: one commission all the same
)


def run(quick: bool) -> list[Row]:
    """Races until there have been as many as asked for; one in ten of them over HTTP."""
    tally = Tally(None if quick else "races")
    pilots, confirms, overlapping, races = (
        (QUICK_PILOTS, QUICK_CONFIRMS, QUICK_OVERLAPPING, QUICK_RACES)
        if quick
        else (PILOTS, CONFIRMS, OVERLAPPING, RACES)
    )
    wanted = {
        "request": races,
        "pilot": races,
        "http": max(races // HTTP_SHARE, 1),
        "control": 2 if quick else CONTROLS,
    }

    def done(kind: str) -> float:
        return tally.get(kind, "n") / wanted[kind]

    with scratch_database(), web() as (_process, port):
        town = build(pilots)
        # Each kind in turn, so that a run that is stopped has seen them all.
        while done(kind := min(wanted, key=done)) < 1 and not budget.used_up():
            number = tally.get(kind, "n")
            if kind == "http":
                over_http(town, tally, port, number, confirms=confirms)
            elif kind == "control":
                tally.add("control", n=1, caught=int(control(town, number) > 1))
            else:
                past_the_web(town, tally, kind, number, confirms=confirms, overlapping=overlapping)
    return rows(tally)


def past_the_web(
    town: Town, tally: Tally, kind: str, number: int, *, confirms: int, overlapping: int
) -> None:
    """One race of commands, threads against threads."""
    start = at(10, 10) + timedelta(days=number % 300)
    if kind == "request":
        came = race_for_a_request(town, start, confirms=confirms, width=WIDTH, seed=number)
    else:
        # In the afternoon: in the mornings of the races before, the same pilot may have won.
        came = race_for_a_pilot(town, start + 5 * HOUR, requests=overlapping, width=WIDTH)
    holds = all(prove(office).holds for office in Office.objects.all())
    tally.add(
        kind,
        n=1,
        answers=came.answers,
        faults=sum(not fault.startswith(REFUSED) for fault in came.faults) + (not holds),
        unclear=sum(fault.startswith(REFUSED) for fault in came.faults),
        longest_ms=max(came.milliseconds),
    )
    print(f"  {kind} {number + 1}: {came.winners} of {came.answers} won {came.faults}", flush=True)


def rows(tally: Tally) -> list[Row]:
    said = []
    for section, what in (
        ("request", "one request"),
        ("pilot", "one pilot"),
        ("http", "one request, over HTTP"),
    ):
        n = tally.get(section, "n")
        about = f"races for {what} with another end than one commission ({tally.get(section, 'answers'):,} answers)"
        said.append(Row(f"R-{section}", about, tally.get(section, "faults"), 0, n=n))
    n = tally.get("request", "n") + tally.get("pilot", "n")
    unclear = tally.get("request", "unclear") + tally.get("pilot", "unclear")
    said.append(
        Row("R-unclear", "of them: somebody was told to try again instead of who was faster", unclear, 0, n=n)
    )
    times = sorted(tally.get("http", "milliseconds", []))
    p99 = times[min(int(len(times) * 0.99), len(times) - 1)] if times else float("nan")
    n = tally.get("control", "n")
    return [
        *said,
        Row("R-http-p99", "an answer over HTTP in such a race, ms, 99 of 100", p99, P99_MS, n=len(times)),
        Row("R-control", "controls without lock and index in which several win, of all", tally.get("control", "caught"),
            n, at_least=True, n=n),
    ]  # fmt: skip


def build(pilots: int) -> Town:
    """An office with its pilots, two coordinators and who asks."""
    print(f"  building {pilots:,} pilots …", flush=True)
    make.a_gazetteer()
    office = make.an_office("osnabrueck", make.OSNABRUECK_POSTCODES)
    kaya, karl = (make.a_coordinator(name, office) for name in ("kaya", "karl"))
    school = make.an_organisation("rita", kaya)
    rita = school.memberships.get().user
    people = [make.a_pilot(f"p{number}", kaya) for number in range(pilots)]
    return Town(rita, make.a_help_seeker(rita), [kaya, karl], people)


def control(town: Town, number: int) -> int:
    """How many win without the row lock and the index."""
    with without("dispatch_assignment", "seat_taken"), nobody_waits(4):
        start = at(10, 10) + timedelta(days=number)
        help_request, offers = offered(town, [(start, start + HOUR)], town.pilots[:4], accepted=4, seats=2)
        all_at_once([confirming(offer, town.coordinators[0]) for offer in offers], width=4)
        return help_request.assignments.live().filter(seat=1).count()


def over_http(town: Town, tally: Tally, port: int, number: int, *, confirms: int) -> None:
    """The same through the production's web processes, by tokens: what counts is what the database holds afterwards."""
    now = timezone.now()
    start = (now + timedelta(days=30 + number)).replace(hour=9, minute=0, second=0, microsecond=0)
    help_request, offers = offered(town, [(start, start + HOUR)], town.pilots, accepted=confirms)
    for offer in offers:
        offer.expires_at = now + timedelta(days=2)
    type(offers[0]).objects.bulk_update(offers, ["expires_at"])
    tokens = {user.pk: TOKEN_PREFIX + secrets.token_urlsafe(32)
              for user in [*town.coordinators, *(pilot.user for pilot in town.pilots)]}  # fmt: skip
    ApiToken.objects.all().delete()
    ApiToken.objects.bulk_create(
        ApiToken(user_id=pk, name="race", hash=digest(secret), scopes=["dispatch", "answers"], created_at=now,
                 expires_at=now + timedelta(days=1), is_strong=True)
        for pk, secret in tokens.items()
    )  # fmt: skip

    def post(path: str, user_id: object, body: dict[str, str]):
        def job() -> int:
            headers = {"Authorization": f"Bearer {tokens[user_id]}"}
            return client.post(f"/api/v1/{path}", json=body, headers=headers).status_code

        return job

    coordinator = town.coordinators[0].pk
    confirm = f"help-requests/{help_request.pk}/confirm"
    jobs = [post(confirm, coordinator, {"offer": str(offer.pk)}) for offer in offers[:confirms]]
    jobs += [post(f"offers/{offer.pk}/accept", offer.pilot.user_id, {}) for offer in offers[confirms:]]
    random.Random(number).shuffle(jobs)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
        answers, times = all_at_once(jobs, width=WIDTH)
    live = Assignment.objects.live().filter(help_request=help_request).count()
    entries = Commission.objects.filter(assignment__help_request=help_request, kind="COMMISSIONED").count()
    wrong = [answer for answer in answers if answer not in {200, 201, 409, 422}]
    fault = not live == entries == 1 or bool(wrong)
    tally.add(
        "http", n=1, answers=len(answers), faults=int(fault), milliseconds=[round(one) for one in times]
    )
    print(
        f"  over HTTP {number + 1}: {live} commissioned, {entries} in the record, unexpected {wrong[:5]}",
        flush=True,
    )
