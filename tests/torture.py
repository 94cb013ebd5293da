"""Kills a running Mailflow again and again, and counts: `python -m tests.torture [KILLS] [SEED]`.

Mails keep coming, the service is killed (SIGKILL) at random moments and started again. At the end every mail
must be filed once, every sign-up registered once, every person answered; an answer may have arrived twice
only where the kill fell between the server's acceptance and the note of it, and then it is the very same.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

from mailflow.letter import read_letter
from mailflow.status import status_file
from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import fresh_mailbox
from tests.servers.installation import Installation
from tests.servers.mailbox import Mailbox, letter
from tests.servers.sink import Sink

FOLDERS = ("Done", "Attention", "Automatic", "Failed")
TEXTS = (
    "Hiermit melde ich mich zur Zoom-Konferenz an.",
    "Ich melde mich und meinen Mann zur Zoom-Konferenz an.",
    "Ich melde mich an. Meine Idee: ein Sprachcafé am Nachmittag.",
)
NOTE = (
    b"Auto-Submitted: auto-replied\r\nFrom: weg@web.example\r\nTo: kennenlernen@diakonie.example\r\n"
    b"Subject: Abwesend\r\nMessage-ID: <weg%d@web.example>\r\nDate: Mon, 01 Mar 2021 10:00:00 +0100\r\n\r\n"
    b"Ich bin nicht da.\r\n"
)


@dataclass
class Torture:
    """One mailbox under torture."""

    installation: Installation
    sink: Sink
    dice: random.Random
    people: int = 0
    notes: int = 0
    between: list[str] = field(default_factory=list)  # accepted, and the note of it was killed

    @property
    def mailbox(self) -> Mailbox:
        return self.installation.mailbox

    def deliver(self, count: int) -> None:
        """So many new people write, and a machine."""
        mails = []
        for _ in range(count):
            self.people += 1
            text = self.dice.choice(TEXTS)
            mails.append(letter(f"Anmeldung{self.people}", text, f"p{self.people}@web.example"))
        self.notes += 1
        self.mailbox.deliver(*mails, NOTE % self.notes)

    def kill_once(self) -> None:
        """Start it, let it work for a moment, kill it."""
        status_file(self.installation.store_path).unlink(missing_ok=True)  # or it would rest after some falls
        process = self.installation.start("run")
        assert process.stdout
        said = process.stdout.readline()
        while "connected" not in said:
            line = process.stdout.readline()
            assert line, f"it ended by itself: {said}"
            said += line
        time.sleep(self.dice.uniform(0, 0.6))
        process.kill()
        process.communicate()
        with self.installation.store() as store:
            waiting = {answer.message_id for answer in store.waiting()}
        self.between += [name for name in self.answer_ids() if name in waiting]

    def answer_ids(self) -> Counter[str]:
        """How often each answer has arrived."""
        return Counter(str(message_from_bytes(each.raw)["Message-ID"]) for each in self.sink.taken)

    def finish(self) -> None:
        """Let it work in peace to the end."""
        code, said = self.installation.run("run", "--once")
        assert code == 0, said

    def check(self, *, killed_unseen: bool = False) -> int:
        """Assert that nothing was lost or done twice. How many answers arrived twice.

        `killed_unseen`: nobody has looked, at each kill, which answers were accepted and not yet noted.
        """
        assert self.mailbox.folder("INBOX") == []
        filed = Counter(read_letter(raw).digest for name in FOLDERS for raw in self._folder(name))
        assert len(filed) == self.people + self.notes, "a mail is lost"
        assert set(filed.values()) == {1}, "a mail is filed twice"
        everybody = {f"p{number}@web.example" for number in range(1, self.people + 1)}
        with self.installation.store() as store:
            registered = Counter(each.address for each in store.registrations())
            ideas = Counter(each.mail for each in store.ideas())
            assert store.waiting() == (), "an answer still waits"
        assert registered == Counter(everybody), "a registration is missing or stands twice"
        assert set(ideas.values()) <= {1}, "an idea stands twice"
        answers = {
            (each.recipient, str(message_from_bytes(each.raw)["Message-ID"])) for each in self.sink.taken
        }
        assert Counter(to for to, _ in answers) == Counter(everybody), "somebody has no answer, or two"
        twice = {name: times for name, times in self.answer_ids().items() if times > 1}
        assert killed_unseen or set(twice) <= set(self.between), (
            "an answer arrived twice although its note was not cut off"
        )
        return sum(times - 1 for times in twice.values())

    def _folder(self, name: str) -> list[bytes]:
        return self.mailbox.folder(f"Mailflow/{name}")


def main(kills: int, seed: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="mailflow-torture-"))
    authority = Authority.make(folder / "authority")
    dovecot = Dovecot(authority).start()
    try:
        with Sink() as sink:
            mailbox = fresh_mailbox(dovecot, authority)
            installation = Installation.make(folder / "work", mailbox, sink.port, smtp_login=False)
            torture = Torture(installation, sink, random.Random(seed))
            done = 0
            with suppress(KeyboardInterrupt):  # Ctrl-C: that is enough, count
                for done in range(1, kills + 1):
                    torture.deliver(torture.dice.randint(0, 8))
                    torture.kill_once()
                    print(f"\r{done} kills, {torture.people} people", end="", file=sys.stderr, flush=True)
            torture.finish()
            twice = torture.check()
            print(
                f"\n{done} kills, {torture.people + torture.notes} mails: 0 lost, 0 recorded twice; "
                f"{twice} answers arrived twice, all killed between acceptance and note (seed {seed})"
            )
    finally:
        dovecot.remove()


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [300, random.randrange(10**6)][len(numbers) :]))
