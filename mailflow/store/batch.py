"""A round's work: plans and answers are gathered, and become one durable write.

Rules: nothing is on the disk before commit(); what is gathered already counts in `known` and `filed`, so that
the second mail of one person in a round, or the second copy of one mail, is seen for what it is.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice
from zoneinfo import ZoneInfo

import orjson

from mailflow.model import Address, Earlier, FolderName, Known, Letter, Plan, Registration, Waiting
from mailflow.store.index import Index, domain_of
from mailflow.store.journal import Row
from mailflow.store.records import from_row, moment, note, to_row
from mailflow.store.reports import failed_addresses, is_report, learned, returned_ids
from mailflow.store.rows import Rows

MOST = 50  # of the latest answers to an address, or mails of a sender, that are looked at


class Batch:
    """Made by Store.batch()."""

    def __init__(self, kept: Rows, zone: ZoneInfo, now: datetime) -> None:
        self._kept, self._zone, self._now = kept, zone, now
        self._rows: dict[str, dict[str, Row]] = {}  # table → unique value → row
        self._index = Index(zone)
        self._judge = learned(kept.index.judges)
        self._tried: list[str] = []  # digests whose failures are forgotten
        self._stopped: list[str] = []  # Message-IDs of answers that will not be sent

    def filed(self, letter: Letter) -> FolderName | None:
        """Where this mail is to lie, if the store or this batch has dealt with it."""
        row = self._find("mails", letter.digest)
        return row["folder"] if row else None

    def known(self, letter: Letter) -> Known:
        """What is known that matters for this letter, this batch included.

        Registrations are those of the address that an answer would go to, those that the answer of ours was
        about to which the letter replies, and those that a report of undelivered mail names.
        """
        addressee = recipient(letter)
        address = addressee.key if addressee else ""
        ids = self._of_address(address) if address else {}
        replied = [row for name in letter.references if (row := self._find("answers", name))]
        returned = [row for name in returned_ids(letter) if (row := self._find("answers", name))]
        for row in (*replied, *returned):
            ids.update(dict.fromkeys(row["about"]))
        wrote_to = [row["to"] for row in (*returned, *replied)]
        for failed in failed_addresses(letter):
            wrote_to += [row["to"] for row in islice(self._answers_to(failed), 1)]
            ids.update(self._of_address(failed))
        gone_out = [moment(row["sent"] or row["created"], self._zone) for row in replied]
        return replace(
            self._counts(address),
            registrations=tuple(filter(None, map(self._registration, ids))),
            replies_to_us=bool(replied),
            earlier=tuple(self._earlier(row) for row in islice(self._answers_to(address), MOST)),
            replied_to=max(gone_out, default=None),
            recent=self._recent(address) if replied else {},
            returned_from=wrote_to[0] if wrote_to and is_report(letter) else "",
            judge=self._judge,
        )

    def add(self, plan: Plan, waiting: Waiting | None, alarm: Waiting | None = None) -> bool:
        """Gather what is to be done about one mail. False, and nothing gathered, where it is dealt with.

        A plan without a digest is a sign-up by phone: it is not noted as a mail. An alarm that was noted
        before is not noted again.
        """
        if plan.digest and self._find("mails", plan.digest):
            return False
        rows = list(self._rows_of(plan, waiting))
        if alarm and not self._find("answers", alarm.message_id):
            rows.append(("answers", alarm.message_id, self._unsent(alarm, about=[])))
        orjson.dumps(rows)  # what cannot be written fails here, with its own mail, and not the whole batch
        for table, value, row in rows:
            staged = self._rows.setdefault(table, {})
            self._index.change(table, value, staged.get(value), row)
            staged[value] = row
        if plan.digest:
            self._tried.append(plan.digest)
        if plan.unreached:
            self._stopped += self._kept.waiting_for(plan.unreached.casefold())
        return True

    def commit(self) -> None:
        """Make everything durable in one write. TryLater where the disk is full: then none of it is."""
        with self._kept.together():
            self._kept.write(self._rows, forget=self._tried)
            for message_id in self._stopped:
                self._kept.update("answers", message_id, state="refused", raw="", why="kommt dort nicht an")
        self._rows, self._tried, self._stopped = {}, [], []
        self._index.begin({})

    def _rows_of(self, plan: Plan, waiting: Waiting | None) -> Iterator[tuple[str, str, Row]]:
        """Table, unique value and row of everything that is noted about one mail."""
        if plan.digest:
            said = {"likeness": list(plan.likeness), "judge": plan.judge}  # for later mails, see `known`
            row = to_row(note(plan, self._now), self._zone)
            yield "mails", plan.digest, row | {name: value for name, value in said.items() if value}
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
        return self._unsent(waiting, about or list(self._of_address(waiting.to.casefold())))

    def _unsent(self, waiting: Waiting, about: list[str]) -> Row:
        row = to_row(waiting, self._zone)
        return {**row, "about": about, "state": "waiting", "sent": None, "why": ""}

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

    def _answers_to(self, address: str) -> Iterator[Row]:
        """Rows of the answers to an address (casefolded), the latest first."""
        mine, kept = self._rows.get("answers", {}), self._kept
        yield from (mine[value] for value in self._index.answers_to(address))
        yield from kept.rows("answers", kept.index.answers_to(address))

    def _earlier(self, row: Row) -> Earlier:
        return Earlier(row["template"], moment(row["created"], self._zone))

    def _recent(self, sender: str) -> dict[str, datetime]:
        """What the latest mails of a sender were like, and when each such mail last arrived."""
        mine, kept = self._rows.get("mails", {}), self._kept
        latest = chain(
            (mine[value] for value in self._index.mails_of(sender)),
            kept.rows("mails", kept.index.mails_of(sender)),
        )
        recent: dict[str, datetime] = {}
        for row in islice(latest, MOST):
            arrived = moment(row["arrived"], self._zone)
            for each in row.get("likeness", ()):
                recent[each] = max(arrived, recent.get(each, arrived))
        return recent

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


def recipient(letter: Letter) -> Address | None:
    """To whom an answer would go: the one Reply-To, else the one sender."""
    return letter.reply_to[0] if len(letter.reply_to) == 1 else letter.sender
