"""Is Django's glue left aside (signals, model forms, fields by wildcard), and does nobody call outside unguarded?"""

import ast
from collections.abc import Callable

import pytest

from tests.architecture.source_tree import PRODUCT, Source, a_source, dotted, sources

SHORTCUTS = {
    "ModelForm",
    "ModelFormMetaclass",
    "modelform_factory",
    "modelformset_factory",
    "inlineformset_factory",
}
SERIALIZERS = {"ModelSerializer", "HyperlinkedModelSerializer"}
CONNECTING_MODULES = (
    *("socket", "http.client", "urllib.request", "httpx", "httpcore", "requests", "urllib3", "aiohttp"),
    *("ftplib", "telnetlib", "xmlrpc.client"),
)
SIGNAL_MODULES = ("django.db.models.signals", "django.dispatch")


def imported(source: Source) -> list[tuple[ast.AST, str]]:
    """Every imported name in full, in functions too."""
    names: list[tuple[ast.AST, str]] = []
    for node in source.nodes():
        if isinstance(node, ast.Import):
            names += [(node, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [(node, f"{node.module or ''}.{alias.name}") for alias in node.names]
    return names


def signals(source: Source) -> list[str]:
    return [
        source.at(node, f"imports {name}")
        for node, name in imported(source)
        if any(name == module or name.startswith(f"{module}.") for module in SIGNAL_MODULES)
    ]


def model_forms(source: Source) -> list[str]:
    """Forms and serializers that write rows past the commands."""
    mentioned = [(node, name.rpartition(".")[2]) for node, name in imported(source)]
    mentioned += [
        (node, dotted(node).rpartition(".")[2])
        for node in source.nodes()
        if isinstance(node, ast.Attribute | ast.Name)
    ]
    return [source.at(node, f"uses {name}") for node, name in mentioned if name in SHORTCUTS | SERIALIZERS]


def wildcards(source: Source) -> list[str]:
    """`fields = "__all__"` shows whatever a model gets one day."""
    return [
        source.at(node, 'says "__all__"')
        for node in source.nodes()
        if isinstance(node, ast.Assign | ast.keyword | ast.AnnAssign)
        and isinstance(node.value, ast.Constant)
        and node.value.value == "__all__"
    ]


def calls_past_the_guard(source: Source) -> list[str]:
    """Whatever opens a connection by itself can be led to a machine inside; outbound/ alone checks where it leads."""
    if str(source.path).startswith("outbound/"):
        return []
    return [
        source.at(node, f"imports {name}")
        for node, name in imported(source)
        if any(name == module or name.startswith(f"{module}.") for module in CONNECTING_MODULES)
    ]


Rule = Callable[[Source], list[str]]


@pytest.mark.parametrize("rule", [signals, model_forms, wildcards, calls_past_the_guard])
def test_nobody_uses_it(rule: Rule) -> None:
    assert [finding for source in sources(*PRODUCT) for finding in rule(source)] == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (signals, "from django.db.models.signals import post_save"),
        (signals, "from django.db.models import signals"),
        (signals, "import django.db.models.signals"),
        (signals, "def late():\n    from django.dispatch import receiver"),
        (model_forms, "from django.forms import ModelForm"),
        (model_forms, "class PilotForm(forms.ModelForm): ..."),
        (model_forms, "class PilotOut(serializers.ModelSerializer): ..."),
        (wildcards, "class Meta:\n    fields = '__all__'"),
        (calls_past_the_guard, "import httpx"),
        (calls_past_the_guard, "def late():\n    from urllib.request import urlopen"),
        (calls_past_the_guard, "import requests.adapters"),
        (wildcards, "factory(Pilot, fields='__all__')"),
    ],
)
def test_a_sown_use_is_caught(rule: Rule, text: str) -> None:
    assert rule(a_source(text))
