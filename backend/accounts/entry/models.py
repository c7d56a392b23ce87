"""What lets somebody in: sessions, tokens, known browsers, invitations, sign-ins elsewhere, changed addresses."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.accounts.roles import OFFICE_ROLES, STAFF_ROLES, Role
from backend.accounts.tokens import digest, new_secret
from backend.encryption import EncryptedTextField
from backend.keys import Keyed

if TYPE_CHECKING:
    from backend.accounts.models import User


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, user: "User") -> "SessionQuerySet":
        """Where this user is signed in, the latest used first."""
        return self.filter(user=user).order_by("-last_seen_at", "-pk")

    def over(self, *, now: datetime) -> "SessionQuerySet":
        """Those that nobody can go on with, whoever their owner is by now."""
        return self.filter(
            Q(last_seen_at__lte=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS))
            | Q(begun_at__lte=now - timedelta(seconds=settings.SESSION_COOKIE_AGE))
        )


class Session(Keyed):
    """One browser or program in which somebody is signed in, or about to be. Of its key only the hash is stored.

    No address and no place: a name of the device by which its owner knows it, and when it was last seen.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, null=True, related_name="sessions")
    hash = models.CharField(max_length=64, unique=True)
    data = models.TextField()
    device = models.CharField(max_length=40, blank=True)
    begun_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(db_index=True)

    objects = SessionQuerySet.as_manager()

    class Privacy:
        personal = ("data", "device")
        plain = ("id", "user", "hash", "begun_at", "last_seen_at")
        # SESSION_IDLE_SECONDS: nobody can go on with it then. One that is used ends after 90 days, at its next use.
        keep_for = "14 days"
        counted_from = "last_seen_at"

    def is_over(self, *, of_staff: bool, now: datetime) -> bool:
        """Whether it has rested or lasted too long; shorter for whoever sees other people's data."""
        idle = settings.STAFF_SESSION_IDLE_SECONDS if of_staff else settings.SESSION_IDLE_SECONDS
        whole = settings.STAFF_SESSION_SECONDS if of_staff else settings.SESSION_COOKIE_AGE
        return (now - self.last_seen_at).total_seconds() >= idle or (
            now - self.begun_at
        ).total_seconds() >= whole


class ApiToken(Keyed):
    """A key for programs: only its hash is stored, it is bound to scopes and ends by itself."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    is_strong = models.BooleanField(default=False, db_default=False)  # made in a session with a second factor

    class Privacy:
        personal = ()
        plain = (
            "id", "user", "name", "hash", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at",
            "is_strong",
        )  # fmt: skip
        keep_for = "90 days"
        counted_from = "expires_at"


class KnownBrowser(Keyed):
    """A browser in which its owner has signed in before: whoever signs in elsewhere is told of it."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="known_browsers")
    hash = models.CharField(max_length=64)
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("user", "hash", name="known_browser_once")]

    class Privacy:
        personal = ()
        plain = ("id", "user", "hash", "last_seen_at")
        keep_for = "12 months"
        counted_from = "last_seen_at"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: "User") -> "InvitationQuerySet":
        """Those to the offices that the user administers, and to one's own organisations."""
        return self.filter(
            Q(office__in=user.office_ids(Role.ADMIN)) | Q(organisation__in=user.organisation_ids())
        )

    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; it may have run out, and can then be sent anew."""
        return self.filter(accepted_at=None, revoked_at=None)


class Invitation(Keyed):
    """A role that somebody may take by the link of a mail. Until then nobody has it."""

    VALID = timedelta(days=7)

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=12, choices=Role.choices)
    office = models.ForeignKey(
        "accounts.Office", on_delete=models.PROTECT, null=True, related_name="invitations"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="invitations"
    )
    invited_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=OFFICE_ROLES, office__isnull=False, organisation__isnull=True)
                | Q(role=Role.REQUESTER, office__isnull=True, organisation__isnull=False),
                name="invitation_place",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "office", "organisation"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once",
                nulls_distinct=False,
            ),
        ]

    class Privacy:
        personal = ()
        plain = (
            "id", "user", "role", "office", "organisation", "invited_by", "created_at", "expires_at",
            "accepted_at", "revoked_at",
        )  # fmt: skip
        keep_for = "as long as the account"
        counted_from = "created_at"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None

    @property
    def is_of_staff(self) -> bool:
        return self.role in STAFF_ROLES

    def new_link(self, *, at: datetime) -> str:
        """A fresh secret that accepts this invitation once; the table keeps its hash alone.

        Each attempt to send the mail makes one, so that no secret waits anywhere to be sent.
        """
        secret = new_secret()
        InvitationLink.objects.create(invitation=self, hash=digest(secret), created_at=at)
        return secret


class InvitationLink(Keyed):
    """A link that was mailed. It ends with its invitation."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="links")
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    class Privacy:
        personal = ()
        plain = ("id", "invitation", "hash", "created_at")
        keep_for = "as long as the invitation"
        counted_from = "created_at"


class SignInElsewhere(Keyed):
    """With which account of a municipality's sign-in service somebody comes in here: its own lasting key, no name."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="sign_ins_elsewhere")
    provider = models.CharField(max_length=40)  # the key under which the configuration knows the service
    subject = models.CharField(max_length=255)  # "sub" of OpenID Connect
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("provider", "subject", name="sign_in_elsewhere_once"),
            models.UniqueConstraint("user", "provider", name="sign_in_elsewhere_one_each"),
        ]

    class Privacy:
        personal = ("subject",)
        plain = ("id", "user", "provider", "created_at", "last_used_at")
        keep_for = "as long as the account, or until it is taken away"
        counted_from = "created_at"


class EmailChange(Keyed):
    """An address that was somebody's until she changed it: there we write once that it was changed."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="email_changes")
    old_email = EncryptedTextField()
    changed_at = models.DateTimeField()

    class Privacy:
        personal = ("old_email",)
        plain = ("id", "user", "changed_at")
        keep_for = "30 days"
        counted_from = "changed_at"
