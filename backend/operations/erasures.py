"""What has a backup to do with those who were erased? The ledger outside it remembers them, by hashes."""

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def _ledger() -> Any:
    return import_module("backend.privacy.ledger") if find_spec("backend.privacy.ledger") else None


def catch_up() -> None:
    """Before a backup: whoever is gone from it shall stay gone after an older one."""
    if ledger := _ledger():
        ledger.catch_up()


def replay(now: datetime) -> str:
    """After a restore: erase anew whoever was erased since that backup; what was done, in words."""
    ledger = _ledger()
    return str(ledger.replay(now)) if ledger else "there is no ledger"
