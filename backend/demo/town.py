"""What the demo town looks like: invented people over real postal codes, the same for the same seed.

Names are invented here; who lives where, speaks what, wishes what and has time when comes from the generator
that tests and benchmarks use too (matching.town).
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

import numpy as np
from numpy.typing import NDArray

from backend.people.profile import Skill, WeeklySpan, Wishes
from matching.town import Town, draw_town, spans_of

CITY, DISTRICT = "03404", "03459"  # Osnabrück, city and Landkreis (AGS)
FRIESLAND = "03455"

FIRST_NAMES = {
    "f": ["Amina", "Berivan", "Clara", "Dilan", "Elif", "Fatima", "Galyna", "Hanna", "Iryna", "Jasmin", "Leyla", "Mira",
          "Nadia", "Olena", "Parwin", "Rojda", "Selam", "Tamara", "Yasemin", "Zahra"],
    "m": ["Adnan", "Bilal", "Cemal", "Daniel", "Emre", "Farid", "Goran", "Hamid", "Ivan", "Jamal", "Karim", "Luan",
          "Mehmet", "Navid", "Omar", "Petro", "Rezan", "Samuel", "Tarek", "Yonas"],
}  # fmt: skip
LAST_NAMES = [
    "Ahmadi", "Bauer", "Celik", "Demir", "El-Amin", "Fischer", "Georgiou", "Haile", "Ibrahim", "Jansen", "Kaya",
    "Lehmann", "Marku", "Nowak", "Osman", "Petrenko", "Rahimi", "Schmidt", "Tesfaye", "Winter",
]  # fmt: skip
FARTHEST_KM = (("foot", 3), ("bicycle", 10), ("transit", 20))  # whoever comes from further has a car


@dataclass(frozen=True)
class Volunteer:
    """One invented volunteer."""

    number: int
    name: str
    email: str
    gender: str
    postcode: str
    wishes: Wishes
    skills: list[Skill]
    week: list[WeeklySpan]
    has_background_check: bool


def volunteers(count: int, city: list[str], district: list[str], *, seed: int = 70) -> Iterator[Volunteer]:
    """`count` volunteers; who lives near the centre of the generator's town has a postal code of the city."""
    town = draw_town(count, seed=seed)
    draw = random.Random(seed)  # noqa: S311  (an invented town needs no secrets)
    central = np.hypot(town.x_km, town.y_km) < 0.6 * town.radius_km
    for row in range(count):
        gender = town.gender[row]
        first = draw.choice(FIRST_NAMES[gender if gender in FIRST_NAMES else draw.choice("fm")])
        last = draw.choice(LAST_NAMES)
        yield Volunteer(
            number=row + 1,
            name=f"{first} {last}",
            email=f"{first}.{last}.{row + 1}@lotsen.example".lower(),
            gender=gender,
            postcode=draw.choice(city if central[row] else district),
            wishes=_wishes(town, row),
            skills=[
                Skill(code, int(town.speaks[row, column]), int(town.understands[row, column]))
                for column, code in enumerate(town.languages)
                if town.speaks[row, column]
            ],
            week=_week(town.week[row]),
            has_background_check=bool(town.checked[row]),
        )


def _wishes(town: Town, row: int) -> Wishes:
    reach_km = int(town.reach_km[row])
    hours = float(town.monthly_hours[row])
    stance = dict(zip(town.topics, town.topic_stance[row].tolist(), strict=True))
    return Wishes(
        german_level=int(town.german[row]),
        reach_km=reach_km,
        gender=town.gender[row],
        travel_mode=next((mode for mode, at_most in FARTHEST_KM if reach_km <= at_most), "car"),
        monthly_hours=int(hours) if np.isfinite(hours) else None,
        topics_wished=[topic for topic, wished in stance.items() if wished > 0],
        topics_refused=[topic for topic, wished in stance.items() if wished < 0],
    )


def _week(hours: NDArray[np.bool_]) -> list[WeeklySpan]:
    spans = spans_of(hours[np.newaxis])
    return [
        WeeklySpan(day, time(start), time(end))
        for day, start, end in zip(
            spans.weekday.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True
        )
    ]
