"""Service: the route of a mail, and the loop that keeps it going.

`Service.round` is the map. Rules: what is kept in one write is the point of no return; before it nothing has
happened, after it only repeatable steps follow. A mail that raises is tried again later and at last put
before a person; it never holds up another. Trouble with the mailbox holds up no answer,
trouble with sending holds up no reading. A signal to stop is heeded at once while nothing is at stake
(connecting, fetching, waiting), else after the step in hand.

dispatch.py       the answers that wait, and when each goes to the outbox
filing.py         what is dealt with, on its way to its folder
housekeeping.py   what the service sees to between the mails
pauses.py         how long to wait before the next try
quarantine.py     mails that raise: when each is tried again, and when it is put before a person
reloading.py      changed rules and templates, taken over while the service runs
stop_sign.py      told to stop: at once while nothing is at stake, else after the step in hand
"""

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from schedule import Scheduler

from mailflow import log
from mailflow.desk import Desk, set_aside
from mailflow.errors import LoginRefused, Misconfigured, StoreBusy, TryLater, place
from mailflow.letter import read_letter
from mailflow.model import FolderName, Letter, Mail, Plan
from mailflow.service.dispatch import Dispatch
from mailflow.service.filing import Filing
from mailflow.service.housekeeping import Housekeeping
from mailflow.service.pauses import login_pause, pause_after
from mailflow.service.quarantine import Quarantine
from mailflow.service.stop_sign import Stopped, StopSign

if TYPE_CHECKING:
    from mailflow.inbox import Inbox
    from mailflow.outbox import Outbox
    from mailflow.store import Batch, Store

BATCH = 100  # mails dealt with together
TIDY_MINUTES = 10
LOCKED_OUT = 2  # refused logins in a row: no whim of the server, the organiser is told


