"""The service inside the test's own process, to look at it closely and to move its clock."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailflow.desk import Desk
from mailflow.errors import TryLater
from mailflow.inbox import Inbox
from mailflow.outbox import Outbox
from mailflow.service import Service
from mailflow.settings import MailboxSettings, SmtpSettings
from mailflow.store import Store


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = field(default_factory=lambda: datetime(2021, 3, 1, 12, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def sink_settings(port: int) -> SmtpSettings:
    return SmtpSettings(
        host="127.0.0.1", port=port, security="none", sender="Kaarst <kennenlernen@diakonie.example>"
    )


@dataclass
class Workplace:
    """All parts of one service. `run()` is `mailflow run --once` with the error instead of the exit code."""

    desk: Desk
    store_path: Path
    mailbox: MailboxSettings
    smtp: SmtpSettings
    clock: Clock = field(default_factory=Clock)
    timeout: float = 5

    def run(self) -> bool:
        """True: nothing is left waiting. Raises TryLater."""
        with self.store(worker=True) as store:
            inbox, outbox = Inbox(self.mailbox, self.timeout), Outbox(self.smtp, self.timeout)
            return Service(inbox, outbox, store, self.desk, clock=self.clock).once()

    def run_until_done(self, most: int = 10) -> int:
        """How many tries it took."""
        for number in range(1, most + 1):
            try:
                if self.run():
                    return number
            except TryLater:
                pass
            self.clock.move(hours=1)
        raise AssertionError(f"not done after {most} tries")

    def store(self, *, worker: bool = False) -> Store:
        return Store.open(self.store_path, "Europe/Berlin", worker=worker)
