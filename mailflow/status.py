"""How the service is: a small file beside the store, written by the worker, read by `mailflow status`.

Rules: nothing personal stands in it; it is replaced whole, so that a reader never sees half of it; it may be
lost without harm, and nobody waits for it to be on the disk. Moments are ISO 8601 in UTC.
"""

import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Status:
    """What the worker noted last."""

    pid: int = 0
    serving: bool = False  # until told to stop; not `run --once`
    began: datetime | None = None
    ended: datetime | None = None  # orderly, by a signal or with an error
    falls: int = 0  # workers killed one after another, none of which had come to the end of its mails
    poll_seconds: int = 60
    polled: datetime | None = None  # the mailbox was looked into
    mails: int = 0  # that lay there then
    trouble: str = ""  # what keeps us from working now
    trouble_since: datetime | None = None
    person: bool = False  # only a person can end the trouble
    unsent: str = ""  # why no answer goes out now
    unsent_since: datetime | None = None
    unsent_person: bool = False  # only a person can change that
    error: str = ""  # the last that went wrong, mended or not
    error_when: datetime | None = None
    rules: str = ""  # version in force
    state: str = ""  # digest of the files of rules and templates in force
    since: datetime | None = None  # when they came into force
    refused: str = ""  # digest of a newer state that is not taken over
    refused_since: datetime | None = None
    complaints: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        """Is the worker there? It may have been killed without a word."""
        return self.ended is None and self.pid > 0 and _lives(self.pid)


def status_file(store: Path) -> Path:
    """Where the status of a store lies: `mailflow.json` has `mailflow.status`."""
    return store.with_suffix(".status")


def read_status(store: Path) -> Status | None:
    """What was noted last; None where nothing was, or nothing readable."""
    try:
        row: dict[str, Any] = orjson.loads(status_file(store).read_bytes())
        moments = [each.name for each in fields(Status) if "datetime" in str(each.type)]
        for name in moments:
            row[name] = datetime.fromisoformat(row[name]) if row[name] else None
        return Status(**{**row, "complaints": tuple(row["complaints"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def begun(store: Path, poll_seconds: int, *, serving: bool) -> Status:
    """The status of a worker that begins: it knows what the one before has noted."""
    before = read_status(store) or Status()
    fell = before.serving and before.ended is None
    return replace(
        before,
        falls=before.falls + 1 if fell else 0,
        pid=os.getpid(),
        serving=serving,
        began=now(),
        ended=None,
        poll_seconds=poll_seconds,
        trouble="",
        trouble_since=None,
        person=False,
        unsent="",
        unsent_since=None,
        unsent_person=False,
    )


def write_status(store: Path, status: Status) -> None:
    """Replace the file. A full disk is no reason to stop: then the old one stays."""
    file = status_file(store)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(orjson.dumps(asdict(status), option=orjson.OPT_INDENT_2))
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)


def now() -> datetime:
    """The moment as it stands in the file."""
    return datetime.now(UTC).replace(microsecond=0)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