class Service:
    """One mailbox served. `serve()` until stopped, or `once()` until the mailbox is empty.

    `on_mail` is told of each plan once it is kept.
    """

    def __init__(
        self,
        inbox: "Inbox",
        outbox: "Outbox",
        store: "Store",
        desk: Desk,
        *,
        poll_seconds: int = 60,
        house: Housekeeping | None = None,
        on_mail: Callable[[Plan], None] = lambda plan: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._inbox, self._store, self._desk = inbox, store, desk
        self._dispatch, self._quarantine = Dispatch(outbox, store, clock), Quarantine(store)
        self._poll_seconds, self._on_mail, self._clock = poll_seconds, on_mail, clock
        self._house = house or Housekeeping(store)
        self._stop = StopSign()
        self._filing = Filing(inbox)
        self._failures = 0
        self._again_at = 0.0  # monotonic: no connection before
        self._looked_at = 0.0  # monotonic

    # --- the route ----------------------------------------------------------------------------------

    def round(self) -> int:
        """One batch of mails, from the mailbox to their folders. How many there were."""
        with self._stop.at_once():
            resting = self._quarantine.resting(self._clock())
            mails = self._inbox.fetch(BATCH, skip=self._filing.uids | resting)
        log.batch(len(mails))
        self._house.polled(self._inbox.found + len(resting))
        batch = self._store.batch(self._clock())
        folders: dict[str, FolderName] = {}
        plans = []
        for mail in mails:
            if self._stop.is_set():
                break
            folder, plan = self._deal_with(mail, batch)  # read, understand, decide, compose: see desk.py
            if folder:
                folders[mail.uid] = folder
            if plan:
                plans.append(plan)
        batch.commit()  # the point of no return
        self._house.tell_mended()
        for plan in plans:
            log.mail(plan)
            self._on_mail(plan)
        self._filing.add(folders)
        for fault in self._quarantine.at_fault:
            self._house.tell_trouble("stuck", fault, self._desk, self._clock())
        self.send_due()
        self._filing.move()
        return len(mails)

    def _deal_with(self, mail: Mail, batch: "Batch") -> tuple[FolderName | None, Plan | None]:
        """Where a mail goes (None: it stays for another try), and the plan if there is anything to do."""
        now = self._clock()
        letter: Letter | None = None
        try:
            letter = read_letter(mail.raw)
            if filed := batch.filed(letter):
                log.again(letter.digest, filed)
                return filed, None
            if self._quarantine.rests(mail.uid, letter.digest, now):
                return None, None
            if mail.whole:
                log.large(mail)
            plan, answer = self._desk.plan(mail, letter, batch.known(letter), now)
            alarm = self._desk.alarm(plan, now)
            batch.add(plan, answer, alarm)
            self._quarantine.passed(letter.digest)
        except Exception as error:
            digest = letter.digest if letter else hashlib.sha256(mail.raw).hexdigest()
            failure, given_up = self._quarantine.raised(mail.uid, digest, place(error), now)
            log.failed(digest, failure.count, failure.why, given_up=given_up)
            if not given_up:
                return None, None
            plan = set_aside(mail, letter, digest, place(error))
            batch.add(plan, None)
        return plan.folder, plan

    # --- answers ------------------------------------------------------------------------------------

    def send_due(self) -> None:
        """Hand over every answer whose time has come, and note of each what became of it."""
        due = self._dispatch.due()
        if not due or self._stop.is_set():
            return
        with self._stop.at_once():
            self._dispatch.begin()
        self._dispatch.hand_over(due, self._goes_on)
        self._house.sending(self._dispatch.trouble, person=self._dispatch.locked_out)

    def _goes_on(self) -> bool:
        self._house.alive()
        return not self._stop.is_set()

    # --- the loop -----------------------------------------------------------------------------------

    def once(self) -> bool:
        """Work until the mailbox holds nothing new. True: nothing is left waiting. Raises TryLater."""
        try:
            self._connect()
            while self.round() and not self._stop.is_set():
                pass
            left = self._store.waiting() or self._quarantine.next_try()
            return not left and not self._stop.is_set()
        except Stopped:
            return False
        finally:
            self._inbox.close()

    def serve(self) -> None:
        """Serve until stopped: look at once, then whenever there is mail, and every so often."""
        log.started(self._inbox.name, self._desk.rules.version, len(self._store.waiting()))
        self._house.begin(self._poll_seconds)
        self._again_at = time.monotonic() + self._house.first_pause().total_seconds()
        jobs = Scheduler()
        jobs.every(self._poll_seconds).seconds.do(self._look)
        jobs.every(TIDY_MINUTES).minutes.do(self._house.tidy)
        try:
            self._look()
            while not self._stop.is_set():
                # `schedule` goes by the wall clock, which may be set back
                overdue = time.monotonic() - self._looked_at >= self._poll_seconds
                if self._rest() or overdue:
                    self._look()
                jobs.run_pending()
                self._send_anyway()
        except Stopped:
            pass
        finally:
            self._inbox.close()
        log.stopped()

    def stop(self) -> None:
        """End soon. May be called from another thread."""
        self._stop.set()

    def on_signal(self, *_: object) -> None:
        """A signal handler: end at once where nothing is at stake, else after the step in hand."""
        self._stop.on_signal()

    def _connect(self) -> None:
        with self._stop.at_once():
            self._inbox.connect()
        self._filing.begin_anew()
        log.connected(self._inbox.name)

    def _look(self) -> None:
        """Everything there is to do now. What goes wrong is logged and tried again after a pause."""
        self._looked_at = time.monotonic()
        with self._stop.at_once():
            desk = self._house.desk(self._desk, self._stop.wait)
            if desk is not self._desk:
                self._quarantine.release()
            self._desk = desk
        self._house.tell_refusal(self._clock())
        if self._looked_at < self._again_at:
            self._house.alive()
            return
        try:
            if not self._inbox.connected:
                self._connect()
            while self.round() and not self._stop.is_set():
                pass
            self._failures = 0
            self._house.well()
        except (Misconfigured, StoreBusy):
            raise
        except Exception as error:
            self._step_back(error)

    def _send_anyway(self) -> None:
        """What waits goes out even while the mailbox is away."""
        try:
            self.send_due()
        except (Misconfigured, StoreBusy):
            raise
        except Exception as error:
            self._step_back(error)

    def _rest(self) -> bool:
        """Sleep until there is mail (True), an answer is due, or it is time to look."""
        seconds = self._dispatch.seconds_left(float(self._poll_seconds))
        try:
            with self._stop.at_once():
                if self._inbox.connected:
                    return self._inbox.wait(seconds, self._stop)
                self._stop.wait(min(seconds, max(self._again_at - time.monotonic(), 0.1)))
                return True
        except TryLater as error:
            self._step_back(error)
        return False

    def _step_back(self, error: Exception) -> None:
        self._inbox.close()
        self._failures += 1
        locked = isinstance(error, LoginRefused)
        pause = (login_pause if locked else pause_after)(self._failures)
        self._again_at = time.monotonic() + pause.total_seconds()
        told = str(error) if isinstance(error, TryLater) else place(error)
        (log.trouble if isinstance(error, TryLater) else log.surprise)(told, pause)
        self._house.stepped_back(told, pause, person=locked)
        if locked and self._failures >= LOCKED_OUT:
            self._house.tell_trouble("locked", told, self._desk, self._clock())
