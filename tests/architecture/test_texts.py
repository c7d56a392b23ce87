"""Does every code that can reach a person have its sentence?"""

import ast
import re
from collections.abc import Iterator

import pytest

from backend.api.errors import CODE_OF
from backend.dispatch import codes
from backend.ending_texts import CANCELLATIONS, RETRACTIONS, UNFILLED, WAVES_STOPPED, WITHDRAWALS
from backend.error_texts import TEXTS
from backend.errors import CONFLICT_CONSTRAINTS
from backend.reason_texts import (
    LEFT_OUT,
    REFUSALS,
    STEP_LABELS,
    TERM_LABELS,
    TERM_REASONS,
)
from matching.constraints import CONSTRAINTS
from matching.terms import TERMS
from tests.architecture.source_tree import PRODUCT, Source, a_source, dotted, sources

ERRORS = {
    "DomainError",
    "NotPermitted",
    "NotThere",
    "RuleViolated",
    "Conflict",
    "TooManyRequests",
    "GeoError",
    "BadRequest",
}
CODE = re.compile(r"^[a-z][a-z0-9_]*$")
PASSED_ON = {"error.code", "cause.diag.constraint_name", "self.unknown"}  # a code that was named elsewhere


def codes_raised(source: Source) -> Iterator[tuple[str, str]]:
    """(code, where) of every refusal made in the file; a code that is computed comes out as "?"."""
    for call in source.nodes():
        match call:  # what an endpoint says of an id that is not there
            case (
                ast.Assign(targets=[ast.Name(id="unknown")], value=ast.Constant(value=str() as code))
                | ast.AnnAssign(target=ast.Name(id="unknown"), value=ast.Constant(value=str() as code))
            ):
                yield code, source.at(call, code)
        if not isinstance(call, ast.Call) or dotted(call.func).rpartition(".")[2] not in ERRORS:
            continue
        if not call.args:
            yield "?", source.at(call, "names no code")
            continue
        first = call.args[0]
        branches = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
        for branch in branches:
            if isinstance(branch, ast.Constant) and isinstance(branch.value, str):
                yield branch.value, source.at(call, branch.value)
            elif dotted(branch) not in PASSED_ON:
                yield "?", source.at(call, f"computes its code: {ast.unparse(branch)}")


def without_text(source: Source) -> list[str]:
    return [where for code, where in codes_raised(source) if code not in TEXTS]


def test_every_error_code_has_a_sentence() -> None:
    raised = {code for source in sources(*PRODUCT) for code, _ in codes_raised(source)}

    assert len(raised) > 50
    assert [where for source in sources(*PRODUCT) for where in without_text(source)] == []
    assert CONFLICT_CONSTRAINTS - set(TEXTS) == set()
    assert {code for _, code in CODE_OF.values()} - set(TEXTS) == set()
    assert [code for code in TEXTS if not CODE.match(code)] == []


def test_every_reason_of_the_core_has_its_words() -> None:
    constraints = {constraint.code for constraint in CONSTRAINTS}
    terms = {term.code for term in TERMS}

    assert set(REFUSALS) == constraints | {"not_active"}
    assert set(STEP_LABELS) == set(LEFT_OUT) == constraints | {"considered"}
    assert set(TERM_LABELS) == set(TERM_REASONS) == terms


@pytest.mark.parametrize(
    ("texts", "reasons"),
    [
        (CANCELLATIONS, codes.CancellationReason),
        (RETRACTIONS, codes.RetractionReason),
        (UNFILLED, codes.UnfilledReason),
        (WITHDRAWALS, codes.WithdrawalReason),
        (WAVES_STOPPED, codes.WavesStopped),
    ],
)
def test_every_reason_for_an_end_has_its_words(texts, reasons) -> None:
    assert set(texts) == set(reasons.values)


def test_a_sown_code_is_caught() -> None:
    assert without_text(a_source('raise RuleViolated("never_heard_of", field="x")'))
    assert without_text(a_source('raise errors.Conflict("never_heard_of")'))
    assert without_text(a_source('raise NotThere(f"{kind}_unknown")'))
    assert without_text(a_source('raise GeoError("place_unknown" if x else "never_heard_of")'))
    assert without_text(a_source('class Pilots(Endpoint):\n    unknown = "never_heard_of"'))
    assert not without_text(a_source('raise NotThere("pilot_unknown")'))
