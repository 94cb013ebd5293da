"""A round's work: plans and answers are gathered, and become one durable write.

Rules: nothing is on the disk before commit(); what is gathered already counts in `known` and `filed`, so that
the second mail of one person in a round, or the second copy of one mail, is seen for what it is.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson

from mailflow.model import Address, FolderName, Known, Letter, Plan, Registration, Waiting
from mailflow.store.index import Index, domain_of
from mailflow.store.journal import Row
from mailflow.store.records import from_row, note, to_row
from mailflow.store.rows import Rows

LONGEST_HEAD = 50_000  # characters of a returned mail in which its Message-ID is looked for
_MESSAGE_ID = re.compile(
    r"^Message-ID:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE
)


class Batch:
    """Made by Store.batch()."""

    def __init__(self, kept: Rows, zone: ZoneInfo, now: datetime) -> None:
        self._kept, self._zone, self._now = kept, zone, now
        self._rows: dict[str, dict[str, Row]] = {}  # table → unique value → row
        self._index = Index(zone)
        self._tried: list[str] = []  # digests whose failures are forgotten

    def filed(self, letter: Letter) -> FolderName | None:
        """Where this mail is to lie, if the store or this batch has dealt with it."""
        row = self._find("mails", letter.digest)
        return row["folder"] if row else None

    def known(self, letter: Letter) -> Known:
        """What is known that matters for this letter, this batch included.

        Registrations are those of the address that an answer would go to, those that the answer of ours was
        about to which the letter replies, and those whose answer a delivery report sends back.
        """
        addressee = recipient(letter)
        address = addressee.key if addressee else ""
        ids = self._of_address(address) if address else {}
        replied = [row for name in letter.references if (row := self._find("answers", name))]
        returned = [row for name in _returned(letter) if (row := self._find("answers", name))]
        for row in (*replied, *returned):
            ids.update(dict.fromkeys(row["about"]))
        return replace(
            self._counts(address),
            registrations=tuple(filter(None, map(self._registration, ids))),
            replies_to_us=bool(replied),
        )

    def add(self, plan: Plan, waiting: Waiting | None) -> bool:
        """Gather what is to be done about one mail. False, and nothing gathered, where it is dealt with.

        A plan without a digest is a sign-up by phone: it is not noted as a mail.
        """
        if plan.digest and self._find("mails", plan.digest):
            return False
        rows = list(self._rows_of(plan, waiting))
        orjson.dumps(rows)  # what cannot be written fails here, with its own mail, and not the whole batch
        for table, value, row in rows:
            staged = self._rows.setdefault(table, {})
            self._index.change(table, value, staged.get(value), row)
            staged[value] = row
        if plan.digest:
            self._tried.append(plan.digest)
        return True

    def commit(self) -> None:
        """Make everything durable in one write. TryLater where the disk is full: then none of it is."""
        self._kept.write(self._rows, forget=self._tried)
        self._rows, self._tried = {}, []
        self._index.begin({})

    def _rows_of(self, plan: Plan, waiting: Waiting | None) -> Iterator[tuple[str, str, Row]]:
        """Table, unique value and row of everything that is noted about one mail."""
        if plan.digest:
            yield "mails", plan.digest, to_row(note(plan, self._now), self._zone)
        for registration in plan.registrations:
            yield "registrations", registration.id, to_row(registration, self._zone)
        for idea in plan.ideas:
            yield "ideas", idea.id, to_row(idea, self._zone)
        for notice in plan.attention:
            yield "attention", notice.id, to_row(notice, self._zone)
        if waiting and not self._find("answers", waiting.message_id):
            yield "answers", waiting.message_id, self._answer(plan, waiting)

    def _answer(self, plan: Plan, waiting: Waiting) -> Row:
        """The row of an answer: what `due` needs, and which registrations it is about."""
        about = [registration.id for registration in plan.registrations]
        row = to_row(waiting, self._zone)
        row["about"] = about or list(self._of_address(waiting.to.casefold()))
        return {**row, "state": "waiting", "sent": None, "why": ""}

    def _find(self, table: str, value: str) -> Row | None:
        """A row by its unique field, as it will be after this batch."""
        return self._rows.get(table, {}).get(value) or self._kept.find(table, value)

    def _registration(self, value: str) -> Registration | None:
        row = self._find("registrations", value)
        return from_row(Registration, row, self._zone) if row else None

    def _of_address(self, address: str) -> dict[str, None]:
        """Ids of the registrations of an address (casefolded), as they will be after this batch."""
        before = self._kept.registrations_of(address)
        mine = self._rows.get("registrations", {})
        ids = [value for value in before if value not in mine]
        return dict.fromkeys([*ids, *self._index.registrations(address)])

    def _counts(self, address: str) -> Known:
        today = self._now.astimezone(self._zone).date()
        both = (self._kept.index, self._index)
        total = Known(
            answers_last_hour=sum(index.answers_around(self._now) for index in both),
            answers_total_today=sum(index.answers_on(today) for index in both),
        )
        if not address:
            return total
        return replace(
            total,
            answers_today=sum(index.answers_on(today, address) for index in both),
            answers_to_domain=sum(index.answers_around(self._now, domain_of(address)) for index in both),
        )


def _returned(letter: Letter) -> list[str]:
    """Message-IDs of what a delivery report sends back."""
    return _MESSAGE_ID.findall(letter.returned[:LONGEST_HEAD])


def recipient(letter: Letter) -> Address | None:
    """To whom an answer would go: the one Reply-To, else the one sender."""
    return letter.reply_to[0] if len(letter.reply_to) == 1 else letter.sender
