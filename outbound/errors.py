"""In which ways does a call to the outside fail? None of these names an address: they stand in logs."""

from __future__ import annotations


class CallFailed(Exception):
    """The call did not bring an answer; `reason` is a code, never an address."""

    code = "failed"

    def __init__(self, reason: str = "") -> None:
        super().__init__(f"{self.code} {reason}".strip())
        self.reason = reason


class Refused(CallFailed):
    """We do not call this address: it is malformed, or it leads inside."""

    code = "refused"


class Unreachable(CallFailed):
    """Nobody there, no name, or no speech that we understand."""

    code = "unreachable"


class TooSlow(CallFailed):
    """Not whole within the time."""

    code = "timeout"


class TooLarge(CallFailed):
    """More bytes than we read."""

    code = "too_large"


class Packed(CallFailed):
    """The answer is compressed though we asked for a plain one: a few bytes can unpack to gigabytes."""

    code = "packed"
