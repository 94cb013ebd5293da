"""A day of twelve hours, compressed: `python -m tests.day [MAILS] [RESTARTS] [CUTS] [EDITS]`.

Mails come in all the while; the service is restarted (half the times killed), its line to the mailbox is cut,
rules are edited, every third time for the bad. At the end every mail is filed once, every sign-up registered
once, every person answered; each bad edit was told to the organiser once; and the memory of the worker has
not grown.
"""

import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from mailflow.status import read_status
from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import fresh_mailbox
from tests.servers.installation import ROOT, Installation
from tests.servers.mailbox import Mailbox
from tests.servers.proxy import Proxy
from tests.servers.sink import Sink
from tests.torture import Torture

ORGANISER = "gassen@diakonie.example"
GROWTH = 1.25  # of a worker's memory, from its first rounds to its last ones
FULL = {"mails": 2000, "restarts": 40, "cuts": 40, "edits": 10}


class Day:
    """One service, and what happens to it."""

    def __init__(self, folder: Path, server: Dovecot, authority: Authority, seed: int = 1) -> None:
        mailbox = fresh_mailbox(server, authority)
        self._proxy, self.sink = Proxy(server.imap), Sink()
        inside = Mailbox(self._proxy.port, mailbox.user, mailbox.password, None)
        self.installation = Installation.make(
            folder, inside, self.sink.port, smtp_login=False, poll_seconds=1
        )
        self.installation.mailbox = mailbox  # the test itself looks past the proxy
        self.torture = Torture(self.installation, self.sink, random.Random(seed))
        self.memory: list[list[int]] = []  # of each worker, in KiB, as time goes by
        self.bad_edits = 0
        self._cut_next = threading.Event()
        self._proxy.fault = self._fault
        self._rules = folder / "rules"
        shutil.copytree(ROOT / "rules", self._rules)
        config = folder / "config.toml"
        config.write_text(config.read_text("utf-8").replace(f"{ROOT}/rules", str(self._rules)), "utf-8")
        self._good = (self._rules / "answers.toml").read_text("utf-8")
        self._worker = self._start()

    def _fault(self, line: str) -> str:
        if not self._cut_next.is_set():
            return ""
        self._cut_next.clear()
        return self.torture.dice.choice(["cut", "after", "bye"])

    def _start(self) -> "subprocess.Popen[str]":
        self.memory.append([])
        return self.installation.start("run", stderr=subprocess.DEVNULL)

    def restart(self) -> None:
        """Killed, or told to end; and begun again."""
        self._worker.send_signal(self.torture.dice.choice([signal.SIGKILL, signal.SIGTERM]))
        self._worker.communicate(timeout=30)
        self._worker = self._start()

    def cut(self) -> None:
        """The line to the mailbox breaks at whatever is said next; before the next time all is well again."""
        self.wait(self._serves)
        self._cut_next.set()

    def edit(self, number: int) -> None:
        """Somebody edits the rules while they are in use: two times for the good, the third time for the bad.

        The bad edit is mended when the organiser has been told: a restart would refuse to begin with it.
        """
        self.wait(self._serves)
        bad = number % 3 == 2
        self.bad_edits += bad
        mark = f'\nnonsense_{number} = "?"\n' if bad else f"\n# {number}\n"
        (self._rules / "answers.toml").write_text(mark + self._good, "utf-8")
        if bad:
            self.wait(lambda: len(self.sink.to(ORGANISER)) >= self.bad_edits)
            (self._rules / "answers.toml").write_text(self._good, "utf-8")

    def _serves(self) -> bool:
        noted = read_status(self.installation.store_path)
        if noted is None or noted.pid != self._worker.pid or not noted.began or not noted.polled:
            return False
        return noted.polled >= noted.began and not noted.trouble and not self._cut_next.is_set()

    def deliver(self, count: int) -> None:
        """So many people and one machine write."""
        self.torture.deliver(count - 1)
        self.measure()

    def measure(self) -> None:
        try:
            status = Path(f"/proc/{self._worker.pid}/status").read_text()
        except OSError:
            return
        if found := re.search(r"VmRSS:\s+(\d+)", status):
            self.memory[-1].append(int(found[1]))

    def wait(self, holds: Callable[[], bool], seconds: float = 240) -> None:
        """Until it holds; a worker that has ended by itself fails the day."""
        end = time.monotonic() + seconds
        while not holds():
            assert self._worker.poll() is None, "the service ended by itself"
            assert time.monotonic() < end, "it never came to hold"
            time.sleep(0.1)

    def settle(self) -> None:
        """Until everything that came is dealt with."""
        self.wait(lambda: not self._lie_there())
        self.measure()

    def _lie_there(self) -> int:
        box = self.torture.mailbox.open()
        count = box.folder.status("INBOX")["MESSAGES"]
        box.logout()
        return count

    def close(self) -> None:
        if self._worker.poll() is None:
            self._worker.terminate()
            self._worker.communicate(timeout=30)
        self._proxy.__exit__()
        self.sink.__exit__()

    def end(self) -> str:
        """Let it finish in peace, and check. What there is to say about it."""
        (self._rules / "answers.toml").write_text(self._good, "utf-8")
        self.settle()
        self.close()
        code, said = self.installation.run("run", "--once")
        assert code == 0, said
        told, self.sink.taken = (
            self.sink.to(ORGANISER),
            [each for each in self.sink.taken if each.recipient != ORGANISER],
        )
        assert len({each.raw for each in told}) == self.bad_edits, "a bad edit was not told once"
        twice = self.torture.check(killed_unseen=True)
        return f"{self.torture.people + self.torture.notes} mails, {twice} answers twice, {self.growth()}"

    def growth(self) -> str:
        """The worker that lived longest: its memory at its first calm moment and at its last."""
        longest = max(self.memory, key=len)
        early, late = max(longest[1:4], default=0), longest[-1] if longest else 0
        assert late <= early * GROWTH or len(longest) < 5, f"memory grows: {longest}"
        return f"memory {early // 1024} → {late // 1024} MiB over {len(longest)} looks"


