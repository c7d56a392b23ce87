"""Which picture stands in the head of an office's pages?"""

from django.db import models

from backend.keys import Keyed


class OfficeLogo(Keyed):
    """The picture in the head of an office's pages. A PNG, packed anew before it is stored."""

    office = models.OneToOneField("accounts.Office", on_delete=models.CASCADE, related_name="logo")
    content = models.BinaryField()
    digest = models.CharField(max_length=16)  # stands in the address, so that a browser may keep it for ever
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)  # for whoever does not see it
    changed_at = models.DateTimeField()

    class Privacy:
        personal = ()
        plain = ("id", "office", "content", "digest", "width", "height", "text", "changed_at")
        keep_for = None
        counted_from = None
