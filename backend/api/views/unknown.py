"""What an address that does not exist answers: a problem too, whatever the method."""

from typing import Any, NoReturn

from rest_framework.request import Request
from rest_framework.views import APIView

from backend.api.authentication import Anyone
from backend.errors import NotThere


class UnknownRoute(APIView):
    schema = None
    permission_classes = [Anyone]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        self.format_kwarg = None
        raise NotThere("route_unknown")
