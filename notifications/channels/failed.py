"""How a channel says that it could not deliver."""

from notifications.states import Failure


class DeliveryFailed(Exception):
    """`permanent`: the same message to the same address will fail again. `detail` is a code, never a text."""

    def __init__(self, failure: Failure, detail: str = "", *, permanent: bool) -> None:
        super().__init__(f"{failure} {detail}".strip())
        self.failure = failure
        self.detail = detail[:40]
        self.permanent = permanent
