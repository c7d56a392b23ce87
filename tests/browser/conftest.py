"""One running product for all browser tests, and browsers in which anybody can be signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.product import Product, running_product
from tests.browser.windows import Windows, open_windows

HERE = Path(__file__).parent
LOOKS = {"test_looks"}


@pytest.fixture(scope="package")
def town() -> Iterator[Product]:
    """The product with its town, running; all tests of the package that this worker has share it."""
    with running_product() as product:
        yield product


@pytest.fixture(scope="package")
def windows(town: Product) -> Iterator[Windows]:
    """Browser windows: `windows.of("pilot", language="ar", width=390)`.

    Not for the whole session: while Playwright runs, Django refuses the database to the tests of this process.
    """
    with open_windows(town) as opened:
        yield opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two halves of about the same length, each in one worker, which starts a product of its own."""
    for item in items:
        if item.path.parent == HERE:
            half = "looks" if item.path.stem in LOOKS else "walks"
            item.add_marker(pytest.mark.xdist_group(f"browser_{half}"))
