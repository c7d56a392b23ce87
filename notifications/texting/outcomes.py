"""What can come of a reply by SMS?"""

from enum import StrEnum


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SEVERAL = "several"  # questions are open, and a digit names none
    CHOOSE = "choose"  # a yes to an offer of several dates
    NOTHING = "nothing"  # no question is open
    CLOSED = "closed"  # somebody was faster, or the office has closed it
    UNCLEAR = "unclear"
