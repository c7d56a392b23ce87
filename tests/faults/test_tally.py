"""Do long benches add up what they found, also over runs that were stopped, and say what that proves?"""

from pathlib import Path

from benchmarks.rows import Row, table
from benchmarks.tally import Tally


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
    first, second = Tally("kills", tmp_path), Tally("kills", tmp_path)
    first.add("worker", kills=1)
    second.add("relay", kills=2)
    first.add("worker", kills=3)

    assert first.sections == {"worker": {"kills": 4}, "relay": {"kills": 2}}


def test_a_quick_look_leaves_nothing_behind(tmp_path: Path) -> None:
    quick = Tally(None, tmp_path)
    quick.add("worker", kills=1)

    assert (quick.get("worker", "kills"), quick.get("relay", "kills")) == (1, 0)
    assert list(tmp_path.iterdir()) == []


def test_none_of_n_is_said_with_its_bound() -> None:
    none, some, uncounted = Row("X", "", 0, 0, n=400), Row("X", "", 2, 3, n=400), Row("X", "", 0, 0)

    assert (none.bound, some.bound, uncounted.bound) == (3 / 400, None, None)
    assert "≤ 0.0075" in table([none])
