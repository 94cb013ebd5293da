"""What a server said, and what a connection died of, in a few printable words for the log."""

from collections.abc import Sequence
from typing import Any

from imap_tools.errors import UnexpectedCommandStatusError


def why(error: Exception) -> str:
    """An error in a few printable words."""
    if isinstance(error, TimeoutError):
        return "der Server antwortet nicht"
    if isinstance(error, UnexpectedCommandStatusError):
        return in_words(error.command_result[1])
    return in_words([str(error) or type(error).__name__])


def in_words(data: Sequence[Any]) -> str:
    """What a server said, cut and printable."""
    said = " ".join(
        each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in data
    )
    return "".join(sign if sign.isprintable() else " " for sign in said)[:200]
