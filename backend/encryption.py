"""The one encrypted field: AES-256-GCM, bound to its table, column and row, failing closed.

A stored value reads `v1:<key id>:<base64 of nonce + ciphertext>`. The keyring is a file outside the database
and its backups; its first line is the key in use, further lines are older keys that still open old values.
"""

import base64
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The value was made with a key we do not have, or was moved or changed. Never answered by showing it raw."""


@lru_cache(maxsize=4)
def keyring(path: str) -> dict[str, AESGCM]:
    """Read `key_id:base64 of 32 bytes` lines; raise ImproperlyConfigured on anything else."""
    keys: dict[str, AESGCM] = {}
    try:
        lines = Path(path).read_text().split()
    except OSError as error:
        raise ImproperlyConfigured(f"VAULT_KEYS_FILE cannot be read: {error.strerror}") from error
    for line in lines:
        key_id, _, encoded = line.partition(":")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise ImproperlyConfigured("VAULT_KEYS_FILE: a line is not key_id:base64") from error
        if not key_id or len(raw) != 32:
            raise ImproperlyConfigured("VAULT_KEYS_FILE: each key needs an id and 32 bytes in base64")
        keys[key_id] = AESGCM(raw)
    if not keys:
        raise ImproperlyConfigured("VAULT_KEYS_FILE holds no key")
    return keys


def seal(plaintext: str, context: str) -> str:
    """Encrypt for one place only: `context` is `table.column:pk`."""
    keys = keyring(settings.VAULT_KEYS_FILE)
    key_id, cipher = next(iter(keys.items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = cipher.encrypt(nonce, plaintext.encode(), context.encode())
    return f"v1:{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(stored: str, context: str) -> str:
    """Decrypt, or raise CannotDecrypt."""
    try:
        version, key_id, encoded = stored.split(":")
        raw = base64.b64decode(encoded, validate=True)
        if version != "v1":
            raise ValueError(version)
        cipher = keyring(settings.VAULT_KEYS_FILE)[key_id]
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
    except (ValueError, KeyError, InvalidTag) as error:
        raise CannotDecrypt(f"cannot decrypt {context.split(':')[0]}") from error


class Sealed(str):
    """A ciphertext as it lies in the database, not yet opened."""


class EncryptedTextField(models.TextField):
    """Text that the database sees only as ciphertext. It cannot be filtered on. Empty stays empty."""

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _OpensOnRead(self))

    def context(self, pk: Any) -> str:
        """Where the value of this row belongs, as associated data of the cipher."""
        return f"{self.model._meta.db_table}.{self.column}:{pk}"

    def opened(self, value: str, pk: Any) -> str:
        """What a value says that was read without its row."""
        return unseal(value, self.context(pk)) if isinstance(value, Sealed) else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return Sealed(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if not value or isinstance(value, Sealed):
            return value or ""
        return Sealed(seal(value, self.context(model_instance.pk)))

    def get_lookup(self, lookup_name: str) -> Any:
        """Empty or not is all that can be asked; a search would only find base64."""
        return super().get_lookup(lookup_name) if lookup_name in {"exact", "isnull"} else None

    def get_prep_value(self, value: Any) -> Any:
        if value and not isinstance(value, Sealed):
            raise ValueError("an encrypted field is written by saving its row, and never compared")
        return super().get_prep_value(value)


class _OpensOnRead:
    """Decrypts when read, so that loading a row to count it opens nothing."""

    def __init__(self, field: EncryptedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:  # deferred: absent must not read as empty
            instance.refresh_from_db(fields=[self.field.attname])
        return self.field.opened(instance.__dict__[self.field.attname], instance.pk)

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value
