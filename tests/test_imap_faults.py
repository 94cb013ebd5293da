"""What the IMAP server and the line to it can do to us: in the end every mail is dealt with, once."""

import threading
from collections import Counter
from pathlib import Path

import pytest

from mailflow.desk import Desk
from mailflow.errors import TryLater
from mailflow.inbox import Inbox
from mailflow.letter import read_letter
from mailflow.outbox import Outbox
from mailflow.service import Service
from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import fresh_mailbox
from tests.servers.mailbox import Mailbox, letter
from tests.servers.proxy import Proxy
from tests.servers.sink import Sink
from tests.servers.workplace import Workplace, sink_settings

pytestmark = pytest.mark.dovecot

MAILS = 5
COMMANDS = ("LOGIN", "CAPABILITY", "NAMESPACE", "LIST", "CREATE", "SUBSCRIBE", "SELECT", "NOOP", "UID SEARCH")
SETS = ("UID FETCH 1:5 (UID RFC822.SIZE)", "UID FETCH 1:5 (UID INTERNALDATE", "UID MOVE")


class Once:
    """A fault at the first line that holds certain words."""

    def __init__(self, words: str, what: str) -> None:
        self._words, self._what = words, what

    def __call__(self, line: str) -> str:
        if self._what and self._words in line:
            what, self._what = self._what, ""
            return what
        return ""

    @property
    def happened(self) -> bool:
        return not self._what


@pytest.fixture
def people(plain_dovecot: Dovecot, authority: Authority) -> Mailbox:
    """A mailbox with sign-ups in it."""
    mailbox = fresh_mailbox(plain_dovecot, authority)
    mailbox.deliver(
        *(letter(f"Anmeldung{n}", "Ich melde mich an.", f"anna{n}@web.example") for n in range(MAILS))
    )
    return mailbox


def workplace(desk: Desk, folder: Path, mailbox: Mailbox, port: int, sink: Sink) -> Workplace:
    """Mailflow at the other end of the proxy."""
    settings = mailbox.settings(port=port, security="none")
    return Workplace(desk, folder / "store.json", settings, sink_settings(sink.port), timeout=1)


def check_outcome(place: Workplace, mailbox: Mailbox, sink: Sink) -> None:
    """INBOX is empty, each mail is filed once, each person is registered once and answered once."""
    assert mailbox.folder("INBOX") == []
    filed = [read_letter(raw).digest for raw in mailbox.folder("Mailflow/Done")]
    assert Counter(Counter(filed).values()) == {1: MAILS}
    assert sorted(each.recipient for each in sink.taken) == [f"anna{n}@web.example" for n in range(MAILS)]
    with place.store() as store:
        assert sorted(each.address for each in store.registrations()) == [
            f"anna{n}@web.example" for n in range(MAILS)
        ]


@pytest.mark.parametrize("what", ["cut", "after", "hang", "bye"])
@pytest.mark.parametrize("command", COMMANDS + SETS)
def test_a_connection_that_breaks_at_any_command(
    command: str, what: str, desk: Desk, tmp_path: Path, people: Mailbox, plain_dovecot: Dovecot
) -> None:
    fault = Once(command, what)
    with Sink() as sink, Proxy(plain_dovecot.imap, fault) as proxy:
        place = workplace(desk, tmp_path, people, proxy.port, sink)
        with pytest.raises(TryLater):
            place.run()
        assert fault.happened
        assert place.run_until_done() == 1
        check_outcome(place, people, sink)