def live(day: Day, mails: int, restarts: int, cuts: int, edits: int, say: Callable[[str], None]) -> str:
    """The day, in `steps` of a few mails each. The last quarter has no restarts: there memory is measured."""
    steps = max(restarts + cuts + edits, 1)
    events = [day.restart] * restarts + [day.cut] * cuts
    day.torture.dice.shuffle(events)
    calm = mails // 4
    edit_at = {round((number + 1) * len(events) / (edits + 1)): number for number in range(edits)}
    for step, event in enumerate(events):
        day.deliver(max(2, (mails - calm) // steps))
        time.sleep(day.torture.dice.uniform(0.2, 1.2))
        event()
        if step in edit_at:
            day.edit(edit_at[step])
        say(f"\r{step + 1} of {len(events)} events, {day.torture.people} people")
    while (left := mails - day.torture.people - day.torture.notes) > 0:
        day.deliver(max(2, min(20, left)))
        day.settle()
    return day.end()


def main(numbers: list[int]) -> None:
    wanted = dict(zip(FULL, numbers + list(FULL.values())[len(numbers) :], strict=True))
    folder = Path(tempfile.mkdtemp(prefix="mailflow-day-"))
    authority = Authority.make(folder / "authority")
    dovecot = Dovecot(authority, plain=True).start()
    started = time.monotonic()
    try:
        day = Day(folder / "work", dovecot, authority)
        try:
            said = live(day, **wanted, say=lambda words: print(words, end="", file=sys.stderr, flush=True))
        finally:
            day.close()
        print(f"\n{wanted}: {said}; nothing lost, nothing twice; {time.monotonic() - started:.0f} s")
    finally:
        dovecot.remove()


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]])
