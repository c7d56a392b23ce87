"""The instance most tests of matching start from: four pilots, one request, one slot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from matching.problem import Problem

# A busy machine is no reason for a test of numbers to fail.
settings.register_profile("matching", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("matching")


@pytest.fixture
def four_pilots() -> Callable[..., Problem]:
    """Build a problem of four pilots nobody of whom is refused, changed by the arrays given."""

    def build(**arrays: Any) -> Problem:
        return Problem.build(pilots=4, **arrays)

    return build