def test_a_slow_line(desk: Desk, tmp_path: Path, people: Mailbox, plain_dovecot: Dovecot) -> None:
    """Seven bytes at a time: slow is not broken."""
    with Sink() as sink, Proxy(plain_dovecot.imap, Once("LOGIN", "drip")) as proxy:
        place = workplace(desk, tmp_path, people, proxy.port, sink)
        assert place.run()
        check_outcome(place, people, sink)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("LOGIN", "NO [UNAVAILABLE] try later"),
        ("SELECT", "NO [SERVERBUG] internal error"),
        ("UID SEARCH", "NO [SERVERBUG] internal error"),
        ("UID MOVE", "NO [OVERQUOTA] quota exceeded"),
        ("UID MOVE", "NO [NOPERM] not allowed"),
        ("UID MOVE", "BAD what is this"),
        ("UID FETCH", "BAD what is this"),
    ],
)
def test_a_server_that_says_no(
    command: str, answer: str, desk: Desk, tmp_path: Path, people: Mailbox, plain_dovecot: Dovecot
) -> None:
    """… for a while. Nothing is answered twice when it says yes again."""
    fault = Once(command, answer)
    with Sink() as sink, Proxy(plain_dovecot.imap, fault) as proxy:
        place = workplace(desk, tmp_path, people, proxy.port, sink)
        with pytest.raises(TryLater, match="IMAP-Server"):
            place.run()
        assert place.run_until_done() == 1
        check_outcome(place, people, sink)


def test_one_mail_that_the_server_cannot_read(
    desk: Desk, tmp_path: Path, people: Mailbox, plain_dovecot: Dovecot
) -> None:
    """A set that holds it is refused; asked one by one, the others come."""

    def broken(line: str) -> str:
        asked = line.partition("UID FETCH ")[2].split(" ")[0]
        return "NO [SERVERBUG] corrupted" if asked in ("1:5", "3") and "BODY" in line else ""

    with Sink() as sink, Proxy(plain_dovecot.imap, broken) as proxy:
        place = workplace(desk, tmp_path, people, proxy.port, sink)
        place.run()
        assert len(sink.taken) == MAILS - 1
        assert len(people.folder("INBOX")) == 1
        proxy.fault = lambda line: ""
        assert place.run_until_done() == 1
        check_outcome(place, people, sink)


def test_a_folder_that_takes_nothing_holds_up_nobody(
    desk: Desk, tmp_path: Path, people: Mailbox, plain_dovecot: Dovecot
) -> None:
    """Its mails stay in INBOX, dealt with; mails for other folders and new mails go their way."""
    people.deliver(letter("Frage", "Wie lange dauert das denn?", "frage@web.example"))
    stuck = lambda line: "NO [OVERQUOTA] full" if "UID MOVE" in line and "Done" in line else ""  # noqa: E731
    with Sink() as sink, Proxy(plain_dovecot.imap, stuck) as proxy:
        place = workplace(desk, tmp_path, people, proxy.port, sink)
        with pytest.raises(TryLater, match="OVERQUOTA"):
            place.run()
        assert len(people.folder("INBOX")) == MAILS
        assert len(people.folder("Mailflow/Attention")) == 1
        answered = len(sink.taken)
        proxy.fault = lambda line: ""
        assert place.run_until_done() == 1
        assert len(sink.taken) == answered
        assert len(people.folder("Mailflow/Done")) == MAILS


@pytest.mark.parametrize("what", ["cut", "hang", "bye"])
@pytest.mark.parametrize("words", ["IDLE", "DONE"])
def test_idle_that_breaks(words: str, what: str, people: Mailbox, plain_dovecot: Dovecot) -> None:
    """Found out within the timeout, said as TryLater."""
    with Proxy(plain_dovecot.imap, Once(words, what)) as proxy:
        inbox = Inbox(people.settings(port=proxy.port, security="none"), 1)
        inbox.connect()
        inbox.fetch()
        with pytest.raises(TryLater):
            inbox.wait(0.5, threading.Event())
        assert not inbox.connected


def test_a_read_only_mailbox_is_said_so(people: Mailbox, plain_dovecot: Dovecot) -> None:
    with Proxy(plain_dovecot.imap, Once("SELECT", "OK [READ-ONLY] look but don't touch")) as proxy:
        inbox = Inbox(people.settings(port=proxy.port, security="none"), 1)
        with pytest.raises(TryLater, match="not writable"):
            inbox.connect()


