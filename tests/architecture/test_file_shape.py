"""Is every file short, and does its name say what is in it?"""

import ast

import pytest

from tests.architecture.source_tree import PYTHON, Source, a_source, sources

LINES_AT_MOST = 400
DRAWERS = {"utils.py", "helpers.py", "misc.py", "services.py", "common.py"}


def too_long(source: Source) -> list[str]:
    lines = source.text.count("\n")
    return [f"{source.path} has {lines} lines"] if lines > LINES_AT_MOST and not source.is_migration else []


def drawers(source: Source) -> list[str]:
    drawer = source.name in DRAWERS or source.name.endswith(("_utils.py", "_helpers.py"))
    return [f"{source.path} is a drawer, not a name"] if drawer else []


def silent(source: Source) -> list[str]:
    """A module says in its docstring which question it answers; Django's empty forms need none."""
    formal = source.is_migration or source.name in {"__init__.py", "apps.py"}
    if formal or ast.get_docstring(source.tree):
        return []
    return [f"{source.path} has no docstring"]


@pytest.mark.parametrize("rule", [too_long, drawers, silent])
def test_our_files(rule) -> None:
    assert [finding for source in sources(*PYTHON) for finding in rule(source)] == []


def test_sown_violations_are_caught() -> None:
    assert too_long(a_source("x = 1\n" * 401))
    assert drawers(a_source("", "backend/people/utils.py"))
    assert drawers(a_source("", "backend/web/form_helpers.py"))
    assert silent(a_source("x = 1\n"))
    assert not silent(a_source('"""What is x?"""\nx = 1\n'))
