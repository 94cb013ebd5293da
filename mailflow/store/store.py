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
from mailflow.store.database import Database
from mailflow.store.files import Files, make_folder, trouble
from mailflow.store.index import Index
from mailflow.store.journal import Row
from mailflow.store.locks import WorkerLock
from mailflow.store.records import Noted, Record, from_row, to_row
from mailflow.store.repair import restore, verify

LONGEST_PAUSE = timedelta(hours=2)  # a next try further off than this was noted under a wrong clock


class Store:
    """Everything Mailflow remembers. Open it with Store.open; one thread uses it."""

    def __init__(self, path: Path, zone: ZoneInfo, worker: WorkerLock | None) -> None:
        self.path, self.zone, self._worker = path, zone, worker
        self.index = Index(zone)
        self.db = Database(path, self.index)
        self._storage = self.db.journaled

    @classmethod
    def open(cls, path: Path, timezone: str, *, worker: bool = False) -> Self:
        """Open the store at `path`; a new one is begun with the first write.

        `worker`: serve alone, until closed. StoreBusy where another worker serves; Misconfigured, with what
        to restore, where the files are damaged.
        """
        if not worker:
            return cls(path, ZoneInfo(timezone), None)
        try:
            make_folder(path.parent)
            lock = WorkerLock(Files(path).worker)
        except OSError as error:
            raise trouble(error, str(path)) from None
        try:
            store = cls(path, ZoneInfo(timezone), lock)
            store.db.journaled.checkpoint()
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
        """What was found damaged on opening and made good without loss; for the log."""
        return self._storage.mended

    # --- questions

    def filed(self, letter: Letter) -> FolderName | None:
        """Where this mail is to lie, if it is dealt with already; None where it is not."""
        row = self.row("mails", letter.digest)
        return row["folder"] if row else None

    def due(self, now: datetime) -> tuple[Waiting, ...]:
        """The answers that should be sent now, the oldest first."""
        return tuple(each for each in self.waiting() if _is_due(each, now))

    def waiting(self) -> tuple[Waiting, ...]:
        """All answers that no server has accepted yet, the oldest first."""
        rows = self._rows("answers")
        found = [from_row(Waiting, rows[key], self.zone) for key in self.index.waiting]
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

    # --- notes

    def batch(self, now: datetime) -> Batch:
        """A round's work."""
        self._storage.refresh()
        return Batch(self, now)

    def sent(self, ids: Iterable[str], now: datetime) -> None:
        """The server has accepted these answers (Message-IDs); their bytes are no longer kept."""
        with self._storage.together():
            for message_id in ids:
                self._settle(message_id, "", {"state": "sent", "sent": self._text(now)})

    def later(self, message_id: str, next_try: datetime, why: str) -> None:
        """This answer must wait for another try."""
        with self._storage.together():
            row = self.row("answers", message_id)
            tries = row["tries"] + 1 if row else 1
            self._update("answers", message_id, tries=tries, next_try=self._text(next_try), why=why)

    def refused(self, message_id: str, why: str, now: datetime) -> None:
        """This answer will never go through: a person has to look at it."""
        with self._storage.together():
            row = self.row("answers", message_id)
            if row and row["state"] == "waiting":
                notice = _notice(from_row(Waiting, row, self.zone), why, now)
                self.db.table("attention").insert(to_row(notice, self.zone))
            self._settle(message_id, why, {"state": "refused"})

    def note_failure(self, digest: str, why: str) -> int:
        """This mail raised an error: how often by now?"""
        with self._storage.together():
            row = self.row("failures", digest)
            count: int = (row["count"] if row else 0) + 1
            self.write({"failures": {digest: {"digest": digest, "count": count, "why": why}}})
        return count

    def forget(self, digest: str) -> None:
        """Treat this mail as never seen, so that it is dealt with once more (`mailflow retry`)."""
        with self._storage.together():
            for table in ("mails", "failures"):
                self._drop(table, digest)

    def tidy(self) -> None:
        """Bring the JSON file up to date. For quiet moments: it costs as much as the store is large."""
        self._storage.checkpoint(always=True)

    def close(self) -> None:
        """Bring the JSON file up to date and give everything back. Whatever fails here, nothing is lost."""
        if self._worker or (self._storage.wrote and self._storage.small):
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

    # --- for Batch

    def row(self, table: str, value: str) -> Row | None:
        """The row whose unique field has this value."""
        key = self.index.key(table, value)
        return None if key is None else self._storage.tables[table][key]

    def ids_of(self, address: str) -> list[str]:
        """Ids of the registrations of an address (casefolded)."""
        rows = self._storage.tables.get("registrations", {})
        return [rows[key]["id"] for key in self.index.registrations(address)]

    def write(self, rows: Mapping[str, Mapping[str, Row]], forget: Iterable[str] = ()) -> None:
        """Insert or replace rows (table → unique value → row), and forget failures, in one durable write."""
        with self._storage.together():
            for table, by_value in rows.items():
                for value, row in by_value.items():
                    key = self.index.key(table, value)
                    if key is None:
                        self.db.table(table).insert(row)
                    else:
                        self.db.table(table).update(row, doc_ids=[int(key)])
            for digest in forget:
                self._drop("failures", digest)

    # --- inside

    def _settle(self, message_id: str, why: str, fields: Row) -> None:
        """An answer is no longer waiting; its registrations learn whether it reached them."""
        row = self.row("answers", message_id)
        self._update("answers", message_id, raw="", why=why, **fields)
        for value in row["about"] if row else ():
            registration = self.row("registrations", value)
            if registration and registration["unreached"] != why:
                self._update("registrations", value, unreached=why)

    def _update(self, table: str, value: str, **fields: object) -> None:
        """Change some fields of a row, if it is there."""
        key = self.index.key(table, value)
        if key is not None:
            self.db.table(table).update(fields, doc_ids=[int(key)])

    def _all(self, table: str, kind: type[Record]) -> tuple[Record, ...]:
        return tuple(from_row(kind, row, self.zone) for row in self._rows(table).values())

    def _rows(self, table: str) -> Mapping[str, Row]:
        """A table's rows, with what other processes have written by now."""
        return (self._storage.read() or {}).get(table, {})

    def _drop(self, table: str, value: str) -> None:
        key = self.index.key(table, value)
        if key is not None:
            self.db.table(table).remove(doc_ids=[int(key)])

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
        reason=f"Unsere Antwort ({answer.template}) wurde abgewiesen: {why}",
        when=now,
        mail=answer.mail,
    )
