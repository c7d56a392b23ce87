"""Is every log in the inventory of docs/operations.md, and does none of them take an error's text?"""

import ast
import logging
import re

import pytest
from django.conf import settings

from tests.architecture.source_tree import PRODUCT, ROOT, Source, a_source, dotted, sources

INVENTORY = (ROOT / "docs" / "operations.md").read_text().split("## Logs")[1].split("\n## ")[0]
LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "log"}


def test_there_is_one_way_out() -> None:
    assert [handler["class"] for handler in settings.LOGGING["handlers"].values()] == [
        "logging.StreamHandler"
    ]
    assert settings.LOGGING["root"]["handlers"] == ["console"]
    assert not settings.ADMINS, "no mail with an error's report"
    for name in ("ilos.access", "ilos.security", "backend.journal.record", "notifications.outbox"):
        assert logging.getLogger(name).propagate
        assert not logging.getLogger(name).handlers


def test_every_logger_stands_in_the_inventory() -> None:
    named = {
        node.args[0].value
        for source in sources(*PRODUCT)
        for node in source.nodes()
        if isinstance(node, ast.Call)
        and dotted(node.func) == "logging.getLogger"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert named >= {"ilos.access", "ilos.security"}
    assert {
        name for name in named if f"`{name}`" not in INVENTORY and not name.startswith("gunicorn")
    } == set()


def told_by_text(source: Source) -> list[str]:
    """Lines of the log that take a caught error's own words, or a traceback's source."""
    caught = {
        node.name for node in source.nodes() if isinstance(node, ast.ExceptHandler) and node.name is not None
    }
    found = []
    for node in source.nodes():
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS
        ):
            continue
        if not re.search(r"log(ger)?$|^security$", dotted(node.func.value)):
            continue
        for argument in node.args:
            if isinstance(argument, ast.Name) and argument.id in caught:
                found.append(source.at(node, f"logs {argument.id}"))
            if isinstance(argument, ast.Call) and dotted(argument.func) in {"str", "repr"}:
                found += [
                    source.at(node, f"logs the text of {inner.id}")
                    for inner in argument.args
                    if isinstance(inner, ast.Name) and inner.id in caught
                ]
            if isinstance(argument, ast.JoinedStr):
                found.append(source.at(node, "logs an f-string: what is in it cannot be kept out"))
    return found


def test_no_line_is_made_of_an_errors_text() -> None:
    assert [finding for source in sources(*PRODUCT) for finding in told_by_text(source)] == []


@pytest.mark.parametrize(
    "line", ["logger.error('failed %s', error)", "logger.warning('x', str(error))", "logger.info(f'{name}')"]
)
def test_a_sown_line_is_caught(line) -> None:
    text = f"try:\n    act()\nexcept ValueError as error:\n    {line}\n"
    assert told_by_text(a_source(text))
    assert not told_by_text(a_source(text.replace(line, "logger.error('failed %s', type(error).__name__)")))
