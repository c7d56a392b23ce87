"""What an address that does not exist answers: a problem too, whatever the method."""

from typing import Any, NoReturn

from rest_framework.request import Request
from rest_framework.views import APIView

from backend.errors import NotThere


class UnknownRoute(APIView):
    schema = None
    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        self.format_kwarg = None
        raise NotThere("route_unknown")
