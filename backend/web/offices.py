"""Which of her offices does somebody look at?"""

from dataclasses import dataclass

from django.http import HttpRequest

from backend.accounts.models import Office, User
from backend.accounts.permissions import Permission, may
from backend.accounts.roles import STAFF_ROLES
from backend.errors import NotThere


@dataclass(frozen=True)
class ChosenOffice:
    """The office that the address names, else the first; and the others one could look at."""

    office: Office
    all: list[Office]
    reads_cases: bool  # its coordinators see every row; others see counts alone

    @property
    def others(self) -> list[Office]:
        return [office for office in self.all if office.pk != self.office.pk]


def chosen_office(request: HttpRequest, user: User) -> ChosenOffice:
    """Raises NotThere for an office that is not the user's."""
    own = user.offices_as(*STAFF_ROLES)
    slug = request.GET.get("leitstelle")
    for office in own:
        if slug in {None, office.slug}:
            return ChosenOffice(office, own, may(user, Permission.READ_DISPATCH, office_id=office.pk))
    raise NotThere("office_unknown")
