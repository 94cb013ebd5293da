"""The log: a designed language, one function for each event, one line each.

    mail 5f2a90c41b77 <id@web.example> rule=anmeldung answer=access/de folder=done registrations=1
    answer 5f2a90c41b77 access sent
    trouble IMAP-Server imap.example.org:993: Verbinden gelang nicht (…). Next try in 5 s.

Rules: a mail is named by the first twelve signs of its digest (as in the records) and its Message-ID; nothing
of its text, subject or sender appears, and no secret. Under journald each line carries its priority.
"""

import logging
import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import TextIO

from mailflow.model import Mail, Plan, Waiting

_log = logging.getLogger("mailflow")
_PRIORITY = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


def begin(*, verbose: bool = False, stream: TextIO | None = None) -> None:
    """Write to `stream` (stderr). `verbose`: also each step and the talk with both servers (wire.py)."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Journal() if _is_journal(stream) else logging.Formatter("%(message)s"))
    _log.handlers = [handler]
    _log.propagate = False
    _log.setLevel(logging.DEBUG if verbose else logging.INFO)


def started(mailbox: str, rules: str, waiting: int) -> None:
    """The service begins."""
    _log.info("started mailbox=%s rules=%s waiting=%d", mailbox, rules, waiting)


def exposed(warning: str) -> None:
    """Others can read secrets in the configuration."""
    _log.warning("secrets %s", _printable(warning))


def fell(falls: int, pause: timedelta) -> None:
    """So many workers before this one were killed at work; it begins after a pause."""
    _log.warning("fell times=%d First look in %d s.", falls, int(pause.total_seconds()))


def stopped() -> None:
    """The service has ended as it was told to."""
    _log.info("stopped")


def mended(what: str) -> None:
    """The store was found damaged and made good without loss."""
    _log.warning("mended %s", what)


def rules_taken(version: str) -> None:
    """Changed rules or templates are in force from now on."""
    _log.info("rules taken version=%s", version)


def rules_refused(state: str, complaints: Sequence[str]) -> None:
    """Changed rules or templates are not taken over; the last good ones stay."""
    first = _printable(complaints[0]) if complaints else "-"
    _log.error("rules refused state=%s faults=%d %s", state, len(complaints), first)


def connected(mailbox: str) -> None:
    """The mailbox is open."""
    _log.info("connected mailbox=%s", mailbox)


def batch(mails: int) -> None:
    """So many mails were fetched together."""
    _log.debug("batch mails=%d", mails)


def mail(plan: Plan) -> None:
    """One mail has been dealt with: which rule, which answer, where it goes."""
    answer = f"{plan.answer.template}/{plan.answer.language}" if plan.answer else "none"
    kept = {
        "registrations": len(plan.registrations),
        "ideas": len(plan.ideas),
        "attention": int(plan.needs_person),
    }
    counts = "".join(f" {name}={count}" for name, count in kept.items() if count)
    _log.info(
        "mail %s %s rule=%s answer=%s folder=%s%s",
        plan.digest[:12],
        _printable(plan.message_id) or "-",
        _printable(plan.rule).replace(" ", "_"),
        answer,
        plan.folder,
        counts,
    )


def again(digest: str, folder: str) -> None:
    """A mail that was dealt with before lies in the mailbox: it is only filed."""
    _log.info("mail %s again folder=%s", digest[:12], folder)


def large(mail: Mail) -> None:
    """Of a giant mail only the beginning was read."""
    _log.warning("mail uid=%s large bytes=%d read=%d", mail.uid, mail.whole, len(mail.raw))


def failed(digest: str, tries: int, where: str, *, given_up: bool) -> None:
    """A mail raised an error. `where` names the error and its place, not what it said."""
    _log.error("mail %s failed try=%d at=%s%s", digest[:12], tries, where, " given_up" if given_up else "")


def sent(answer: Waiting) -> None:
    """The server has accepted an answer."""
    _log.info("answer %s %s sent", answer.mail[:12] or "-", answer.template)


def later(answer: Waiting, pause: timedelta, why: str) -> None:
    """An answer waits for another try."""
    seconds = int(pause.total_seconds())
    _log.warning(
        "answer %s %s later in=%ds %s", answer.mail[:12] or "-", answer.template, seconds, _printable(why)
    )


def refused(answer: Waiting, why: str) -> None:
    """An answer will never go through; a person is told."""
    _log.error("answer %s %s refused %s", answer.mail[:12] or "-", answer.template, _printable(why))


def trouble(why: str, pause: timedelta) -> None:
    """Something is not there that we need; we try again after a pause."""
    _log.warning("trouble %s Next try in %d s.", _printable(why), int(pause.total_seconds()))


def surprise(where: str, pause: timedelta) -> None:
    """An error that nobody foresaw. `where` names the error and its place."""
    _log.error("trouble %s Next try in %d s.", where, int(pause.total_seconds()))


def for_journal(line: str) -> str:
    """A line with which the program ends, as an error where stderr is the journal."""
    return f"<{_PRIORITY[logging.ERROR]}>{line}" if _is_journal(sys.stderr) else line


class _Journal(logging.Formatter):
    """Each line with the priority that journald reads: <6> information, <4> warning, <3> error."""

    def format(self, record: logging.LogRecord) -> str:
        return f"<{_PRIORITY.get(record.levelno, 6)}>{record.getMessage()}"


def _is_journal(stream: TextIO) -> bool:
    """Does this stream end in the journal? systemd names its device and inode."""
    try:
        there = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{there.st_dev}:{there.st_ino}"


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)[:300]
