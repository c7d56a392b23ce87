"""Walked through by the tabulator key alone: does one see where one is?"""

from playwright.sync_api import Page

STEPS_AT_MOST = 60  # beyond them a screen repeats what has been seen
# Where are we, is it in the window and on top, and does it look other than without the focus?
WHERE = """() => {
  const here = document.activeElement;
  if (!here || here === document.body || here === document.documentElement) return null;
  const looks = (element) => {
    const style = getComputedStyle(element);
    return ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderColor", "backgroundColor",
            "textDecorationLine", "textDecorationThickness", "color"].map((key) => style[key]).join("|");
  };
  const around = [here, here.parentElement, here.nextElementSibling, here.firstElementChild].filter(Boolean);
  const focused = around.map(looks);
  const { left, top, width, height } = here.getBoundingClientRect();
  const labels = [...(here.labels || [])];
  const spots = [[left + width / 2, top + height / 2], [left + 3, top + 3], [left + width - 3, top + height - 3]];
  const isOnTop = spots.some(([x, y]) => {
    const found = document.elementFromPoint(x, y);
    return found && (here.contains(found) || found.contains(here) || labels.some((label) => label.contains(found)));
  });
  here.blur();
  const blurred = around.map(looks);
  here.focus({preventScroll: true, focusVisible: true});
  const text = (here.getAttribute("aria-label") || here.textContent || here.name || here.id || "").trim().slice(0, 40);
  return {what: `<${here.tagName.toLowerCase()} ${here.name || here.id || ""}> “${text}”`,
          isVisible: focused.some((look, i) => look !== blurred[i]), isOnTop,
          isInWindow: top + height > 0 && top < innerHeight && left + width > 0 && left < innerWidth};
}"""


def faults_of_focus(page: Page) -> list[str]:
    """What the tabulator key reaches and the eye does not; nothing to reach is a fault too."""
    faults, seen = [], 0
    page.evaluate("document.activeElement.blur()")
    for _step in range(STEPS_AT_MOST):
        page.keyboard.press("Tab")
        here = page.evaluate(WHERE)
        if here is None:  # once round
            break
        seen += 1
        if not here["isVisible"]:
            faults.append(f"focus does not show on {here['what']}")
        if not here["isInWindow"] or not here["isOnTop"]:
            faults.append(f"focus is out of sight on {here['what']}")
    return faults if seen else ["nothing can be reached by the keyboard"]
