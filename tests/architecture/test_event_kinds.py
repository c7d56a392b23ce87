"""Does every kind of event get recorded somewhere, and heard or left silent on purpose?"""

import ast
from collections.abc import Container, Iterable

from backend.journal.kinds import FACTS, EventKind
from notifications.contents import SMS_WRITERS, WRITERS
from notifications.rules import RULES, SILENT
from tests.architecture.source_tree import PRODUCT, ROOT, Source, a_source, dotted, sources

KINDS = "backend/journal/kinds.py"


def unheard(kinds: Iterable[str], rules: Container[str], silent: Container[str]) -> list[str]:
    """Kinds that nobody decided about, and kinds about which two decisions contradict each other."""
    return [kind for kind in kinds if (kind in rules) == (kind in silent)]


def kinds_recorded(source: Source) -> set[str]:
    """Kinds that the file hands to `record`."""
    return {
        dotted(call.args[0]).removeprefix("EventKind.")
        for call in source.nodes()
        if isinstance(call, ast.Call) and dotted(call.func) == "record" and call.args
    }


def test_every_kind_has_a_rule_or_is_silent() -> None:
    assert unheard(EventKind.values, RULES, SILENT) == []
    assert set(RULES) | set(SILENT) == set(EventKind.values)
    assert all(RULES[kind] for kind in RULES)


def test_every_kind_is_recorded_by_some_command() -> None:
    recorded = set().union(*(kinds_recorded(source) for source in sources(*PRODUCT)))

    assert recorded == {kind.name for kind in EventKind}


def test_every_message_is_written_and_laid_out() -> None:
    """Each rule's template has its writer and its file, and no writer or file is left over."""
    folder = ROOT / "notifications" / "templates" / "notifications"
    ruled = {rule.template for rules in RULES.values() for rule in rules}

    assert ruled == set(WRITERS) | set(SMS_WRITERS)
    assert set(WRITERS) == {path.stem for path in folder.glob("*.html")}


def test_facts_are_named_for_kinds_that_exist() -> None:
    assert set(FACTS) <= set(EventKind.values)


def test_sown_gaps_are_caught() -> None:
    assert unheard(["A", "B", "C"], {"A": ()}, {"B"}) == ["C"]
    assert unheard(["A"], {"A": ()}, {"A"}) == ["A"]
    assert kinds_recorded(a_source("record(EventKind.OFFER_MADE, subject=offer)")) == {"OFFER_MADE"}
