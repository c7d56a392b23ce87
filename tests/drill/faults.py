"""Does the drill complain where a step of the erasing is left out?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest.mock import patch

from tests.drill import places
from tests.drill.life import Life
from tests.drill.lives import seeker
from tests.drill.marks import hits
from tests.drill.pilots import short_life

if TYPE_CHECKING:
    from tests.drill.course import Drill
    from tests.drill.town import Town


@dataclass(frozen=True)
class Fault:
    """A step that is left out, whose life shows it, and where the search must find something then."""

    step: str
    life: Callable[["Town", int], Life]
    kind: str


FAULTS = (
    Fault("backend.people.commands.erasing._empty", short_life, "sealed"),
    Fault("backend.privacy.commands.erasing._close", short_life, "dump"),
    Fault("backend.privacy.commands.erasing._drop_what_is_hers_alone", short_life, "sealed"),
    Fault("backend.privacy.traces.end_sessions", short_life, "sessions,"),
    Fault("backend.privacy.traces.drop_letters_after_commit", short_life, "mail"),
    Fault("backend.privacy.commands.erasing.forget_help_seeker", seeker, "sealed"),
)
FIRST = 900  # their serial numbers


def sown(drill: "Drill") -> dict[str, list[str]]:
    """For each step left out, the kinds of places in which something was found."""
    people = {}
    for number, fault in enumerate(FAULTS):
        life = fault.life(drill.town, FIRST + number)
        drill.town.office_signs_in()
        with left_out(fault.step):
            life.erase()
        people[fault.step] = life.person
    found = places.everywhere(drill.database, drill.folders)
    seen = hits(found, people.values())
    return {
        step: sorted({places.kind_of(hit.place) for hit in seen if hit.whom == str(person)})
        for step, person in people.items()
    }


@contextmanager
def left_out(step: str) -> Iterator[None]:
    with patch(step, lambda *args, **kwargs: None):
        yield
