"""The screens of the coordinator's daily work: worklist, request, ranking, plan."""

from tests.browser.screens.screen import Screen

SCREENS = [
    Screen(8, "request-for-caller", "coordinator", "web:request_for_caller"),
    Screen(10, "worklist", "coordinator", "web:worklist"),
    Screen(11, "office-request", "coordinator", "web:office_request", ("new_request",)),
    Screen(11, "ranking", "coordinator", "web:office_request", ("asked_request",)),
    Screen(12, "plan", "coordinator", "web:plan"),
    Screen(13, "confirm", "coordinator", "web:confirm", ("accepted_request", "accepted_offer")),
    Screen(11, "to-confirm", "coordinator", "web:office_request", ("accepted_request",), in_gallery=False),
    Screen(
        10,
        "worklist-filtered",
        "coordinator",
        "web:worklist",
        query="ansicht=alle&dringend=on",
        in_gallery=False,
    ),
    Screen(10, "reports", "coordinator", "web:reports", in_gallery=False),
    Screen(10, "expiring", "coordinator", "web:expiring", in_gallery=False),
    Screen(
        11,
        "why-not",
        "coordinator",
        "web:office_request",
        ("new_request",),
        query="lotse=2",
        in_gallery=False,
    ),
    Screen(
        11,
        "left-out",
        "coordinator",
        "web:office_request",
        ("asked_request",),
        query="schritt=reach",
        in_gallery=False,
    ),
    Screen(10, "failed-messages", "coordinator", "web:failed_deliveries"),
    Screen(0, "acceptance", "coordinator", "web:acceptance"),
]
