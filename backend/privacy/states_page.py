"""Which states are there, and which steps lead where? Drawn from each model's table of transitions."""

from collections.abc import Iterator

from django.utils import translation

from backend.privacy.own_models import own_models
from backend.states import Stateful


def stateful_models() -> list[type[Stateful]]:
    """The models that move along a table."""
    return [model for model in own_models() if issubclass(model, Stateful)]


def states_page() -> str:
    """Diagrams and tables as Markdown, in English."""
    with translation.override("en"):
        return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# States"
    yield ""
    yield "Generated from the tables of transitions by `manage.py generate_docs`; change it there (`states.py`)."
    yield "`move_to` takes these steps and no others, and stamps the time beside the state."
    for model in stateful_models():
        yield from _section(model)
    yield ""


def _section(model: type[Stateful]) -> Iterator[str]:
    field = next(field for field in model._meta.fields if field.name == "status")
    labels = dict(field.flatchoices)
    yield ""
    yield f"## {model.__name__}"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {_value(field.default)}"
    for status in labels:
        targets = model.TRANSITIONS[status]
        yield from (f"    {status} --> {target}" for target in labels if target in targets)
        if not targets:
            yield f"    {status} --> [*]"
    yield "```"
    yield ""
    yield "| State | Meaning | Time | Next |"
    yield "|---|---|---|---|"
    times = {_value(status): name for status, name in model.STATUS_TIMES.items()}
    for status, label in labels.items():
        following = [f"`{target}`" for target in labels if target in model.TRANSITIONS[status]]
        time = f"`{times[status]}`" if status in times else "—"
        yield f"| `{status}` | {label} | {time} | {', '.join(following) or 'the end'} |"


def _value(status: object) -> str:
    return str(getattr(status, "value", status))
