"""Do long benches add up what they found, also over runs that were stopped, and say what that proves?"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.rows import Row, table
from benchmarks.tally import Tally

ADDED = 50


def test_a_tally_goes_on_where_the_last_run_stopped(tmp_path: Path) -> None:
    Tally("kills", tmp_path).add("worker", kills=3, lost=[], waits=[0.1], longest_wait=4.0)
    (tmp_path / "kills.part").write_text("{ half a")  # a run that was killed while it wrote

    again = Tally("kills", tmp_path)
    again.add("worker", kills=2, lost=["a"], waits=[0.2], longest_wait=3.0)
    again.add("relay", kills=1)

    assert Tally("kills", tmp_path).sections == {
        "worker": {"kills": 5, "lost": ["a"], "waits": [0.1, 0.2], "longest_wait": 4.0},
        "relay": {"kills": 1},
    }


def test_runs_side_by_side_lose_nothing_of_each_other(tmp_path: Path) -> None:
    def add_up(section: str) -> None:
        own = Tally("kills", tmp_path)
        for _ in range(ADDED):
            own.add(section, kills=1)
            own.add("all", kills=1)

    sections = ("worker", "relay", "redis", "postgres")
    with ThreadPoolExecutor(len(sections)) as runs:
        list(runs.map(add_up, sections))

    sums = {name: {"kills": ADDED} for name in sections} | {"all": {"kills": ADDED * len(sections)}}
    assert Tally("kills", tmp_path).sections == sums


def test_a_quick_look_leaves_nothing_behind(tmp_path: Path) -> None:
    quick = Tally(None, tmp_path)
    quick.add("worker", kills=1)

    assert (quick.get("worker", "kills"), quick.get("relay", "kills")) == (1, 0)
    assert list(tmp_path.iterdir()) == []


def test_none_of_n_is_said_with_its_bound() -> None:
    none, some, uncounted = Row("X", "", 0, 0, n=400), Row("X", "", 2, 3, n=400), Row("X", "", 0, 0)

    assert (none.bound, some.bound, uncounted.bound) == (3 / 400, None, None)
    assert "≤ 0.0075" in table([none])
