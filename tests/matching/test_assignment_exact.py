"""Is the plan the best there is, by an independent model, and does its certificate prove just that?"""

from __future__ import annotations

import pytest

from matching.assignment import assign
from tests.matching.plan_instances import broken_rules, instance, optimum, worth_of


@pytest.mark.parametrize("first", range(0, 300, 20))
def test_the_plan_is_optimal_and_proven(first: int) -> None:
    for seed in range(first, first + 20):
        pairs = instance(seed)
        plan = assign(pairs)
        chosen = plan.chosen.tolist()
        assert broken_rules(pairs, chosen) == [], seed
        assert plan.value == pytest.approx(worth_of(pairs, chosen), abs=1e-9), seed
        assert plan.value == pytest.approx(optimum(pairs), abs=1e-7), seed
        assert plan.certificate.value == plan.value
        assert -1e-9 <= plan.certificate.gap <= 1e-9, seed
