"""Is this address on our own machine, or do others come to it?"""

from urllib.parse import urlsplit

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1", ""})
CATCHER = "mailcatcher"  # of the demo


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def is_public(url: str) -> bool:
    """Whether others than this machine are meant to come here."""
    host = host_of(url)
    return host not in LOCAL_HOSTS and not host.endswith((".localhost", ".test"))
