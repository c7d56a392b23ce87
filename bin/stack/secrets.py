"""Where do the secrets of a local stack come from? They are drawn once and kept in files of their own."""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError
from stack.paths import StateFolder


@dataclass(frozen=True)
class SecretFiles:
    """The files that settings read by NAME_FILE."""

    secret_key: Path
    vault_keys: Path
    vapid_key: Path


def ensure_secrets(state: StateFolder, *, database_is_new: bool) -> SecretFiles:
    """The stack's secrets, drawn when missing; never a new vault key beside data locked with the old one."""
    folder = state.folder("secrets")
    files = SecretFiles(folder / "secret_key", folder / "vault_keys", folder / "vapid_key")
    if not files.vault_keys.exists() and not database_is_new:
        raise StackError(
            f"{files.vault_keys} is gone, and the database holds identities locked with it. "
            f"Put it back, or delete {state.root / 'postgres'} to begin anew."
        )
    write_once(state, files.secret_key, secrets.token_urlsafe(50))
    write_once(state, files.vault_keys, f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
    # A private key of P-256: any 32 bytes below the order of the curve, which random ones are.
    write_once(
        state, files.vapid_key, base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    )
    return files


def write_once(state: StateFolder, path: Path, content: str) -> None:
    """Write the file for its owner's eyes alone, unless it is there."""
    if path.exists():
        return
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(content)
    if state.run_as:
        state.run_as.own(half)
    half.rename(path)
