"""The instance most tests of matching start from: four pilots, one request, one slot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matching.problem import Problem


@pytest.fixture
def four_pilots() -> Callable[..., Problem]:
    """Build a problem of four pilots nobody of whom is refused, changed by the arrays given."""

    def build(**arrays: Any) -> Problem:
        return Problem.build(pilots=4, **arrays)

    return build
