"""How does a test send people to work, and learn what they were promised?"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.faults.histories import Promise

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = "tests.faults.people"
NAME_AT_DATABASE = "people"
BUSY = "busy_try_again"


def people_command(function: str, people: str = PEOPLE) -> list[str]:
    """The command that runs a function of the module `people` in a process of its own."""
    code = f"import django; django.setup(); import {people} as people; people.{function}()"
    return [sys.executable, "-c", code]


class Town:
    """The people's process: orders go in and are carried out one after the other, while the test does its worst."""

    def __init__(
        self, environment: Mapping[str, str], *, diary: Path, log: Path, people: str = PEOPLE
    ) -> None:
        self.diary, self.log = diary, log
        self._orders = 0
        self._entries: list[dict[str, str]] = []
        self._read_bytes = 0
        with diary.open("wb") as output, log.open("wb") as errors:
            self._process = subprocess.Popen(
                people_command("live", people),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=errors,
                # By this name they are found among those who wait for the database.
                env={**environment, "PGAPPNAME": NAME_AT_DATABASE},
                cwd=ROOT,
                text=True,
            )

    def order(self, what: str, number: int) -> None:
        """Have them do it as soon as they are done with what they were told before."""
        assert self._process.stdin
        self._process.stdin.write(f"{what} {number}\n")
        self._process.stdin.flush()
        self._orders += 1

    @property
    def is_idle(self) -> bool:
        """Whether all orders have been carried out."""
        return sum("carried_out" in entry for entry in self.entries()) == self._orders

    @property
    def promises(self) -> list[Promise]:
        return [Promise(**entry) for entry in self.entries() if "template" in entry]

    @property
    def unanswered(self) -> int:
        """How often the database did not answer."""
        return sum("unanswered" in entry for entry in self.entries())

    @property
    def told_to_wait(self) -> int:
        """How often somebody was told that others are at the same thing."""
        return sum("told_to_wait" in entry for entry in self.entries())

    @property
    def took_effect_before(self) -> list[str]:
        """The orders whose repeated command had taken effect at the first try."""
        return [entry["took_effect_before"] for entry in self.entries() if "took_effect_before" in entry]

    def hints_lost(self) -> int:
        """How many commands could not tell the broker."""
        return self.log.read_text().count("wake_failed")

    def entries(self) -> list[dict[str, str]]:
        """The diary so far; raises when the people could not go on."""
        if self._process.poll() is not None:
            raise AssertionError(f"the people stopped working:\n{self.log.read_text()}")
        with self.diary.open("rb") as diary:
            diary.seek(self._read_bytes)
            whole, end, _half = diary.read().rpartition(b"\n")
        self._read_bytes += len(whole) + len(end)
        self._entries += [json.loads(line) for line in whole.splitlines()]
        return self._entries

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
