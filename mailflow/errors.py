"""One family of errors: each says what is wrong, where, and what to do.

An error knows two things: can trying again help, and which exit code says so (sysexits.h).
Only `cli` turns them into words on the terminal and ends the process. Of an error that nobody foresaw,
`place` says all that may be said.
"""

import traceback
from pathlib import Path

_PACKAGE = Path(__file__).parent


class MailflowError(Exception):
    """Something a person can do something about. The text is a whole sentence in plain words."""

    exit_code = 1


class UsageError(MailflowError):
    """The command was called with words that do not fit together."""

    exit_code = 2


class TryLater(MailflowError):
    """The world is not ready (network, server, disk); the same call may go through later."""

    exit_code = 75


class LoginRefused(TryLater):
    """A server does not let us in. Worth another try after a long pause; until then a person should know."""


class Misconfigured(MailflowError):
    """Configuration, rules, templates or store are wrong, and only a person can mend them.

    Carries every complaint at once; printed one to a line.
    """

    exit_code = 78

    def __init__(self, *complaints: str) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


class StoreBusy(MailflowError):
    """Another Mailflow works on the same store."""

    exit_code = 75


class Refused(MailflowError):
    """The mail server refuses for good: this very answer or this very request will never go through."""


def place(error: BaseException) -> str:
    """The kind of an error and our line it came from; what it says may hold a piece of a mail or a secret."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    spot = f" in {Path(ours[-1].filename).relative_to(_PACKAGE)}:{ours[-1].lineno}" if ours else ""
    return type(error).__name__ + spot
