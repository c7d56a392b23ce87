"""Does every command say who and when, by keyword, and is every event recorded within one?"""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest

from backend.journal.command import COMMANDS, command
from tests.architecture.source_tree import PRODUCT, Source, a_source, dotted, sources

RECORDER = "backend/journal/record.py"


def is_command_module(path: str) -> bool:
    return path.endswith("/commands.py") or ("/commands/" in path and "/management/" not in path)


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def all_commands() -> list[Callable[..., Any]]:
    """Every command there is, once each module that can hold one is imported."""
    for source in sources(*PRODUCT):
        if is_command_module(source.path):
            importlib.import_module(module_name(source.path))
    product = [run for run in COMMANDS if run.__module__.split(".")[0] in PRODUCT]
    assert len(product) > 20
    return product


def shortcomings(run: Callable[..., Any]) -> list[str]:
    """What a command's signature lacks."""
    signature = inspect.signature(run)
    found = [
        f"{name} is positional"
        for name, parameter in signature.parameters.items()
        if parameter.kind not in {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
    ]
    for name in ("by", "now"):
        if name not in signature.parameters:
            found.append(f"no {name}")
        elif signature.parameters[name].default is not inspect.Parameter.empty:
            found.append(f"{name} has a default: whoever forgets it says something false")
    now = signature.parameters.get("now")
    if now is not None and now.annotation is not datetime:
        found.append("now is no datetime")
    if signature.return_annotation is inspect.Signature.empty:
        found.append("no return type")
    if not run.__doc__:
        found.append("no docstring")
    return [f"{run.__module__}.{run.__qualname__}: {what}" for what in found]


def shared_steps(source: Source) -> dict[str, str]:
    """Public functions of a command module that record an event without being a command, and where."""
    if not is_command_module(source.path):
        return {}
    return {
        node.name: source.at(node, f"{node.name} records an event but is no command")
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and not any(dotted(decorator).endswith("command") for decorator in node.decorator_list)
        and any(isinstance(part, ast.Call) and dotted(part.func) == "record" for part in ast.walk(node))
    }


def recorders_past_commands(files: Iterable[Source]) -> list[str]:
    """Functions that record an event and can be reached without a command: by name from another kind of module,
    or because they record outside the command modules altogether."""
    files = list(files)
    steps = {name: where for source in files for name, where in shared_steps(source).items()}
    found = []
    for source in files:
        if is_command_module(source.path) or source.path == RECORDER:
            continue
        for node in source.nodes():
            name = dotted(node).rpartition(".")[2] if isinstance(node, ast.Name | ast.Attribute) else ""
            if name in steps:
                found.append(f"{steps[name]}, and {source.path} uses it")
            if isinstance(node, ast.Call) and dotted(node.func) == "record":
                found.append(source.at(node, "records an event outside a command"))
    return found


def test_every_command_says_who_and_when() -> None:
    assert [what for run in all_commands() for what in shortcomings(run)] == []


def test_commands_live_in_command_modules() -> None:
    strays = [
        f"{run.__module__}.{run.__qualname__}"
        for run in all_commands()
        if not is_command_module(f"{run.__module__.replace('.', '/')}.py")
    ]

    assert strays == []


def test_whatever_records_is_reached_through_a_command() -> None:
    assert recorders_past_commands(sources(*PRODUCT)) == []


def test_a_sown_command_is_caught() -> None:
    def forgets(*, pilot_id: int) -> None:
        """Neither who nor when."""

    def defaults(*, by: object = None, now: datetime) -> None:
        """Says nobody where somebody forgot."""

    assert any("no by" in what for what in shortcomings(forgets))
    assert any("no now" in what for what in shortcomings(forgets))
    assert any("default" in what for what in shortcomings(defaults))


def test_a_positional_command_is_refused_when_it_is_made() -> None:
    with pytest.raises(TypeError, match="keywords only"):

        @command
        def positional(pilot_id: int, *, by: object, now: datetime) -> None:
            """Refused."""


def test_a_sown_recorder_is_caught() -> None:
    step = a_source("def settle(x):\n    record(KIND, subject=x)\n", "backend/dispatch/commands/seeded.py")
    command_beside = a_source("settle(1)", "backend/dispatch/commands/other.py")
    view = a_source("settle(1)", "backend/web/views/seeded.py")
    task = a_source("record(KIND, subject=x)", "backend/dispatch/tasks.py")

    assert recorders_past_commands([step, command_beside]) == []
    assert recorders_past_commands([step, view])
    assert recorders_past_commands([task])
