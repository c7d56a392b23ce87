"""Are the target figures of the pages met: taps, fields, clicks, weight, speed, barriers, server time of lists?"""

import os

from benchmarks import page_lists, page_loads, page_matrix, page_ways
from benchmarks.rows import Row
from tests.browser.product import running_product
from tests.browser.windows import open_windows


def run(quick: bool) -> list[Row]:
    """Everything in a real browser on the running product; lists in a database of their own."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs beside Django's code
    rows = page_lists.run(quick)
    with running_product(background=False, compressed=True) as town, open_windows(town) as windows:
        rows += page_ways.run(windows)
        rows += page_loads.run(windows, quick=quick)
        rows += page_matrix.run(windows, quick=quick)
    return rows
