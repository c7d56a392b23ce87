"""What changes what we hold of a person."""

from backend.privacy.commands.erasing import erase_account, erase_client, erase_pilot_account

__all__ = ["erase_account", "erase_client", "erase_pilot_account"]
