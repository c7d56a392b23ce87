"""The ranking one would write first: a loop over the pilots that looks everything up as it goes.

Same rules and same weights, written from the definition in plain Python and not from matching/.
"""

import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from backend.dispatch.models import HelpRequest, HelpRequestSlot
from backend.people.models import Pilot
from geo.postgis import to_metric
from matching.languages import Skill, Understood, closure
from matching.weights import Weights

LIVE = ("CONFIRMED", "COMPLETED")


def best_ten(help_request: HelpRequest, *, now: datetime) -> list[str]:
    """Ids of the ten best pilots, best first."""
    scored = []
    for pilot in Pilot.objects.filter(status="ACTIVE", pilot_offices__office=help_request.office).order_by(
        "pk"
    ):
        score = _score(pilot, help_request, now)
        if score is not None:
            scored.append((-round(score, 12), str(pilot.pk)))
    return [pk for _, pk in sorted(scored)[:10]]


def _score(pilot: Pilot, help_request: HelpRequest, now: datetime) -> float | None:
    weights = Weights.from_dict(help_request.office.weights)
    understood = closure({s.language: Skill(s.speaks, s.understands) for s in pilot.skills.all()})
    known = [understood[code] for code in help_request.languages if code in understood]
    fitting = [language for language in known if language.level >= help_request.required_level]
    if not fitting or pilot.german_level < help_request.office.minimum_german_level:
        return None
    km = to_metric(pilot.home.point).distance(to_metric(help_request.meeting_place.point)) / 1000
    if km > pilot.reach_km or help_request.topic in pilot.topics_refused:
        return None
    if help_request.gender_wish and pilot.gender != help_request.gender_wish:
        return None
    if pilot.vetoes.filter(help_seeker=help_request.help_seeker).exists():
        return None
    if help_request.offers.filter(pilot=pilot, status__in=("DECLINED", "CHOSEN")).exists():
        return None
    slots = [slot for slot in help_request.slots.all() if _free(pilot, slot, help_request)]
    if not slots:
        return None
    return _weighted(pilot, help_request, weights, fitting, km, slots, now)


def _free(pilot: Pilot, slot: HelpRequestSlot, help_request: HelpRequest) -> bool:
    zone = ZoneInfo(help_request.office.time_zone)
    start, end = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    if help_request.minors:
        check = pilot.background_checks.order_by("-inspected_date").first()
        if check is None or check.stands_in_the_way or check.valid_until < end.date():
            return False
    spans = pilot.availabilities.all()
    if not any(
        s.weekday == start.weekday() and s.starts <= start.time() and end.time() <= s.ends for s in spans
    ):
        return False
    if any(a.start_date <= start.date() <= a.end_date for a in pilot.absences.all()):
        return False
    half = timedelta(minutes=help_request.office.travel_buffer_minutes // 2)
    month = []
    for assignment in pilot.assignments.all():
        if assignment.status not in LIVE:
            continue
        if assignment.busy.lower < slot.ends_at + half and slot.starts_at - half < assignment.busy.upper:
            return False
        begun = assignment.starts_at.astimezone(zone)
        if (begun.year, begun.month) == (start.year, start.month):
            month.append(assignment)
    hours = sum((a.ends_at - a.starts_at).total_seconds() for a in month) / 3600
    return pilot.monthly_hours is None or hours + (end - start).total_seconds() / 3600 <= pilot.monthly_hours


def _weighted(
    pilot: Pilot,
    help_request: HelpRequest,
    weights: Weights,
    fitting: list[Understood],
    km: float,
    slots: list[HelpRequestSlot],
    now: datetime,
) -> float:
    zone = ZoneInfo(help_request.office.time_zone)
    live = [a for a in pilot.assignments.all() if a.status in LIVE]
    recent = sum(a.starts_at >= now - timedelta(days=90) for a in live)
    held = [a for a in pilot.assignments.all() if a.status == "COMPLETED"]
    of_topic = sum(a.help_request.topic == help_request.topic for a in held)
    together = min(
        sum(a.help_request.help_seeker_id == help_request.help_seeker_id for a in held),
        weights.continuity_cap,
    )
    month = {
        (s.starts_at.astimezone(zone).year, s.starts_at.astimezone(zone).month)
        for s in help_request.slots.all()
    }
    used = min(
        sum(
            (a.ends_at - a.starts_at).total_seconds() / 3600
            for a in live
            if (a.starts_at.astimezone(zone).year, a.starts_at.astimezone(zone).month) == one
        )
        for one in month
    )
    share = 0.0 if pilot.monthly_hours is None else min(used / pilot.monthly_hours, 1.0)
    values = {
        "language_fit": max(u.level / 6 * (1.0 if u.via == u.code else 0.8) for u in fitting),
        "proximity": 2 ** (-km / weights.half_km),
        "load_spread": math.log2(1 + 1 / (1 + recent)) * (1 - share**2),
        "topic_experience": 0.7 * of_topic / (of_topic + 3)
        + 0.3 * (help_request.topic in pilot.topics_wished),
        "continuity": (1 - 2.0**-together) / (1 - 2.0**-weights.continuity_cap),
    }
    return sum(weights.of(code) * value for code, value in values.items()) / weights.total
