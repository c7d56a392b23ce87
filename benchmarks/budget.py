"""How long may the benches that add up go on today? They stop after the part in which the time is up."""

import math
import time

_ends_at = math.inf


def grant(minutes: float) -> None:
    """From now on."""
    global _ends_at
    _ends_at = time.monotonic() + minutes * 60


def used_up() -> bool:
    """Whether no further part may begin."""
    return time.monotonic() >= _ends_at
