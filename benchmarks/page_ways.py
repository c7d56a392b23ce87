"""What do the main ways cost a person: taps, presses, fields?"""

from benchmarks.rows import Row
from tests.browser.ways import accept, ask_pilots, confirm, fields_of_request
from tests.browser.windows import Windows

TAPS, SCREEN_HEIGHT, PRESSES, FIELDS = 3, 844, 3, 12


def run(windows: Windows) -> list[Row]:
    """Each walked once."""
    town = windows.town
    with windows.of(width=390, javascript=False) as window:
        answered = accept(window, town.fresh("asked").links[0])
    with windows.of("coordinator") as window:
        asked = ask_pilots(window, town.fresh("open").id)
        confirmed = confirm(window, town.fresh("accepted").id)
    with windows.of("requester") as window:
        fields = fields_of_request(window)
    return [
        Row("P-taps", "taps from the message to a yes, without scripts", answered.presses, TAPS),
        Row("P-screen", "lower edge of both answers at 390 × 844, px", answered.lowest_button, SCREEN_HEIGHT),
        Row("P-ask", "presses from an open request to asked pilots", asked, PRESSES),
        Row("P-confirm", "presses from a yes to the confirmation", confirmed, PRESSES),
        Row("P-fields", "fields of a first request", fields, FIELDS),
    ]
