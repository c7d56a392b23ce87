"""Which newer releases are there of our front-end packages, since when, and which known weaknesses have ours?

Asked by npm, of the registry that it is set up with.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from parts.frames import OF_SEVERITY, UPDATE, Decisions, Finding, Part, is_newer, is_stable, order

Times = Mapping[str, date]
BOUND = re.compile(r"<(=?)\s*v?(\d[\w.+-]*)")


def locked(lock: str, manifest: str) -> list[Part]:
    """The parts of package-lock.json; those that package.json names are direct."""
    told, declared = json.loads(lock)["packages"], json.loads(manifest)
    direct = {*declared.get("dependencies", ()), *declared.get("devDependencies", ())}
    names = {path: path.rpartition("node_modules/")[2] for path in told if path}
    return [Part(name, told[path]["version"], name in direct) for path, name in names.items()]


def released(view: str) -> dict[str, date]:
    """Version: the day it came out, of what `npm view NAME time dist-tags` says; stable ones up to the latest."""
    told = json.loads(view)
    latest = told["dist-tags"]["latest"]
    return {
        version: datetime.fromisoformat(moment.replace("Z", "+00:00")).date()
        for version, moment in told["time"].items()
        if version[0].isdigit() and is_stable(version) and not is_newer(version, latest)
    }


def updates(
    parts: Iterable[Part],
    times_of: Callable[[str], Times],
    reachable: Mapping[str, str],
    *,
    today: date,
    decisions: Decisions,
) -> list[Finding]:
    """Newer releases; of what others bring along only those that they allow."""
    found = []
    for part in parts:
        limit = None if part.direct else reachable.get(part.name)
        below = decisions.below.get(part.name)
        newer = {
            version: day
            for version, day in times_of(part.name).items()
            if is_newer(version, part.version)
            and (limit is None or order(version) <= order(limit))
            and (below is None or order(version) < order(below))
        }
        if newer:
            days = (today - min(newer.values())).days
            found.append(Finding(part, UPDATE, max(newer, key=order), days))
    return found


def weaknesses(
    report: str,
    parts: Iterable[Part],
    times_of: Callable[[str], Times],
    *,
    today: date,
    decisions: Decisions,
) -> list[Finding]:
    """What `npm audit --json` says, each weakness once, at the part that has it."""
    known = {part.name: part for part in parts}
    found = []
    for name, entry in json.loads(report)["vulnerabilities"].items():
        for told in entry["via"]:
            if isinstance(told, str) or name not in known:  # a part that only stands on a weak one
                continue
            number = told["url"].rpartition("/")[2]
            if number in decisions.accepted:
                continue
            times = times_of(name)
            mended = _mended(told["range"], known[name].version, times)
            days = (today - times[mended]).days if mended else None
            found.append(
                Finding(known[name], OF_SEVERITY.get(told["severity"], "high"), mended, days, number)
            )
    return found


def _mended(weak: str, version: str, times: Times) -> str:
    """The first release behind the weak ones, of a range such as ">=1.0.0 <1.2.3 || <=0.9"."""
    bounds = [(order(bound), equals == "=") for equals, bound in BOUND.findall(weak)]
    behind = [
        release
        for release in times
        if is_newer(release, version)
        and any(order(release) > bound or (order(release) == bound and not closed) for bound, closed in bounds
                if order(version) <= bound)
    ]  # fmt: skip
    return min(behind, key=order, default="")