def test_mails_that_vanish_at_any_moment(
    desk: Desk, tmp_path: Path, people: Mailbox, plain_dovecot: Dovecot
) -> None:
    """Somebody takes one away after the search, one after its size is known, one before it is filed."""
    moments = ["UID FETCH 1:5 (UID RFC822.SIZE)", "BODY.PEEK", "UID MOVE"]
    gone: list[str] = []

    def take_away(line: str) -> str:
        if len(gone) < len(moments) and moments[len(gone)] in line:
            gone.append(line)
            person = people.open()
            person.client._get_capabilities()
            person.delete(str(len(gone) * 2 - 1))
            person.logout()
        return ""

    with Sink() as sink, Proxy(plain_dovecot.imap, take_away) as proxy:
        place = workplace(desk, tmp_path, people, proxy.port, sink)
        assert place.run_until_done() == 1
        assert len(gone) == 3
        assert people.folder("INBOX") == []
        assert len(people.folder("Mailflow/Done")) == 2
        assert [each.recipient for each in sink.taken] == [f"anna{n}@web.example" for n in (1, 3, 4)]


def test_a_mailbox_replaced_before_filing(
    desk: Desk, tmp_path: Path, people: Mailbox, plain_dovecot: Dovecot
) -> None:
    """UIDVALIDITY changes while mails wait to be filed: a stranger's mail with an old number is read."""
    box = people.open()
    box.folder.create("Eingang")
    box.logout()
    people.deliver(letter("Anmeldung", "Ich melde mich an.", "anna@web.example"), folder="Eingang")

    def replace_it(line: str) -> str:
        if "UID MOVE" not in line or len(sink.taken) > 1:
            return ""
        person = people.open()
        person.folder.delete("Eingang")
        person.folder.create("Eingang")
        person.logout()
        people.deliver(letter("Fremd", "Ich melde mich an.", "fremd@web.example"), folder="Eingang")
        return "cut"

    with Sink() as sink, Proxy(plain_dovecot.imap, replace_it) as proxy:
        place = workplace(desk, tmp_path, people, proxy.port, sink)
        place.mailbox = people.settings(port=proxy.port, security="none", folder="Eingang")
        with place.store(worker=True) as store:
            inbox, outbox = Inbox(place.mailbox, 2), Outbox(place.smtp, 2)
            service = Service(inbox, outbox, store, desk, clock=place.clock)
            with pytest.raises(TryLater):
                service.once()
            assert service.once()
        assert people.folder("Eingang") == []
        assert people.folder("Mailflow/Done") == [letter("Fremd", "Ich melde mich an.", "fremd@web.example")]
        assert [each.recipient for each in sink.taken] == ["anna@web.example", "fremd@web.example"]


def test_a_refused_login_is_told_once(
    desk: Desk, tmp_path: Path, people: Mailbox, plain_dovecot: Dovecot
) -> None:
    """A service at whose door the password changes: few knocks, and one mail to the organiser."""
    with Sink() as sink, Proxy(plain_dovecot.imap) as proxy:
        place = workplace(desk, tmp_path, people, proxy.port, sink)
        place.mailbox = people.settings(port=proxy.port, security="none", password="falsch")
        with place.store(worker=True) as store:
            inbox, outbox = Inbox(place.mailbox, 2), Outbox(place.smtp, 2)
            service = Service(inbox, outbox, store, desk, clock=place.clock, poll_seconds=1)
            service._look()
            service._look()  # too early
            assert sum("LOGIN" in line for line in proxy.lines) == 1
            assert store.waiting() == ()
            for _ in range(3):
                service._again_at = 0  # the pause is over
                service._look()
            service.send_due()
        assert sum("LOGIN" in line for line in proxy.lines) == 4
        (told,) = sink.taken
        assert told.recipient == desk.office.organiser.addr
        assert b"mailbox.password" in told.raw
        assert b"falsch" not in told.raw


def test_it_knocks_once_where_the_login_is_refused(
    desk: Desk, tmp_path: Path, people: Mailbox, plain_dovecot: Dovecot
) -> None:
    """Servers lock out who tries a wrong password again and again."""
    with Sink() as sink, Proxy(plain_dovecot.imap) as proxy:
        place = workplace(desk, tmp_path, people, proxy.port, sink)
        place.mailbox = people.settings(port=proxy.port, security="none", password="falsch")
        with pytest.raises(TryLater, match=r"mailbox\.password"):
            place.run()
        assert sum("LOGIN" in line for line in proxy.lines) == 1
