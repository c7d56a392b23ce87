"""Does every dependency say why it is here, and does nothing say where packages come from?"""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, our_files

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-assets.lock", "requirements-audit.lock")
# Written in parts, so that this file does not break its own rule.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("cdnjs", "com"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("gcr", "io"),
        ("crates", "io"),
        ("anaconda", "org"),
    )
]
HOST = re.compile("|".join(rf"\b{re.escape(host)}\b" for host in REGISTRIES), re.IGNORECASE)
ADDRESS = re.compile(
    r"https?://|git\+|file:|^\s*(--index-url|--extra-index-url|--find-links|--trusted-host|-i|-f)\b|\s@\s"
)
DEPENDENCY = re.compile(r'^\s*"[A-Za-z0-9][\w.\-]*(\[[\w,\-]+\])?\s*(~=|>=|==|<|@|")')
REASON = re.compile(r'",\s*# \S+.*')


def without_reason(pyproject: str) -> list[str]:
    """Lines of dependency lists that have no comment behind them."""
    lists = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", pyproject, re.MULTILINE | re.DOTALL)
    lines = [line for block in lists for line in block.splitlines() if DEPENDENCY.match(line)]
    return [line.strip() for line in lines if not REASON.search(line)]


def addresses(lock: str) -> list[str]:
    """Lines of a lock file that tell a place instead of a name, a version and its hashes."""
    return [line for line in lock.splitlines() if ADDRESS.search(line)]


def unpinned(lock: str) -> list[str]:
    """Requirements without an exact version or without a hash."""
    entries = re.split(
        r"\n(?=[A-Za-z0-9])", "\n".join(x for x in lock.splitlines() if not x.strip().startswith("#"))
    )
    return [
        entry.split()[0]
        for entry in entries
        if entry.strip() and not re.match(r"\S+==\S+.*--hash=", entry, re.DOTALL)
    ]


def registry_hosts(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    return [
        f"{path.name}:{number} {match[0]}"
        for number, line in enumerate(text.splitlines(), 1)
        if (match := HOST.search(line))
    ]


def test_every_dependency_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    declared = tomllib.loads(text)

    assert len(declared["project"]["dependencies"]) > 10
    assert without_reason(text) == []


@pytest.mark.parametrize("name", LOCKS)
def test_locks_hold_names_versions_and_hashes_only(name: str) -> None:
    lock = (ROOT / name).read_text()

    assert addresses(lock) == []
    assert unpinned(lock) == []


def test_nothing_names_a_registry() -> None:
    files = list(our_files())

    assert len(files) > 150
    assert [finding for path in files for finding in registry_hosts(path)] == []


def test_sown_violations_are_caught(tmp_path: Path) -> None:
    assert without_reason('dependencies = [\n  "django~=5.2.0",\n]\n') == ['"django~=5.2.0",']
    assert not without_reason('dependencies = [\n  "django~=5.2.0",  # the framework\n]\n')
    assert addresses("--index-url https://packages.example/simple")
    assert addresses("django @ https://packages.example/django.whl")
    assert unpinned("django>=5\n") == ["django>=5"]
    assert unpinned("django==5.2.1\n    # via x\n") == ["django==5.2.1"]
    assert not unpinned("django==5.2.1 \\\n    --hash=sha256:0\n")
    sown = tmp_path / "Dockerfile"
    sown.write_text(f"FROM {REGISTRIES[7]}/library/debian\n")
    assert registry_hosts(sown)


def test_front_end_packages_are_locked_and_say_why() -> None:
    declared = json.loads((ROOT / "package.json").read_text())
    named = {**declared["dependencies"], **declared["devDependencies"]}
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    fetched = {path: entry for path, entry in locked.items() if path}

    assert set(declared["//"]) == set(named)
    assert all(declared["//"].values())
    assert {path.removeprefix("node_modules/") for path in fetched} >= set(named)
    assert [path for path, entry in fetched.items() if not entry.get("integrity")] == []
    assert [path for path, entry in fetched.items() if "resolved" in entry] == []
