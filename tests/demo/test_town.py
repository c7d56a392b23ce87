"""Can the story that bin/run tells find its pilots in the demo town, on whichever weekday it is told?"""

from datetime import time

import pytest
from stack import story

from backend.demo.loading import ADMIN, COORDINATOR, NEEDS, REQUESTER
from backend.demo.town import Volunteer, volunteers
from matching.languages import Level, Skill, closure

WORKDAYS = 5
TEN, ELEVEN = time(10), time(11)


@pytest.fixture(scope="module")
def town() -> list[Volunteer]:
    return list(volunteers(80, ["49074", "49076"], ["49324"]))


def level(volunteer: Volunteer, language: str) -> int:
    found = closure({skill.language: Skill(skill.speaks, skill.understands) for skill in volunteer.skills})
    return int(found[language].level) if language in found else 0


@pytest.mark.parametrize("first", range(WORKDAYS))
def test_kurmanji_at_a_school_on_three_workdays_at_ten(town: list[Volunteer], first: int) -> None:
    days = {(first + offset) % WORKDAYS for offset in range(3)}
    able = [
        volunteer
        for volunteer in town
        if level(volunteer, "kmr") >= Level.B1
        and volunteer.has_background_check
        and "school" not in volunteer.wishes.topics_refused
        and any(
            span.weekday in days and span.starts <= TEN and span.ends >= ELEVEN for span in volunteer.week
        )
    ]
    assert len(able) >= 6  # the story needs three; some live too far away or have no hours left


def test_every_language_that_is_asked_for_has_a_choice(town: list[Volunteer]) -> None:
    speakers = {language: [level(one, language) >= Level.B1 for one in town] for language, _ in NEEDS}
    assert {language for language, found in speakers.items() if sum(found) < 2} == set()


def test_the_logins_that_bin_run_names_are_there(town: list[Volunteer]) -> None:
    assert (COORDINATOR, ADMIN, REQUESTER) == (story.COORDINATOR, story.ADMIN, story.REQUESTER)
    assert story.PILOT in {volunteer.email for volunteer in town}
