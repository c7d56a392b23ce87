"""Who somebody is: the vault. Read through backend.people.queries.reveal alone, which writes the access log."""

from django.db import models

from backend.encryption import EncryptedTextField
from backend.keys import Keyed


class Identity(Keyed):
    """Names, phone and postal address of a pilot or of a help-seeker who registered alone."""

    name = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    street = EncryptedTextField(blank=True)
    note = EncryptedTextField(blank=True)
    created_at = models.DateTimeField()

    class Privacy:
        personal = ("name", "phone", "street", "note")
        plain = ("id", "created_at")
        keep_for = "30 days"
        counted_from = "the end of the activity or of the case"
        at_the_end = "emptied"
        office = ("pilot__office", "help_seeker__office")
        office_period = "vault"
