"""How does a long bench add up over many runs, although each may be stopped at any moment?

A tally is a JSON file under var/: sections with sums, lists and the largest of their kind. What a part of a run has
found is added in one step and written before the next part begins, so that a stopped run loses its last part alone.
Runs side by side add to the same sums: each reads them again, under a lock, before it adds. That is of use where parts
are drawn by time, as kills and stretches are; benches that draw by the number of the round would draw the same twice.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

# Fields whose name begins so keep the largest value; numbers are summed, lists are extended.
LARGEST = "longest_"


class Tally:
    """The sums so far of one bench; without a name they live as long as the object (for a quick look)."""

    def __init__(self, name: str | None, folder: Path | None = None) -> None:
        folder = folder or Path(settings.BASE_DIR) / "var" / "tallies"
        self.path = folder / f"{name}.json" if name else None
        self.sections: dict[str, dict[str, Any]] = {}
        self._read()

    def get(self, section: str, field: str, default: Any = 0) -> Any:
        """What has been added up so far."""
        return self.sections.get(section, {}).get(field, default)

    def add(self, section: str, **found: Any) -> None:
        """Add what a part of a run has found, and keep it."""
        with self._alone():
            self._read()
            sums = self.sections.setdefault(section, {})
            for field, value in found.items():
                if field.startswith(LARGEST):
                    sums[field] = max(sums.get(field, value), value)
                else:
                    sums[field] = sums[field] + value if field in sums else value
            self._write()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other run reads or writes meanwhile."""
        if self.path is None:
            yield
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _read(self) -> None:
        if self.path and self.path.exists():
            self.sections = json.loads(self.path.read_text())

    def _write(self) -> None:
        if self.path:
            unfinished = self.path.with_suffix(".part")
            unfinished.write_text(json.dumps(self.sections, indent=1) + "\n")
            os.replace(unfinished, self.path)
