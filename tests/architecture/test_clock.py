"""Is the clock an argument everywhere but at the edges, where time comes in?"""

import ast

import pytest

from tests.architecture.source_tree import PRODUCT, Source, a_source, dotted, sources

CLOCKS = {
    "timezone.now",
    "timezone.localtime",
    "timezone.localdate",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "Now",
    "functions.Now",
}
ARGUMENT_NEEDED = {"timezone.localtime", "timezone.localdate"}  # of a given moment they are plain conversions
EDGES = ("backend/web/", "backend/api/")


def is_edge(path: str) -> bool:
    """Where a moment enters: requests, tasks, commands of manage.py."""
    return path.startswith(EDGES) or path.endswith("/tasks.py") or "/management/commands/" in path


def clocks_read(source: Source) -> list[str]:
    """Calls and mentions of a clock outside the edges; `default=timezone.now` counts too."""
    if is_edge(source.path):
        return []
    converted = {
        id(node.func)
        for node in source.nodes()
        if isinstance(node, ast.Call) and node.args and _clock(node.func) in ARGUMENT_NEEDED
    }
    return [
        source.at(node, f"reads {dotted(node)}")
        for node in source.nodes()
        if isinstance(node, ast.Attribute | ast.Name) and _clock(node) and id(node) not in converted
    ]


def _clock(node: ast.AST) -> str:
    """The clock that a name ends in, however it was imported; "" for none."""
    name = dotted(node)
    return next((clock for clock in CLOCKS if name == clock or name.endswith(f".{clock}")), "")


# path -> why it may look at the clock itself
ALLOWED = {
    "notifications/outbox.py": "leases run by the database's clock, because the workers' clocks differ",
    "backend/operations/database_rules.py": "compares this machine's clock with the database's",
}


def test_only_the_edges_read_the_clock() -> None:
    found = [finding for source in sources(*PRODUCT) for finding in clocks_read(source)]

    assert [finding for finding in found if finding.split(":")[0] not in ALLOWED] == []
    assert {finding.split(":")[0] for finding in found} == set(ALLOWED)


@pytest.mark.parametrize(
    "line",
    [
        "timezone.now()",
        "django.utils.timezone.now()",
        "datetime.now(UTC)",
        "datetime.datetime.now()",
        "date.today()",
        "made_at = models.DateTimeField(default=timezone.now)",
        "timezone.localdate()",
        "time.time()",
    ],
)
def test_a_sown_clock_is_caught(line: str) -> None:
    assert clocks_read(a_source(line))
    assert not clocks_read(a_source(line, "backend/web/views/seeded.py"))
    assert not clocks_read(a_source(line, "backend/people/tasks.py"))


def test_conversions_are_no_clocks() -> None:
    assert not clocks_read(a_source("timezone.localdate(now)"))
