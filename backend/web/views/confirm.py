"""Confirming one pilot: first what is sent to whom and who learns what, then one button."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend.accounts.models import User
from backend.dispatch import foresight
from backend.dispatch.commands.assignments import confirm_assignment
from backend.dispatch.models import Assignment, HelpRequest, Offer, Override
from backend.dispatch.policies import still_says_yes
from backend.dispatch.queries import details_for_office
from backend.error_texts import sentence
from backend.errors import Conflict, DomainError, NotThere, RuleViolated
from backend.journal.record import accesses_noted_together, record_access
from backend.people.codes import AccessReason
from backend.web import ranking
from backend.web.desk import found_on_desk
from backend.web.errors import refusals_as_messages
from backend.web.gates import Gate, SignedInRequest, gated
from notifications.preview import Preview, preview

FROM_LIST = "liste"
CLASHES = frozenset({"pilot_double_booked", "travel_time_missing"})


@gated(Gate.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedInRequest, help_request_id: UUID, offer_id: UUID) -> HttpResponse:
    """The commission: this pilot, this appointment."""
    if request.method != "POST":
        return _page(request, found_on_desk(request.user, help_request_id), offer_id)
    with refusals_as_messages(request):
        confirm_assignment(
            help_request_id=help_request_id, offer_id=offer_id, by=request.user, now=timezone.now()
        )
        messages.success(request, _("Confirmed. Both sides get a message with the calendar entry."))
        if request.POST.get("von") == FROM_LIST:
            back = redirect("web:worklist")
            back["Location"] += "?ansicht=bestaetigen"
            return back
    return redirect("web:office_request", help_request_id=help_request_id)


@accesses_noted_together()
def _page(request: SignedInRequest, found: HelpRequest, offer_id: UUID) -> HttpResponse:
    now, user = timezone.now(), request.user
    prefetch_related_objects([found], "slots", "assignments")  # foreseeing looks at them again and again
    offers = list(
        found.offers.select_related("pilot__user", "pilot__identity", "accepted_slot", "override__made_by")
        .prefetch_related("pilot__pilot_offices")
        .order_by("accepted_at", "pk")
    )
    offer = next((one for one in offers if one.pk == offer_id), None)
    if offer is None:
        raise NotThere("offer_unknown")
    names = ranking.names_of([one.pilot for one in offers], by=user, now=now)
    for one in offers:
        one.help_request = found
    refusal, letters, in_the_way, clashes, is_away = "", [], None, False, False
    try:
        foreseen = foresight.confirmation(found, offer, by=user, now=now)
    except (Conflict, RuleViolated) as error:
        refusal, clashes = sentence(error), error.code in CLASHES
        is_away = error.code == "pilot_not_active"  # paused after the yes, say
        in_the_way = _in_the_way(error, by=user) if clashes else None
    else:
        letters = [
            one
            for event in foreseen
            for one in preview(event.kind, event.subject, by=user, at=now, facts=event.facts)
        ]
    context: dict[str, Any] = {
        "help_request": found,
        "zone": found.office.time_zone,
        "slots": list(found.slots.all()),
        "offer": offer,
        "name": names[offer.pilot_id],
        "others": [(one, names[one.pilot_id]) for one in offers if one is not offer and still_says_yes(one)],
        "details": details_for_office(found, by=user, now=now),
        "override": _override(offer, by=user, now=now),
        "refusal": refusal,
        "clashes": clashes,
        "is_away": is_away,
        "in_the_way": in_the_way,
        "letters": [(one, _reader(one, offers, names)) for one in letters],
        "came_from": FROM_LIST if request.GET.get("von") == FROM_LIST else "",
    }
    return render(request, "web/office/confirm.html", context)


def _in_the_way(error: DomainError, *, by: User) -> Assignment | None:
    """The pilot's other appointment that leaves no time for this one, where the office may see it."""
    found = Assignment.objects.visible_to(by).filter(pk__in=[error.facts["assignment_id"]])
    return found.select_related("office", "help_request").first()


def _override(offer: Offer, *, by: User, now: datetime) -> Override | None:
    """The note with which the pilot was asked against a rule, for a second pair of eyes; the access log knows."""
    found: Override | None = getattr(offer, "override", None)
    if found and found.made_by_id != by.pk:
        reason = AccessReason.CASE_WORK.value
        record_access(reader=by, subject=found, reason=reason, at=now, office_id=found.office_id)
    return found


def _reader(letter: Preview, offers: list[Offer], names: dict[UUID, str]) -> str:
    """The pilot's name, or the address of whoever asks."""
    own = next((offer for offer in offers if offer.pilot.user_id == letter.recipient.pk), None)
    return names[own.pilot_id] if own else letter.recipient.email
