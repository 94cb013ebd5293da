"""Housekeeping: what the service sees to between the mails.

Changed rules are taken over, a faulty change is told to the organiser, the status is noted, systemd hears
that we live. Rules: nothing here may hold up a mail or end the loop; what fails is logged and done another
time. The watchdog is fed after the mailbox has been looked into, after an answer was handed over, and in a
planned pause; never otherwise.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mailflow import log, notify, status
from mailflow.compose.alarm import Trouble, repair_mail, trouble_mail
from mailflow.errors import MailflowError, TryLater, place
from mailflow.model import Plan, Waiting
from mailflow.service.pauses import pause_after, pause_after_falls
from mailflow.service.reloading import Refusal

if TYPE_CHECKING:
    from mailflow.desk import Desk
    from mailflow.service.reloading import Reloading
    from mailflow.store import Store

_ADDRESS = re.compile(r"[^\s<>@]{1,80}@[^\s<>@]{1,250}")
WATCHED = 3  # polls that may pass without a sign of life


class Housekeeping:
    """Of one store. Without a `noted` status none is kept; until `follow`, the rules stay as they are."""

    def __init__(self, store: "Store", noted: status.Status | None = None) -> None:
        self._store, self._status = store, noted
        self._rules: Reloading | None = None
        self._refusal_told = ""
        self._troubles_told: set[str] = set()
        self._mended: tuple[str, ...] = ()  # logged already
        self.tell_mended()

    # --- the store

    def tidy(self) -> None:
        """Bring the store's JSON file up to date; on a full disk another time."""
        try:
            self._store.tidy()
        except TryLater as error:
            log.trouble(str(error), pause_after(1))
        self.tell_mended()

    def tell_mended(self) -> None:
        """Log what of the store was found harmed and made good since we looked last."""
        mended = self._store.mended
        for what in mended:
            if what not in self._mended:
                log.mended(what)
        self._mended = mended

    # --- rules and templates

    @property
    def refused(self) -> Refusal | None:
        """What an earlier worker would not take over."""
        noted = self._status
        return Refusal(noted.refused, noted.complaints) if noted and noted.refused else None

    def follow(self, rules: "Reloading") -> None:
        """These are in force; look for changes from now on."""
        self._rules = rules
        self._note_taken(rules)

    def desk(self, desk: "Desk", pause: Callable[[float], object]) -> "Desk":
        """The desk to go on with: another one if rules or templates have changed for the good."""
        rules = self._rules
        if rules is None:
            return desk
        if rules.look(pause):
            if refusal := rules.refusal:
                log.rules_refused(refusal.state, refusal.complaints)
                moment = status.now()
                self._note(refused=refusal.state, refused_since=moment, complaints=refusal.complaints)
            else:
                log.rules_taken(rules.desk.rules.version)
                self._note_taken(rules)
        return rules.desk

    def tell_refusal(self, now: datetime) -> None:
        """Let the organiser know, once, that a change is not taken over. The mail waits with the answers."""
        rules = self._rules
        refusal = rules.refusal if rules else None
        if rules is None or refusal is None or refusal.state == self._refusal_told:
            return
        desk, since = rules.desk, self._status.since if self._status else None
        mail = repair_mail(refusal.complaints, f"{refusal.state} {since}", desk.templates, desk.office, now)
        if self._keep(mail, now):
            self._refusal_told = refusal.state

    def tell_trouble(self, trouble: Trouble, reason: str, desk: "Desk", now: datetime) -> None:
        """Let the organiser know, once, what keeps us from working."""
        if reason in self._troubles_told:
            return
        try:
            mail = trouble_mail(trouble, reason, desk.templates, desk.office, now)
        except Exception as error:  # the template itself may be what is broken
            log.surprise(place(error), pause_after(1))
            return
        if self._keep(mail, now):
            self._troubles_told.add(reason)

    def _keep(self, mail: Waiting, now: datetime) -> bool:
        """Put a mail to the organiser with the answers that wait; not the same one twice."""
        try:
            batch = self._store.batch(now)
            batch.add(Plan("", "", now, "", "alarm", "done"), None, mail)
            batch.commit()
        except TryLater as error:
            log.trouble(str(error), pause_after(1))
            return False
        return True

    def _note_taken(self, rules: "Reloading") -> None:
        """What is in force, and since when; nothing is refused."""
        same = self._status is not None and self._status.state == rules.state
        since = self._status.since if same and self._status else status.now()
        version = rules.desk.rules.version
        self._note(
            rules=version, state=rules.state, since=since, refused="", refused_since=None, complaints=()
        )

    # --- how we are

    def begin(self, poll_seconds: int) -> None:
        """Everything is checked and open: the service begins."""
        words = ["READY=1", "STATUS=Beginnt"]
        span = WATCHED * poll_seconds
        if notify.watchdog_seconds() and notify.watchdog_seconds() < span:
            words.append(notify.watchdog_span(span))
        notify.tell(*words)

    def first_pause(self) -> timedelta:
        """How long to wait before the first look: longer and longer where workers fall one after another."""
        falls = self._status.falls if self._status else 0
        pause = pause_after_falls(falls)
        if pause:
            log.fell(falls, pause)
            notify.tell(
                f"STATUS={falls} Abstürze nacheinander, erster Blick in {pause.total_seconds():.0f} s"
            )
        return pause

    def alive(self) -> None:
        """Something was done, or we pause as planned."""
        notify.tell("WATCHDOG=1")

    def polled(self, mails: int) -> None:
        """The mailbox was looked into; so many mails lay there."""
        self._note(polled=status.now(), mails=mails)
        notify.tell("WATCHDOG=1", f"STATUS=Postfach gelesen, {mails} Mails darin")

    def well(self) -> None:
        """All there was to do is done."""
        if self._status and (self._status.trouble or self._status.falls):
            self._note(trouble="", trouble_since=None, person=False, falls=0)

    def stepped_back(self, why: str, pause: timedelta, *, person: bool) -> None:
        """Something is in our way; we pause."""
        before = self._status.trouble_since if self._status else None
        moment = status.now()
        self._note(trouble=why, trouble_since=before or moment, person=person, error=why, error_when=moment)
        notify.tell("WATCHDOG=1", f"STATUS=Störung, nächster Versuch in {pause.total_seconds():.0f} s")

    def sending(self, trouble: str, *, person: bool) -> None:
        """Answers were handed over, or the server takes none: why."""
        noted = self._status
        if trouble:
            trouble = _ADDRESS.sub("…", trouble)  # a server's words may name who was to get an answer
            since, moment = (noted.unsent_since if noted else None), status.now()
            self._note(unsent=trouble, unsent_since=since or moment, unsent_person=person)
            self._note(error=trouble, error_when=moment)
        elif noted and noted.unsent:
            self._note(unsent="", unsent_since=None, unsent_person=False)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Around all the work: however it ends, that is noted."""
        try:
            yield
        except Exception as error:
            told = str(error) if isinstance(error, MailflowError) else place(error)
            self._note(error=told, error_when=status.now())
            raise
        finally:
            notify.tell("STOPPING=1", "STATUS=Endet")
            self._note(ended=status.now())

    def _note(self, **fields: object) -> None:
        if self._status is not None:
            self._status = replace(self._status, **fields)  # type: ignore[arg-type]  # names of its fields
            status.write_status(self._store.path, self._status)
