"""From which states of the schema must an upgrade work? Each with a small town in it, as that version wrote it.

A dump is made once, when a version is released, by that version's own code, and never changed:
`tests/faults/people.py` fills a database (`fill`, `ask`, `suggest`, `offer`, `accept`, `confirm`) under the keyring
`tests/upgrade/vault_keys`, and `pg_dump --no-owner --no-privileges --no-comments | gzip -9n` writes it down.
"""

from pathlib import Path

HERE = Path(__file__).parent
DUMPS = ("start", "matching", "pages")  # development states before 0.1.0, oldest first
VAULT_KEYS = HERE / "vault_keys"  # of these dumps alone; it opens nothing else

# The latest state that somebody may run: whatever comes behind it must let its code go on serving.
RELEASED = {
    "accounts": "0004_matters_left_to_others",
    "dispatch": "0009_home_and_asked_anew",
    "geo": "0002_outlines",
    "journal": "0007_counted_hand_offs",
    "notifications": "0004_push_and_calendar",
    "people": "0007_profile_in_steps",
}


def dump_of(name: str) -> Path:
    return HERE / f"{name}.sql.gz"
