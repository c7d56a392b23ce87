"""Who may do what with which request, offer or assignment."""

from collections.abc import Sequence
from uuid import UUID

from backend.accounts.models import Office, User
from backend.accounts.permissions import Permission, check, may
from backend.dispatch.models import Assignment, HelpRequest, Offer, PlanRun
from backend.errors import NotPermitted, NotThere
from backend.people.models import HelpSeeker


def check_may_dispatch(by: User, help_request: HelpRequest) -> None:
    """A coordinator of the request's office; to other offices the request is not there."""
    if not may(by, Permission.DISPATCH, office_id=help_request.office_id):
        if HelpRequest.objects.visible_to(by).filter(pk=help_request.pk).exists():
            raise NotPermitted("not_permitted", permission=Permission.DISPATCH.value)
        raise NotThere("help_request_unknown")


def offices_to_plan(by: User, office_ids: Sequence[UUID]) -> list[Office]:
    """These offices, each coordinated by the user; one that is not does not exist for her."""
    wanted = {office_id for office_id in office_ids if may(by, Permission.DISPATCH, office_id=office_id)}
    if not wanted or wanted != set(office_ids):
        raise NotThere("office_unknown")
    return list(Office.objects.filter(pk__in=wanted).order_by("pk"))


def check_may_apply(by: User, plan_run: PlanRun) -> None:
    """A coordinator of every office of the plan; to others there is no such plan."""
    offices = plan_run.offices.values_list("pk", flat=True)
    if not all(may(by, Permission.DISPATCH, office_id=office_id) for office_id in offices):
        raise NotThere("plan_unknown")


def check_may_file(by: User, help_seeker: HelpSeeker) -> None:
    """The help-seeker alone, a member of the organisation that registered the person, or the office."""
    if help_seeker.user_id == by.pk and help_seeker.office.accepts_self_registration:
        return
    if help_seeker.organisation_id in by.organisation_ids():
        check(by, Permission.FILE_HELP_REQUEST, office_id=help_seeker.office_id)
        return
    if not may(by, Permission.DISPATCH, office_id=help_seeker.office_id):
        raise NotThere("help_seeker_unknown")


def check_may_ask(by: User, office: Office) -> None:
    """Whoever may file something there: the office, an organisation that it serves, somebody registered alone."""
    alone = HelpSeeker.objects.filter(office=office, user=by)
    if not may(by, Permission.FILE_HELP_REQUEST, office_id=office.pk) and not alone.exists():
        raise NotThere("office_unknown")


def check_may_withdraw(by: User, help_request: HelpRequest) -> None:
    """The help-seeker who asked alone, the members of the asking organisation, or the office."""
    if help_request.help_seeker.user_id == by.pk or help_request.organisation_id in by.organisation_ids():
        return
    check_may_dispatch(by, help_request)


def check_may_change(by: User, help_request: HelpRequest) -> None:
    """Whoever may take it back may also ask for something else."""
    check_may_withdraw(by, help_request)


def check_may_answer(by: User, offer: Offer) -> None:
    """The pilot who was asked, while her login is open, and nobody else."""
    if offer.pilot.user_id == by.pk and by.is_active:
        return
    if may(by, Permission.READ_DISPATCH, office_id=offer.help_request.office_id):
        raise NotPermitted("only_the_pilot_answers")
    raise NotThere("offer_unknown")


def check_may_cancel(by: User, assignment: Assignment) -> None:
    """The pilot (a drop-out) or the office."""
    if assignment.pilot.user_id != by.pk:
        _check_sees(by, assignment)
        check_may_dispatch(by, assignment.help_request)


def check_may_report(by: User, assignment: Assignment) -> None:
    """The pilot, the asking side, or the office."""
    _check_sees(by, assignment)


def _check_sees(by: User, assignment: Assignment) -> None:
    if not Assignment.objects.visible_to(by).filter(pk=assignment.pk).exists():
        raise NotThere("assignment_unknown")
