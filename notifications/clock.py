"""What time is it, by the clock all workers share? Asked where every app can ask it."""

from backend.clock import database_now

__all__ = ["database_now"]
