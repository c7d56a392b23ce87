"""Has somebody asked us to stop? Signals set a flag, the loops ask for it: nothing is torn half-way."""

import signal

from stack.errors import Interrupted


class StopRequest:
    """Remembers SIGINT, SIGTERM and SIGHUP."""

    def __init__(self) -> None:
        self.requested = False

    def listen(self) -> None:
        """Take the signals over from now on."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._remember)

    def check(self) -> None:
        """Raise Interrupted when somebody asked."""
        if self.requested:
            raise Interrupted

    def _remember(self, *_: object) -> None:
        self.requested = True
