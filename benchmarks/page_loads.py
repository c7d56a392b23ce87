"""What does a first visit weigh, and when does one see the page, on a slow phone in a slow network?"""

from dataclasses import dataclass
from statistics import median

from benchmarks.rows import Row
from tests.browser.screens import SCREENS, Screen
from tests.browser.windows import Windows

LATENCY_MS, BITS_DOWN, BITS_UP, SLOWER = 150, 1.6e6, 0.75e6, 4
REPEATS = 3
# The first page of each role, and what a message leads to.
FIRST = {"01-start", "02-sign-in", "04-my-assignments", "05-offer", "08-new-request", "09-my-requests", "10-worklist",
         "11-ranking", "17-settings"}  # fmt: skip
KILOBYTES, KILOBYTES_ARABIC, REQUESTS, LCP_SECONDS, CLS = 200, 220, 12, 2.0, 0.05
OBSERVE = """
  window.seen = {lcp: 0, cls: 0};
  new PerformanceObserver((list) => { for (const e of list.getEntries()) seen.lcp = e.startTime; })
    .observe({type: "largest-contentful-paint", buffered: true});
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) seen.cls += e.value; })
    .observe({type: "layout-shift", buffered: true});
"""


@dataclass(frozen=True)
class Load:
    kilobytes: float
    requests: int
    foreign: int
    lcp: float
    cls: float


def run(windows: Windows, *, quick: bool) -> list[Row]:
    """A cold first visit of each role's first page, in German and Arabic."""
    rows = []
    for screen in [screen for screen in SCREENS if str(screen) in FIRST]:
        for language in ("de", "ar"):
            loads = [first_visit(windows, screen, language) for _ in range(1 if quick else REPEATS)]
            about, heaviest = (
                f"{screen.name}, {screen.role}, {language}",
                max(loads, key=lambda one: one.kilobytes),
            )
            mark = f"{screen}-{language}"
            limit = KILOBYTES_ARABIC if language == "ar" else KILOBYTES
            rows += [
                Row(f"W-kB-{mark}", f"first visit, kB over the wire: {about}", heaviest.kilobytes, limit),
                Row(f"W-requests-{mark}", f"requests of it: {about}", heaviest.requests, REQUESTS),
                Row(f"W-foreign-{mark}", f"of them to others: {about}", heaviest.foreign, 0),
                Row(
                    f"W-LCP-{mark}",
                    f"largest paint, s: {about}",
                    median(one.lcp for one in loads),
                    LCP_SECONDS,
                ),
                Row(f"W-CLS-{mark}", f"layout shift: {about}", max(one.cls for one in loads), CLS),
            ]
    return rows


def first_visit(windows: Windows, screen: Screen, language: str) -> Load:
    """With an empty cache, through the slow network, on the slowed-down processor."""
    with windows.of(screen.role, language=language, width=390) as window:
        wire = window.page.context.new_cdp_session(window.page)
        sizes: list[float] = []
        wire.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
        wire.send("Network.enable")
        wire.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": LATENCY_MS,
                "downloadThroughput": BITS_DOWN / 8,
                "uploadThroughput": BITS_UP / 8,
            },
        )
        wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        window.page.add_init_script(OBSERVE)
        window.goto(screen.path(windows.town))
        window.page.wait_for_load_state("networkidle")
        seen = window.page.evaluate("seen")
        return Load(
            kilobytes=sum(sizes) / 1000,
            requests=len(window.requests),
            foreign=len(window.foreign()),
            lcp=seen["lcp"] / 1000,
            cls=seen["cls"],
        )
