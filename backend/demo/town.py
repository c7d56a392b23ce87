"""What the demo town looks like: invented people over real postal codes, the same for the same seed.

Proportions follow the field: a few languages are spoken by many and many by few (Zipf), most volunteers live in the
city, and have two or three half days a week.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from backend.people.profile import Skill, WeeklySpan, Wishes

CITY, DISTRICT = "03404", "03459"  # Osnabrück, city and Landkreis (AGS)
FRIESLAND = "03455"

# Languages of the pilots, most frequent first, each with a second one its speakers often know.
LANGUAGES = [
    ("ar", "en"), ("kmr", "tr"), ("uk", "ru"), ("fa", "prs"), ("ru", None), ("tr", None), ("prs", "ps"),
    ("ti", "am"), ("fr", "en"), ("sr", "hr"), ("sq", None), ("ckb", "ar"), ("so", "ar"), ("pl", None), ("ro", None),
    ("bg", "ru"), ("es", "en"), ("vi", None), ("ur", "en"), ("pt", "es"),
]  # fmt: skip
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
TOPICS = ["authority", "school", "health", "daycare", "housing", "work", "family", "orientation"]
HALF_DAYS = [(time(8), time(13)), (time(12), time(17)), (time(14), time(19)), (time(8), time(18))]


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


def volunteers(count: int, city: list[str], district: list[str], *, seed: int = 7) -> Iterator[Volunteer]:
    """`count` volunteers with homes among the postal codes of the city (70 %) and of the district."""
    draw = random.Random(seed)  # noqa: S311  (an invented town needs no secrets)
    shares = [1 / rank for rank in range(1, len(LANGUAGES) + 1)]
    for number in range(1, count + 1):
        gender = draw.choices(["f", "m"], [6, 4])[0]
        first, last = draw.choice(FIRST_NAMES[gender]), draw.choice(LAST_NAMES)
        in_city = draw.random() < 0.7
        wished = draw.sample(TOPICS, 3)
        yield Volunteer(
            number=number,
            name=f"{first} {last}",
            email=f"{first}.{last}.{number}@lotsen.example".lower(),
            gender=gender,
            postcode=draw.choice(city if in_city else district),
            wishes=Wishes(
                german_level=draw.choices([3, 4, 5, 6], [2, 4, 3, 3])[0],
                reach_km=draw.choice([8, 10, 15, 20]) if in_city else draw.choice([15, 25, 30, 40]),
                gender=gender,
                travel_mode=draw.choice(["foot", "bicycle", "transit", "car"]),
                monthly_hours=draw.choice([4, 6, 8, 10, 15, None]),
                topics_wished=wished,
                topics_refused=[t for t in draw.sample(TOPICS, 1) if t not in wished and draw.random() < 0.5],
            ),
            skills=_skills(draw, shares),
            week=_week(draw),
            has_background_check=draw.random() < 0.8,
        )


def _skills(draw: random.Random, shares: list[float]) -> list[Skill]:
    main, second = draw.choices(LANGUAGES, shares)[0]
    skills = {main: draw.choice([5, 6, 6])}
    if second and draw.random() < 0.6:
        skills[second] = draw.choice([3, 4, 5])
    if draw.random() < 0.5:
        skills.setdefault("en", draw.choice([3, 4, 5]))
    return [Skill(code, level, level) for code, level in skills.items()]


def _week(draw: random.Random) -> list[WeeklySpan]:
    days = sorted(draw.sample(range(6), draw.choice([2, 3, 4, 5])))
    return [WeeklySpan(day, *draw.choice(HALF_DAYS)) for day in days]
