"""Is another one running in this checkout already?"""

import fcntl
import os
import time
from pathlib import Path
from typing import Self

from stack.console import Console
from stack.errors import StackError


class RunLock:
    """Held while we run; the file says by whom and where to reach them. The kernel frees it if we die."""

    def __init__(self, path: Path, command: str) -> None:
        self.path, self.command = path, command
        self._file: int | None = None

    def __enter__(self) -> Self:
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StackError(
                f"{self.path} cannot be opened: {error.strerror}. Delete it and start again."
            ) from None
        if not self._try():
            raise StackError(
                f"{self.command} is running here already ({self._read() or 'just starting'}). "
                f"Stop that one first (Ctrl-C there, or `kill` its process)."
            )
        self.describe("")
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let the next one in."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def describe(self, address: str) -> None:
        """Leave word of who we are, for whoever finds the lock taken."""
        assert self._file is not None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"process {os.getpid()}{address and ', ' + address}".encode(), 0)

    def wait_for(self, console: Console) -> Self:
        """Take the lock, waiting for whoever holds it."""
        try:
            return self.__enter__()
        except StackError:
            if self._file is None:
                raise
        with console.step(f"Waiting for another {self.command} ({self._read()})"):
            while not self._try():
                console.stop.check()
                time.sleep(0.2)
        self.describe("")
        return self

    def _try(self) -> bool:
        assert self._file is not None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _read(self) -> str:
        return self.path.read_text(errors="replace").strip()
