"""Has this worker been asked to leave? Then it ends what it is sending, and takes nothing more.

Celery tells only the process that leads the worker. The one byte below is shared memory: made before the sending
processes are forked, and so seen by all of them.
"""

import mmap
from typing import Any

_asked = mmap.mmap(-1, 1)


def ask(*_: Any, **__: Any) -> None:
    """Let nothing new begin; called when the signal to stop arrives."""
    _asked[0] = 1


def is_asked() -> bool:
    return _asked[0] == 1


def forget() -> None:
    """For tests, which share the process."""
    _asked[0] = 0
