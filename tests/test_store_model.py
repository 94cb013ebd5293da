"""The store against a plain dict, through any order of notes, checkpoints, restarts and other processes."""

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailflow.model import Earlier, Known, Registration, Waiting
from mailflow.store import Store
from tests.store_samples import BERLIN, NOON, letter, plan, registration, waiting

ADDRESSES = ("Renate@web.example", "renate@WEB.example", "ali@web.example", "kai@gmx.example", "")
SENDERS = [address for address in ADDRESSES if address]
TEXTS = st.text(st.characters(), max_size=20)  # any characters at all, halves of surrogate pairs too
MINUTES = st.integers(0, 200)


@dataclass
class Plain:
    """What the store should hold, kept the simplest way."""

    filed: set[str] = field(default_factory=set)
    registrations: dict[str, Registration] = field(default_factory=dict)
    answers: dict[str, Waiting] = field(default_factory=dict)  # every one that was ever noted
    waiting: dict[str, Waiting] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)  # digests of the mails whose answer was refused
    failures: dict[str, int] = field(default_factory=dict)

    def known(self, address: str, now: datetime) -> Known:
        """Counted by looking at everything."""
        zone, key, domain = ZoneInfo(BERLIN), address.casefold(), address.casefold().partition("@")[2]
        today = [
            a
            for a in self.answers.values()
            if a.created.astimezone(zone).date() == now.astimezone(zone).date()
        ]
        hour = [a for a in self.answers.values() if abs(a.created - now) <= timedelta(hours=1)]
        return Known(
            registrations=tuple(r for r in self.registrations.values() if r.address.casefold() == key),
            answers_today=sum(a.to.casefold() == key for a in today),
            answers_to_domain=sum(a.to.casefold().endswith("@" + domain) for a in hour),
            answers_last_hour=len(hour),
            answers_total_today=len(today),
            earlier=tuple(
                Earlier(a.template, a.created) for a in self.answers.values() if a.to.casefold() == key
            ),
        )


class StoreMachine(RuleBasedStateMachine):
    """A worker and a desk on the same files."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "mailflow.json"
        self.plain, self.now, self.number = Plain(), NOON, 0
        self.worker = Store.open(self.path, BERLIN, worker=True)
        self.desk = Store.open(self.path, BERLIN)

    def teardown(self) -> None:
        self.worker.close()
        self.desk.close()
        shutil.rmtree(self.folder)

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(
        mails=st.lists(st.tuples(st.integers(0, 12), st.sampled_from(ADDRESSES), TEXTS), max_size=4),
        desk=st.booleans(),
        commit=st.booleans(),
    )
    def work_on(self, mails: list[tuple[int, str, str]], desk: bool, commit: bool) -> None:
        """A round: new mails, mails seen before, changes of earlier registrations; perhaps given up."""
        batch = (self.desk if desk else self.worker).batch(self.now)
        before = replace(
            self.plain,
            filed=set(self.plain.filed),
            registrations=dict(self.plain.registrations),
            answers=dict(self.plain.answers),
            waiting=dict(self.plain.waiting),
            failures=dict(self.plain.failures),
        )
        for number, address, text in mails:
            self.number += 1
            digest, name = f"d{number}", f"<a{self.number}@us>"
            made = registration(f"r{number % 5}", address, when=self.now, name=text, mail=digest)
            answer = waiting(name, address, digest, self.now) if address else None
            added = batch.add(plan(digest, made, answer=name if answer else ""), answer)
            assert added == (digest not in self.plain.filed)
            if added:
                written = text.encode("utf-8", "replace").decode()
                self.plain.filed.add(digest)
                self.plain.failures.pop(digest, None)
                self.plain.registrations[made.id] = replace(made, name=written)
                if answer:
                    self.plain.answers[name] = self.plain.waiting[name] = answer
            for sender in SENDERS:
                known = batch.known(letter("unseen", sender))
                assert by_id(known) == by_id(self.plain.known(sender, self.now))
        if commit:
            batch.commit()
        else:
            self.plain = before

    @precondition(lambda self: self.plain.waiting)
    @rule(data=st.data(), what=st.sampled_from(["sent", "later", "refused"]))
    def deliver(self, data: st.DataObject, what: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.plain.waiting)))
        answer = self.plain.waiting[name]
        if what == "later":
            moment = self.now + timedelta(minutes=5)
            self.worker.later(name, moment, "450")
            self.plain.waiting[name] = replace(answer, tries=answer.tries + 1, next_try=moment)
            return
        del self.plain.waiting[name]
        if what == "sent":
            self.worker.sent([name], self.now)
        else:
            self.worker.refused(name, "550", self.now)
            self.plain.refused.append(answer.mail)
        about = [row["about"] for row in self.worker.db.table("answers") if row["message_id"] == name]
        for each in about[0]:
            told = replace(self.plain.registrations[each], unreached="550" if what == "refused" else "")
            self.plain.registrations[each] = told

    @rule(number=st.integers(0, 12))
    def fail(self, number: int) -> None:
        digest = f"d{number}"
        count = self.plain.failures[digest] = self.plain.failures.get(digest, 0) + 1
        assert self.worker.note_failure(digest, "KeyError", self.now).count == count

    @rule(number=st.integers(0, 12))
    def forget(self, number: int) -> None:
        self.worker.forget(f"d{number}")
        self.plain.filed.discard(f"d{number}")
        self.plain.failures.pop(f"d{number}", None)
        self.plain.refused = [digest for digest in self.plain.refused if digest != f"d{number}"]

    @rule(desk=st.booleans())
    def checkpoint(self, desk: bool) -> None:
        (self.desk if desk else self.worker).db.journaled.checkpoint(always=True)

    @rule()
    def restart(self) -> None:
        self.worker.close()
        self.worker = Store.open(self.path, BERLIN, worker=True)

    @rule()
    def another_desk(self) -> None:
        self.desk.close()
        self.desk = Store.open(self.path, BERLIN)

    @invariant()
    def the_same(self) -> None:
        for store in (self.worker, self.desk):
            assert {each.id: each for each in store.registrations()} == self.plain.registrations
            assert {each.message_id: each for each in store.waiting()} == self.plain.waiting
            assert sorted(each.mail for each in store.attention()) == sorted(self.plain.refused)
            assert {note.digest for note in store.journal()} == self.plain.filed
            assert store.filed(letter("d3")) == ("done" if "d3" in self.plain.filed else None)
            assert {r["digest"]: r["count"] for r in store.db.table("failures")} == self.plain.failures


def by_id(known: Known) -> Known:
    """With registrations and answers in an order of their own."""
    return replace(
        known,
        registrations=tuple(sorted(known.registrations, key=lambda each: each.id)),
        earlier=tuple(sorted(known.earlier, key=lambda each: each.when)),
    )


TestStore = StoreMachine.TestCase
TestStore.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
