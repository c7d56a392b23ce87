"""Does the matching core stay free of the web framework, of other layers, of the clock and of I/O?"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import matching

FILES = sorted(Path(matching.__file__).parent.rglob("*.py"))
ALLOWED = {
    "__future__", "bisect", "collections", "dataclasses", "difflib", "enum", "functools", "heapq", "itertools", "math",
    "typing", "matching", "numpy", "scipy", "sklearn",
}  # fmt: skip


def imported(source: str) -> set[str]:
    """Top-level packages imported anywhere in the source, in functions too."""
    packages = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            packages |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            packages.add("matching" if node.level else (node.module or "").split(".")[0])
    return packages


def test_there_are_files_to_look_at() -> None:
    assert {"problem.py", "constraints.py", "terms.py", "ranking.py"} <= {path.name for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_only_numbers_are_imported(path: Path) -> None:
    assert imported(path.read_text(encoding="utf-8")) <= ALLOWED


@pytest.mark.parametrize(
    "seeded",
    ["import django.db", "from backend.people import models", "def f():\n    import celery", "import time"],
)
def test_a_seeded_import_is_caught(seeded: str) -> None:
    assert not imported(seeded) <= ALLOWED
