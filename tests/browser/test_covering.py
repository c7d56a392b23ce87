"""Does the small selection hold every pair, and is it small?"""

import pytest

from tests.browser.covering import all_pairs, pairs_of, pairwise


@pytest.mark.parametrize(
    ("factors", "at_most"),
    [
        (
            {
                "screen": list(range(50)),
                "language": ["de", "en", "ar", "uk"],
                "scheme": [0, 1],
                "width": [0, 1],
            },
            200,
        ),
        ({"a": [1, 2], "b": [1, 2], "c": [1, 2]}, 6),
        ({"a": [1], "b": [2]}, 1),
    ],
)
def test_holds_every_pair_in_few_rows(factors, at_most) -> None:
    rows = pairwise(factors)
    assert {pair for row in rows for pair in pairs_of(row)} == all_pairs(factors)
    assert len(rows) <= at_most
    assert pairwise(factors) == rows
