"""Does whoever follows the recipe "Add a criterion" to the letter get a criterion that ranks and one that excludes?"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.architecture.source_tree import ROOT

RECIPE = ROOT / "docs" / "recipes.md"
NEEDED = (
    *("backend", "geo", "locale", "matching", "notifications", "outbound", "tests"),
    *("manage.py", "pyproject.toml"),
)
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TESTS = (
    "matching/test_constraints", "matching/test_properties", "matching/test_ranking", "matching/test_terms",
    "web/test_reason_texts",
)  # fmt: skip
WITHOUT_DATABASE = "not what_the_core_really_says"

LOOK = """
import json
import django
django.setup()
from django.utils import translation
import matching
from backend.reason_texts import LEFT_OUT, STEP_LABELS, TERM_LABELS, refusal_reason, term_reason
from matching.problem import Problem
from matching.ranking import rank, why
from matching.weights import Weights

problem = Problem.build(
    pilots=3, slot_request=[0, 0], recent_sessions=[0, 0, 30], available=[[False, True, True], [True, True, True]]
)
ranking = rank(problem, 0, Weights(choice_of_dates=0.5))
(refusal,) = why(problem, 0, 2)
said = {}
for language in ("de", "en"):
    with translation.override(language):
        part = ranking.candidates[1].contributions[-1]
        said[language] = [
            str(TERM_LABELS[part.code]), term_reason(part.code, part.facts),
            str(STEP_LABELS[refusal.code]), str(LEFT_OUT[refusal.code]), refusal_reason(*refusal),
        ]
print(json.dumps({
    "core": matching.__file__,
    "order": [candidate.pilot for candidate in ranking.candidates],
    "usual": [candidate.pilot for candidate in rank(problem, 0).candidates],
    "scores": [[c.score, sum(part.contribution for part in c.contributions)] for c in ranking.candidates],
    "added": [c.contributions[-1]._asdict() for c in ranking.candidates],
    "waterfall": ranking.waterfall[-1],
    "refused": ranking.refused,
    "said": said,
}))
"""


class Block(NamedTuple):
    """A fenced block: what to do (`diff`, `po`, `sh`), to which file, with what."""

    kind: str
    path: str
    text: str


def blocks_of(section: str, page: str) -> list[Block]:
    """The blocks of one section of a page, in order."""
    _, _, rest = page.partition(f"\n## {section}\n")
    body, _, _ = rest.partition("\n## ")
    return [Block(kind, path or "", text) for kind, path, text in BLOCK.findall(body)]


def changed(old: str, diff: str) -> str:
    """The text after the hunks of a diff without line numbers; each must fit at exactly one place."""
    for before, after in hunks(diff):
        if old.count(before) != 1:
            raise ValueError(f"stands {old.count(before)} times in the file:\n{before}")
        old = old.replace(before, after)
    return old


def hunks(diff: str) -> Iterator[tuple[str, str]]:
    """What stands there before and after each hunk."""
    for hunk in re.split(r"^@@\n", diff, flags=re.MULTILINE):
        lines = [line or " " for line in hunk.splitlines()]  # editors strip blank lines
        if wrong := [line for line in lines if line[0] not in " +-"]:
            raise ValueError(f"neither new, old nor context: {wrong}")
        yield (
            "".join(f"{line[1:]}\n" for line in lines if line[0] != "+"),
            "".join(f"{line[1:]}\n" for line in lines if line[0] != "-"),
        )


def follow(block: Block, copy: Path) -> None:
    path = copy / block.path
    match block.kind:
        case "diff":
            path.write_text(changed(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
        case "po":
            path.write_text(path.read_text(encoding="utf-8") + f"\n{block.text}", encoding="utf-8")
        case "sh":
            for line in block.text.splitlines():
                run(copy, *line.split())
        case _:
            pytest.fail(f"the recipe has a block that nobody can follow: {block.kind}")


def run(copy: Path, *command: str) -> str:
    """What a command in the copy prints; `python` is the one that runs the tests."""
    program = [sys.executable, *command[1:]] if command[0] == "python" else list(command)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_"))}
    done = subprocess.run(
        program,
        cwd=copy,
        env={**clean, "PYTHONPATH": str(copy), "DJANGO_SETTINGS_MODULE": "backend.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository in which the whole recipe has been followed."""
    folder = tmp_path_factory.mktemp("recipe")
    for name in NEEDED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy2(source, target)
    for block in blocks_of("Add a criterion", RECIPE.read_text(encoding="utf-8")):
        follow(block, folder)
    return folder


