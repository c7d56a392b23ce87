"""Invitations: no role before the link is used, used once, sent again, withdrawn, run out."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from backend.accounts.commands import invite
from backend.accounts.entry.commands.invitations import resend_invitation, revoke_invitation
from backend.accounts.models import Invitation, InvitationLink, Membership
from backend.accounts.roles import Role
from backend.errors import NotThere
from backend.journal.kinds import EventKind
from tests import factories as make
from tests.asserting import recorded, refused
from tests.factories import NOW
from tests.notifications.conftest import post  # noqa: F401
from tests.web.reading import Page, text_of

PEOPLE, TEAM = reverse("web:settings_people"), reverse("web:team")


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture
def adam(cast):
    return make.an_admin("adam", cast.osnabrueck)


@pytest.fixture
def invitation(cast, adam) -> Invitation:
    return invite(
        email="new@stadt.example", role=Role.COORDINATOR, language="de", office_id=cast.osnabrueck.pk,
        organisation_id=None, by=adam, now=NOW,
    )  # fmt: skip


def link_of(invitation: Invitation) -> str:
    return reverse("web:invitation", args=[invitation.new_link(at=NOW)])


def test_the_mail_has_a_link_that_accepts_once(cast, invitation, post):  # noqa: F811
    (posted,) = [each for each in post.deliver() if each.template == "user_invited"]
    link = re.search(r"/einladung/[^/\s]+/", str(posted.message.body))[0]
    assert InvitationLink.objects.get().hash not in link

    for _ in range(2):  # scanners open every link
        page = Client().get(link)
        assert Client().head(link).status_code == 200
    assert Page(page).faults() == []
    assert "new@stadt.example" in text_of(page)
    assert not invitation.user.memberships.exists()

    client = Client()
    client.post(link)
    assert Membership.objects.get(user=invitation.user).role == Role.COORDINATOR
    assert recorded(EventKind.INVITATION_ACCEPTED, invitation.user).actor_id == invitation.user_id
    # Signed in, and led to set up the second step before anything else.
    assert client.get(reverse("web:worklist")).headers["Location"] == reverse("mfa_index")
    used = Client().post(link)
    assert used.status_code == 422
    assert Page(used).faults() == []
    assert "schon angenommen" in text_of(used)
    assert Membership.objects.filter(user=invitation.user).count() == 1


def test_a_requester_comes_straight_to_her_page(cast):
    invited = invite(
        email="rolf@rita.example", role=Role.REQUESTER, language="en", office_id=None,
        organisation_id=cast.school.pk, by=cast.rita, now=NOW,
    )  # fmt: skip
    page = Client().get(link_of(invited))
    assert page.headers["Content-Language"] == "en"
    client = Client()
    assert client.post(link_of(invited)).headers["Location"] == reverse("web:home")
    assert client.get(reverse("web:my_requests")).status_code == 200


def test_who_is_signed_in_as_somebody_else_is_told_and_signed_out(cast, invitation, browser_of):
    client, link = browser_of(cast.rita), link_of(invitation)
    assert cast.rita.email in text_of(client.get(link))
    client.post(link)
    assert client.session["_auth_user_id"] == str(invitation.user_id)


@pytest.mark.parametrize(
    ("how", "status", "says"),
    [
        ("unknown", 404, "kennen wir nicht"), ("run out", 422, "abgelaufen"), ("withdrawn", 422, "zurückgezogen"),
        ("closed", 404, "kennen wir nicht"), ("sent anew", 404, "kennen wir nicht"),
    ],
)  # fmt: skip
def test_a_link_that_is_over_says_what_to_do(cast, adam, invitation, clock, how, status, says):
    link = link_of(invitation)
    match how:
        case "unknown":
            link = reverse("web:invitation", args=["x" * 43])
        case "run out":
            clock.now = NOW + Invitation.VALID
        case "withdrawn":
            revoke_invitation(invitation_id=invitation.pk, by=adam, now=NOW)
        case "closed":
            invitation.user.is_active = False
            invitation.user.save(update_fields=["is_active"])
        case "sent anew":
            resend_invitation(invitation_id=invitation.pk, by=adam, now=NOW)
    for answer in (Client().get(link), Client().post(link)):
        assert answer.status_code == status
        assert Page(answer).faults() == []
        assert says in text_of(answer)
    assert not Membership.objects.filter(user=invitation.user).exists()


def test_seen_sent_again_and_withdrawn_in_the_settings(cast, adam, invitation, browser_of, clock):
    browser = browser_of(adam)
    clock.now = NOW + timedelta(days=8)
    page = browser.get(PEOPLE)
    assert Page(page).faults() == []
    assert "new@stadt.example" in text_of(page) and "abgelaufen" in text_of(page)
    browser.post(reverse("web:resend_invitation", args=[invitation.pk]))
    invitation.refresh_from_db()
    assert invitation.expires_at == clock.now + Invitation.VALID
    assert recorded(EventKind.INVITATION_RESENT, invitation.user)
    browser.post(reverse("web:revoke_invitation", args=[invitation.pk]))
    assert "new@stadt.example" not in text_of(browser.get(PEOPLE))
    again = browser.post(reverse("web:revoke_invitation", args=[invitation.pk]), follow=True)
    assert "kennen wir nicht" in text_of(again)


def test_colleagues_see_and_end_theirs(cast, browser_of):
    rita = browser_of(cast.rita)
    rita.post(TEAM, {"email": "rolf@rita.example"})
    invited = Invitation.objects.get()
    assert Page(rita.get(TEAM)).faults() == []
    rita.post(reverse("web:resend_to_colleague", args=[invited.pk]))
    rita.post(reverse("web:revoke_of_colleague", args=[invited.pk]))
    assert "rolf@rita.example" not in text_of(rita.get(TEAM))


def test_other_offices_invitations_are_not_there(cast, invitation, browser_of):
    frida = make.an_admin("frida", cast.friesland)
    assert "new@stadt.example" not in text_of(browser_of(frida).get(PEOPLE))
    for name in ("web:resend_invitation", "web:revoke_invitation"):
        assert browser_of(frida).post(reverse(name, args=[invitation.pk])).status_code == 404
    for stranger in (frida, cast.kaya, cast.rita, cast.otto):
        for command in (resend_invitation, revoke_invitation):
            with refused(NotThere, "invitation_unknown"):
                command(invitation_id=invitation.pk, by=stranger, now=NOW)
    assert mail.outbox == []
