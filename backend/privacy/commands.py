"""How somebody has her data erased (Art. 17 GDPR)."""

from datetime import datetime

from django.db import models

from backend.accounts.commands import check_admin_remains
from backend.accounts.models import Membership, User
from backend.dispatch.commands.leaving import (
    check_all_handed_back,
    forget_help_seeker,
    forget_pilot,
    hand_back,
)
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people.commands.erasing import end_consents, erase_help_seeker, erase_pilot
from backend.people.models import HelpSeeker, Pilot
from backend.privacy.own_models import all_models


@command
def erase_account(*, by: User, now: datetime) -> None:
    """Erase whoever asks, in every role. What is agreed for days to come is given back first, and told to all.

    What stays are rows without a person: sessions that were held and commissioned, consents once given, the journal.
    """
    # Its locks come first: requests before people, as everywhere.
    hand_back(by=by, now=now)
    user = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    check_admin_remains(list(Membership.objects.filter(user=user)))
    for pilot in (
        Pilot.objects.select_for_update(of=("self",)).select_related("home", "identity").filter(user=user)
    ):
        pilot.user = user
        check_all_handed_back(pilot, now=now)
        forget_pilot(pilot)
        erase_pilot(pilot, by=by, now=now)
    for help_seeker in HelpSeeker.objects.select_related("home", "identity").filter(user=user):
        forget_help_seeker(help_seeker)
        erase_help_seeker(help_seeker)
    end_consents(user, at=now)
    _drop_what_is_hers_alone(user)
    _close(user)
    record(EventKind.ACCOUNT_ERASED, subject=user, by=by, at=now)


def _drop_what_is_hers_alone(user: User) -> None:
    """Delete whatever a model says would go with the account: roles, tokens, messages, browsers, ways to sign in."""
    for model in all_models():
        for field in model._meta.fields:
            if not isinstance(field, models.ForeignKey) or field.related_model is not User:
                continue
            if field.remote_field.on_delete is models.CASCADE:
                model._default_manager.filter(**{field.name: user}).delete()


def _close(user: User) -> None:
    """Close the login for good. The new unusable password ends every session, wherever it is open."""
    user.email = f"erased-{user.pk.hex}@erased.invalid"
    user.language, user.last_login, user.is_active = "de", None, False
    user.set_unusable_password()
    user.save()
    user.forget_memberships()
