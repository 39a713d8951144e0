"""What time it is. Only the demo passes a time of its own."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time, UTC."""
    return datetime.now(UTC)
