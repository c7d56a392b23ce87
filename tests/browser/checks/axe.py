"""What does axe say about this page?"""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """rules => axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]})"""


@cache
def source() -> str:
    return SOURCE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """One sentence for each element that breaks a rule of WCAG 2.0 to 2.2 (A, AA) or of best practice."""
    # Evaluated, not loaded: the page's own policy holds while it is looked at.
    page.evaluate(f"window.axe || (() => {{{source()}}})()")
    found: dict[str, Any] = page.evaluate(RUN, RULES)
    return [
        f"axe {broken['id']}: {node['target']} {node['html'][:160]}"
        for broken in found["violations"]
        for node in broken["nodes"]
    ]
