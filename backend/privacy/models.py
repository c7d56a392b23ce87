"""What did the nightly run of retention take, and when was it done?"""

from django.db import models

from backend.keys import Keyed


class RetentionRun(Keyed):
    """One night. `gone` counts rows by model, and holds no word of what they said."""

    night = models.DateField(unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    gone = models.JSONField(default=dict)
    refused = models.PositiveIntegerField(
        default=0
    )  # rows that could not be ended; they are tried again next night

    class Meta:
        ordering = ["-night"]

    class Privacy:
        personal = ()
        plain = ("id", "night", "started_at", "finished_at", "gone", "refused")
        keep_for = None
        counted_from = None
