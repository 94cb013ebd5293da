"""The store as the other rooms see it: questions about what is known, and notes of what has happened.

Rules: every method that notes something returns only when it is durable; questions are answered from memory.
Personal data stand only in rows that carry the address they belong to.
"""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from mailflow.errors import MailflowError
from mailflow.model import Attention, FolderName, Idea, Letter, Registration, Waiting
from mailflow.store.batch import Batch
from mailflow.store.files import Files
from mailflow.store.journal import Row
from mailflow.store.locks import WorkerLock
from mailflow.store.records import Failure, Noted, Record, from_row, to_row
from mailflow.store.repair import restore, verify
from mailflow.store.reports import learned
from mailflow.store.rows import Rows

HELD = 3  # tries after which a mail that still lies in INBOX is held there
LONGEST_PAUSE = timedelta(hours=2)  # a next try further off than this was noted under a wrong clock


class Store:
    """Everything Mailflow remembers. Open it with Store.open; one thread uses it. `db` is its TinyDB."""

    def __init__(self, path: Path, zone: ZoneInfo, worker: WorkerLock | None) -> None:
        self.path, self.zone, self._worker = path, zone, worker
        self.rows = Rows(path, zone)
        self.db = self.rows.db

    @classmethod
    def open(cls, path: Path, timezone: str, *, worker: bool = False) -> Self:
        """Open the store at `path`; a new one is begun with the first write.

        `worker`: serve alone, until closed. StoreBusy where another worker serves; Misconfigured, with what
        to restore, where the files are damaged.
        """
        if not worker:
            return cls(path, ZoneInfo(timezone), None)
        lock = WorkerLock(Files(path).worker)
        try:
            store = cls(path, ZoneInfo(timezone), lock)
            store.rows.storage.checkpoint()
        except BaseException:
            lock.close()
            raise
        return store

    @staticmethod
    def verify(path: Path) -> tuple[str, ...]:
        """What is found of the store at `path`, a sentence each; Misconfigured with every fault."""
        return verify(path)

    @staticmethod
    def restore(path: Path, copy: Path) -> tuple[str, ...]:
        """Go on from a kept copy and what the journals hold after it; says what was done, a sentence each.

        StoreBusy where a worker serves; Misconfigured where the copy is no good one.
        """
        return restore(path, copy)

    @property
    def mended(self) -> tuple[str, ...]:
        """What was found damaged and made good without loss; for the log."""
        return self.rows.storage.ledger.mended

    # --- questions

    def filed(self, letter: Letter) -> FolderName | None:
        """Where this mail is to lie, if it is dealt with already; None where it is not."""
        row = self.rows.find("mails", letter.digest)
        return row["folder"] if row else None

    def due(self, now: datetime) -> tuple[Waiting, ...]:
        """The answers that should be sent now, the oldest first."""
        return tuple(each for each in self.waiting() if _is_due(each, now))

    def waiting(self) -> tuple[Waiting, ...]:
        """All answers that no server has accepted yet, the oldest first."""
        rows = self.rows.all("answers")
        found = [from_row(Waiting, rows[key], self.zone) for key in self.rows.index.waiting]
        return tuple(sorted(found, key=lambda each: each.created))

    def registrations(self) -> tuple[Registration, ...]:
        """All of them, cancelled ones too, in the order they came."""
        return self._all("registrations", Registration)

    def ideas(self) -> tuple[Idea, ...]:
        """All ideas, in the order they came."""
        return self._all("ideas", Idea)

    def attention(self) -> tuple[Attention, ...]:
        """All that was put before a person, in the order it came."""
        return self._all("attention", Attention)

    def journal(self) -> tuple[Noted, ...]:
        """The word on every mail, in the order they were dealt with."""
        return self._all("mails", Noted)

    def tally(self) -> Mapping[str, int]:
        """How much there is of what somebody may have to look at."""
        answers, attention, mails = (self.rows.all(name) for name in ("answers", "attention", "mails"))
        return {
            "answers_waiting": len(self.rows.index.waiting),
            "answers_refused": sum(row["state"] == "refused" for row in answers.values()),
            "attention_open": sum(row["state"] == "open" for row in attention.values()),
            "held": sum(row["count"] >= HELD for row in self.rows.all("failures").values()),
            "failed": sum(row["folder"] == "failed" for row in mails.values()),
        }

    def failing(self) -> tuple[Failure, ...]:
        """The mails that raised an error and are neither dealt with nor put aside."""
        return self._all("failures", Failure)

    def failure(self, digest: str) -> Failure | None:
        """The same of one mail."""
        row = self.rows.find("failures", digest)
        return from_row(Failure, row, self.zone) if row else None

    def judge(self) -> str:
        """The provider's name in Authentication-Results, learned from the mails; "" while unsure."""
        return learned(self.rows.index.judges)

    # --- notes

    def batch(self, now: datetime) -> Batch:
        """A round's work. StoreBusy where another worker has come in although this one holds the lock."""
        if self._worker:
            self._worker.renew()
        self.rows.storage.refresh()
        return Batch(self.rows, self.zone, now)

    def sent(self, ids: Iterable[str], now: datetime) -> None:
        """The server has accepted these answers (Message-IDs); their bytes are no longer kept."""
        with self.rows.together():
            for message_id in ids:
                self._settle(message_id, "", {"state": "sent", "sent": self._text(now)})

    def later(self, message_id: str, next_try: datetime, why: str) -> None:
        """This answer must wait for another try."""
        with self.rows.together():
            row = self.rows.find("answers", message_id)
            tries = row["tries"] + 1 if row else 1
            self.rows.update("answers", message_id, tries=tries, next_try=self._text(next_try), why=why)

    def refused(self, message_id: str, why: str, now: datetime) -> None:
        """This answer will never go through: a person has to look at it."""
        with self.rows.together():
            row = self.rows.find("answers", message_id)
            if row and row["state"] == "waiting":
                notice = _notice(from_row(Waiting, row, self.zone), why, now)
                self.rows.write({"attention": {notice.id: to_row(notice, self.zone)}})
            self._settle(message_id, why, {"state": "refused"})

    def note_failure(self, digest: str, why: str, now: datetime) -> Failure:
        """This mail raised an error, once more perhaps."""
        with self.rows.together():
            before = self.failure(digest)
            count, since = (before.count + 1, before.since) if before else (1, now)
            failure = Failure(digest, count, why, since, now)
            self.rows.write({"failures": {digest: to_row(failure, self.zone)}})
        return failure

    def forget(self, digest: str) -> None:
        """Treat this mail as never seen, so that it is dealt with once more (`mailflow retry`).

        What a person was told of it is withdrawn.
        """
        with self.rows.together():
            told = [row["id"] for row in self.rows.all("attention").values() if row["mail"] == digest]
            for value in told:
                self.rows.drop("attention", value)
            for table in ("mails", "failures"):
                self.rows.drop(table, digest)

    def tidy(self) -> None:
        """Bring the JSON file up to date. For quiet moments: it costs as much as the store is large."""
        self.rows.storage.checkpoint(always=True)

    def close(self) -> None:
        """Bring the JSON file up to date and give everything back. Whatever fails here, nothing is lost."""
        if self._worker or (self.rows.storage.wrote and self.rows.storage.small):
            with suppress(MailflowError):  # everything is durable in the journal
                self.tidy()
        self.db.close()
        if self._worker:
            self._worker.close()
            self._worker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- inside

    def _all(self, table: str, kind: type[Record]) -> tuple[Record, ...]:
        return tuple(from_row(kind, row, self.zone) for row in self.rows.all(table).values())

    def _settle(self, message_id: str, why: str, fields: Row) -> None:
        """An answer is no longer waiting; its registrations learn whether it reached them."""
        row = self.rows.find("answers", message_id)
        self.rows.update("answers", message_id, raw="", why=why, **fields)
        for value in row["about"] if row else ():
            registration = self.rows.find("registrations", value)
            if registration and registration["unreached"] != why:
                self.rows.update("registrations", value, unreached=why)

    def _text(self, when: datetime) -> str:
        return when.astimezone(self.zone).isoformat()


def _is_due(answer: Waiting, now: datetime) -> bool:
    """Has its time come? A time far in the future was noted before the clock was set right."""
    return answer.next_try is None or not now < answer.next_try < now + LONGEST_PAUSE


def _notice(answer: Waiting, why: str, now: datetime) -> Attention:
    """What a person is told of an answer that will never go through."""
    return Attention(
        id=hashlib.sha256(f"refused {answer.message_id}".encode()).hexdigest()[:32],
        address=answer.to,
        subject=str(message_from_bytes(answer.raw, policy=policy.default)["Subject"] or ""),
        reason=f"Unsere Antwort wurde abgewiesen: {why}",
        when=now,
        mail=answer.mail,
    )
