"""How one form becomes a registered help-seeker and a request: both or neither."""

from datetime import datetime

from django.db import transaction

from backend.accounts.models import Organisation, User
from backend.dispatch.commands.help_requests import file_help_request
from backend.dispatch.models import HelpRequest
from backend.people.commands.help_seekers import register_help_seeker
from backend.people.models import HelpSeeker
from backend.web.forms.requests import ClientRequestForm, NeedForm
from backend.web.places import private_place


def file_for_client(
    form: ClientRequestForm, *, organisation: Organisation | None, by: User, now: datetime
) -> HelpRequest:
    """File the request for the client with this case key; an unknown key registers the client with it."""
    need, where = form.need(), form.where()
    with transaction.atomic():
        case_key = form.cleaned_data["case_key"]
        client = known_client(case_key, organisation=organisation, by=by) or _registered(
            form, organisation, by=by, now=now
        )
        return file_help_request(
            help_seeker_id=client.pk,
            need=need,
            where=where,
            confidential=form.confidential(),
            by=by,
            now=now,
        )


def file_for_oneself(form: NeedForm, *, help_seeker: HelpSeeker, by: User, now: datetime) -> HelpRequest:
    """File the request of somebody who registered alone."""
    return file_help_request(
        help_seeker_id=help_seeker.pk,
        need=form.need(),
        where=form.where(),
        confidential=form.confidential(),
        by=by,
        now=now,
    )


def known_client(case_key: str, *, organisation: Organisation | None, by: User) -> HelpSeeker | None:
    """The client whom the organisation has registered under this key, as far as `by` may know."""
    clients = HelpSeeker.objects.visible_to(by).select_related("office")
    return clients.filter(organisation=organisation, case_key=case_key.strip()).first()


def _registered(
    form: ClientRequestForm, organisation: Organisation | None, *, by: User, now: datetime
) -> HelpSeeker:
    data = form.cleaned_data
    postcode = data["home_postcode"] or (organisation.postcode if organisation else "")
    return register_help_seeker(
        case_key=data["case_key"],
        languages=[data["language"]],
        home=private_place(postcode=postcode, field="home_postcode"),
        needs=[data["topic"]],
        gender_wish=data["gender_wish"],
        organisation_id=organisation.pk if organisation else None,
        data_protection=data["consent"],
        by=by,
        now=now,
    )
