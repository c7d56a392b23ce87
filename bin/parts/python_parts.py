"""Which newer releases are there of our Python packages, since when, and which known weaknesses have ours?

Asked of the index that uv and pip are set up with, by their own ordinary programs; its address stands nowhere here.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from parts.frames import UPDATE, Decisions, Finding, Part, is_newer, order

# (command, what it reads) -> what it prints. Raises OSError when it fails.
Run = Callable[[list[str], str], str]
LOCKED = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)
NEWEST = ["pip", "compile", "-", "--no-deps", "--no-header", "--no-annotate", "-q"]
LONGEST_DAYS = 1024  # nobody asks whether it was longer


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> dict[str, str]:
    """Name: version. Of two for different Pythons the older: the image's Python is the older one."""
    found: dict[str, str] = {}
    for name, version in LOCKED.findall(text):
        known = found.get(canonical(name))
        found[canonical(name)] = version if known is None else min(version, known, key=order)
    return found


def named(requirements: Iterable[str]) -> set[str]:
    """The names in a list of requirements."""
    return {canonical(match[0]) for one in requirements if (match := re.match(r"[A-Za-z0-9][\w.-]*", one))}


class PythonIndex:
    """What the index had to offer, on which day."""

    def __init__(self, run: Run, *, python: str, today: date, decisions: Decisions) -> None:
        self._run, self._python, self._today, self._decisions = run, python, today, decisions

    def newest(self, names: Iterable[str], *, days_ago: int = 0) -> dict[str, str]:
        """Of each the newest stable release for our Python that was there then, below the line we keep to."""
        below = self._decisions.below
        asked = "\n".join(f"{name}<{below[name]}" if name in below else name for name in sorted(names))
        then = (self._today - timedelta(days=days_ago)).isoformat()  # that whole day
        command = [*NEWEST, "--python-version", self._python, "--exclude-newer", then]
        return locked(self._run(command, asked))

    def days(self, name: str, is_better: Callable[[str], bool]) -> int:
        """For how many days a release has been there that is better; halving, as it stays so once there is one."""
        lowest, highest = 0, LONGEST_DAYS
        while highest - lowest > 1:
            middle = (lowest + highest) // 2
            if is_better(self._then(name, middle)):
                lowest = middle
            else:
                highest = middle
        return lowest

    def _then(self, name: str, days_ago: int) -> str:
        try:
            return self.newest([name], days_ago=days_ago).get(name, "")
        except OSError:  # there was none of it then
            return ""


def updates(parts: Iterable[Part], index: PythonIndex, reachable: Mapping[str, str]) -> list[Finding]:
    """Newer releases. What another part holds back is not in our hands, and told of that one."""
    own = list(parts)
    newest = index.newest(part.name for part in own)
    found = []
    for part in own:
        best = newest.get(part.name, part.version)
        if not part.direct:
            best = min(best, reachable.get(part.name, best), key=order)
        if is_newer(best, part.version):
            days = index.days(part.name, lambda then, part=part: bool(then) and is_newer(then, part.version))
            found.append(Finding(part, UPDATE, best, days))
    return found


def unknown(reports: Iterable[str]) -> list[str]:
    """The packages of which pip-audit was told nothing; that is no good news."""
    entries = [entry for report in reports for entry in json.loads(report)["dependencies"]]
    return sorted({entry["name"] for entry in entries if "skip_reason" in entry})


def weaknesses(report: str, parts: Iterable[Part], index: PythonIndex, decisions: Decisions) -> list[Finding]:
    """What pip-audit says, as JSON. It names no severity, so the shortest time counts for each."""
    known = {part.name: part for part in parts}
    found = []
    for entry in json.loads(report)["dependencies"]:
        part = known.get(canonical(entry["name"]))
        if part is None:
            continue
        for told in entry.get("vulns", ()):
            if {told["id"], *told.get("aliases", ())} & decisions.accepted:
                continue
            mended = min(
                (fix for fix in told["fix_versions"] if is_newer(fix, part.version)), key=order, default=""
            )
            days = index.days(part.name, lambda then, fix=mended: bool(then) and order(then) >= order(fix))
            found.append(Finding(part, "critical", mended, days if mended else None, told["id"]))
    return found