@pytest.fixture(scope="module")
def seen(copy: Path) -> dict[str, Any]:
    """What the copy's ranking says of three pilots, of whom one has too much to do."""
    told: dict[str, Any] = json.loads(run(copy, "python", "-c", LOOK).splitlines()[-1])
    assert Path(told["core"]).is_relative_to(copy)
    return told


def test_the_term_ranks_and_the_contributions_add_up(seen: dict[str, Any]) -> None:
    assert seen["order"] == [1, 0]
    assert seen["usual"] == [0, 1]  # by row: with no weight the new term says nothing
    assert [(part["code"], part["value"], part["weight"]) for part in seen["added"]] == [
        ("choice_of_dates", 1.0, 0.5),
        ("choice_of_dates", 0.5, 0.5),
    ]
    assert seen["added"][1]["facts"] == {"dates": 2, "possible": 1}
    assert all(score == pytest.approx(total, abs=1e-9) for score, total in seen["scores"])


def test_the_constraint_excludes(seen: dict[str, Any]) -> None:
    assert seen["refused"] == {"2": "rest"}
    assert seen["waterfall"] == ["rest", 2]


def test_both_are_told_in_both_languages(seen: dict[str, Any]) -> None:
    assert seen["said"]["de"] == [
        "Auswahl an Terminen",
        "Hat an 1 von 2 Terminen Zeit.",
        "waren zuletzt nicht sehr oft unterwegs",
        "zuletzt sehr oft unterwegs",
        "Hatte 30 Einsätze in 90 Tagen; das reicht fürs Erste.",
    ]
    assert seen["said"]["en"][1] == "Has time on 1 of 2 dates."
    assert not set(seen["said"]["de"]) & set(seen["said"]["en"])


def test_the_tests_of_the_copy_hold(copy: Path) -> None:
    files = [f"tests/{name}.py" for name in TESTS]
    options = (
        "--confcutdir=tests/matching",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-k",
        WITHOUT_DATABASE,
    )

    assert "passed" in run(copy, "python", "-m", "pytest", *files, *options)


def test_the_code_of_the_recipe_is_as_tidy_as_ours(copy: Path) -> None:
    files = [block.path for block in blocks_of("Add a criterion", RECIPE.read_text(encoding="utf-8"))]
    python = sorted({path for path in files if path.endswith(".py")})

    run(copy, "python", "-m", "ruff", "check", *python)
    run(copy, "python", "-m", "ruff", "format", "--check", *python)


def test_every_step_of_the_recipe_changes_a_file_of_ours() -> None:
    blocks = blocks_of("Add a criterion", RECIPE.read_text(encoding="utf-8"))

    assert [block.kind for block in blocks].count("diff") >= 8
    assert all((ROOT / block.path).is_file() for block in blocks if block.kind != "sh")


def test_a_diff_that_fits_nowhere_or_twice_is_refused() -> None:
    assert changed("a\nb\n", " a\n+x\n") == "a\nx\nb\n"
    assert changed("a\n\nb\n", " a\n\n-b\n+c\n") == "a\n\nc\n"
    assert changed("a\nb\n", "-a\n@@\n b\n+c\n") == "b\nc\n"
    for old, diff in (("a\n", " b\n+c\n"), ("a\na\n", " a\n+c\n"), ("a\n", "a\n+c\n")):
        with pytest.raises(ValueError, match=r"stands|neither"):
            changed(old, diff)
