"""The screens of whoever asks for a pilot, for an organisation or for herself."""

from tests.browser.screens.screen import Screen

SCREENS = [
    Screen(7, "assignment-of-requester", "requester", "web:assignment", ("assignment",)),
    Screen(8, "new-request", "requester", "web:new_request"),
    Screen(8, "new-request-seeker", "seeker", "web:new_request"),
    Screen(9, "my-requests", "requester", "web:my_requests"),
    Screen(9, "my-requests-seeker", "seeker", "web:my_requests"),
    Screen(9, "request", "requester", "web:request", ("accepted_request",)),
    Screen(9, "request-seeker", "seeker", "web:request", ("seeker_request",)),
    Screen(9, "team", "requester", "web:team"),
]
