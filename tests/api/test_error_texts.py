"""Does every sentence find the facts it names, wherever its code is raised?"""

import ast
import re
from string import Formatter

from django.utils.translation import override

from backend.error_texts import TEXTS, sentence, sentence_for
from backend.errors import CONFLICT_CONSTRAINTS, Conflict, RuleViolated
from tests.architecture.source_tree import PRODUCT, Source, a_source, dotted, sources

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
REFUSALS = {
    "DomainError",
    "NotPermitted",
    "NotThere",
    "RuleViolated",
    "Conflict",
    "TooManyRequests",
    "GeoError",
    "BadRequest",
}
# They speak of the braces in an office's own texts, and show one.
ABOUT_BRACES = {code: ["url"] for code in ("text_brace_alone", "text_has_link", "text_url_not_alone")}
# Handed on with all their facts, or built from a row's own.
OF_THE_API = {"method_not_allowed"}


def wanted(code: str) -> set[str]:
    return set(PLACEHOLDER.findall(str(TEXTS.get(code, ""))))


def forgotten(source: Source) -> list[str]:
    """Raise sites that leave out a fact which the sentence needs."""
    found = []
    for call in source.nodes():
        if not isinstance(call, ast.Call) or dotted(call.func).rpartition(".")[2] not in REFUSALS:
            continue
        codes = (
            [part.value for part in ast.walk(call.args[0]) if isinstance(part, ast.Constant)]
            if call.args
            else []
        )
        given = {keyword.arg for keyword in call.keywords}
        if None in given:  # **facts
            continue
        found += [source.at(call, code) for code in codes if isinstance(code, str) and wanted(code) - given]
    return found


def test_every_raise_gives_the_facts_of_its_sentence() -> None:
    assert [where for source in sources(*PRODUCT) for where in forgotten(source)] == []


def test_a_sown_raise_without_its_fact_is_caught() -> None:
    assert forgotten(a_source('raise RuleViolated("slot_count", field="slots")'))
    assert not forgotten(a_source('raise RuleViolated("slot_count", field="slots", at_most=3)'))


def test_what_the_database_refuses_needs_no_facts() -> None:
    assert [code for code in CONFLICT_CONSTRAINTS if wanted(code)] == []


def test_no_sentence_uses_another_way_to_fill_in() -> None:
    for code, text in TEXTS.items():
        fields = [name for _, name, _, _ in Formatter().parse(str(text)) if name is not None]
        assert fields == ABOUT_BRACES.get(code, []), code
        assert str(text).count("%") == len(PLACEHOLDER.findall(str(text))), code


def test_facts_stand_in_the_sentence() -> None:
    with override("en"):
        assert sentence(RuleViolated("slot_count", at_most=3)) == "Give one to 3 dates."
        assert sentence(RuleViolated("language_twice", languages=["kmr", "tr"])).endswith("kmr, tr.")
        assert sentence(Conflict("busy_try_again")).startswith("Somebody")


def test_a_missing_fact_or_text_breaks_nothing() -> None:
    with override("en"):
        assert "–" in sentence_for("slot_count", {})
        assert sentence_for("no_such_code", {}) == "no_such_code"
