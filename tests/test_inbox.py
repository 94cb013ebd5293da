"""The IMAP door on real servers: Dovecot in three tempers, Cyrus, and pymap."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from mailflow.errors import LoginRefused, TryLater
from mailflow.inbox import Inbox
from mailflow.inbox.fetching import BEGINNING, WHOLE, uid_set
from mailflow.model import FolderName
from mailflow.settings import FolderSettings, MailboxSettings
from tests.servers.authority import Authority
from tests.servers.dovecot import PASSWORD, UMLAUT_PASSWORD, Dovecot
from tests.servers.fixtures import fresh_mailbox, mailbox_on
from tests.servers.mailbox import Mailbox, letter


@contextmanager
def connected(settings: MailboxSettings, timeout: float = 20) -> Iterator[Inbox]:
    inbox = Inbox(settings, timeout)
    inbox.connect()
    try:
        yield inbox
    finally:
        inbox.close()


def filed(mailbox: Mailbox, name: str) -> list[bytes]:
    """What lies in one of our folders, however this server spells its name."""
    spellings = (name, name.replace("/", "."), "INBOX." + name.replace("/", "."))
    return [raw for spelling in spellings for raw in mailbox.folder(spelling)]


def test_fetches_oldest_first_and_files_in_sets(any_mailbox: Mailbox) -> None:
    """On any server: mails come in order, with their bytes; each goes to its folder; INBOX is empty."""
    mails = [letter(f"m{number}") for number in range(7)]
    any_mailbox.deliver(*mails)
    with connected(any_mailbox.settings()) as inbox:
        first = inbox.fetch(limit=3)
        assert [mail.raw for mail in first] == mails[:3]
        rest = inbox.fetch(skip={mail.uid for mail in first})
        assert [mail.raw for mail in rest] == mails[3:]
        folders: list[FolderName] = ["done", "attention", "automatic", "failed"]
        uids = [mail.uid for mail in (*first, *rest)]
        inbox.file({folder: uids[number::4] for number, folder in enumerate(folders)})
        assert inbox.fetch() == []
    for number, folder in enumerate(("Done", "Attention", "Automatic", "Failed")):
        assert filed(any_mailbox, f"Mailflow/{folder}") == mails[number::4]


def test_reading_changes_nothing(mailbox: Mailbox) -> None:
    """A mail that was only fetched is still unread for a person."""
    mailbox.deliver(letter("a"))
    with connected(mailbox.settings()) as inbox:
        inbox.fetch()
    assert "\\Seen" not in mailbox.flags()[0]


def test_a_mail_read_by_a_person_is_still_fetched(mailbox: Mailbox) -> None:
    mailbox.deliver(letter("a"))
    box = mailbox.open()
    list(box.fetch(mark_seen=True))
    box.logout()
    with connected(mailbox.settings()) as inbox:
        assert [mail.raw for mail in inbox.fetch()] == [letter("a")]


def test_arrival_is_the_servers(mailbox: Mailbox) -> None:
    """Not the Date header and not the clock."""
    moment = datetime(2021, 3, 10, 22, 59, 59, tzinfo=UTC)
    mailbox.deliver(letter("a"), when=moment)
    with connected(mailbox.settings()) as inbox:
        assert inbox.fetch()[0].arrived == moment


@pytest.mark.parametrize("kind", ["dovecot", "dotted_dovecot", "bare_dovecot", "cyrus"])
def test_other_peoples_deleted_mails_stay(
    kind: str, request: pytest.FixtureRequest, authority: Authority
) -> None:
    """A mail that a person only marked as deleted is neither read by us nor expunged when we file others."""
    mailbox = mailbox_on(kind, request, authority)
    mailbox.deliver(letter("theirs"), letter("ours"))
    person = mailbox.open()
    first = person.uids(charset=None)[0]
    person.client.uid("STORE", first, "+FLAGS", "(\\Deleted)")
    with connected(mailbox.settings()) as inbox:
        mails = inbox.fetch()
        assert [mail.raw for mail in mails] == [letter("ours")]
        inbox.file({"done": [mails[0].uid]})
    assert letter("theirs") in mailbox.folder("INBOX")
    assert filed(mailbox, "Mailflow/Done") == [letter("ours")]


def test_flags_that_change_meanwhile_shift_nothing(mailbox: Mailbox) -> None:
    """A person marks mails while we fetch: each mail still comes once, with its own uid and bytes."""
    mails = [letter(f"m{number}", "x" * 500) for number in range(60)]
    mailbox.deliver(*mails)
    stop = threading.Event()

    def mark() -> None:
        person = mailbox.open()
        uids = ",".join(person.uids(charset=None))
        while not stop.is_set():
            for sign in "+-":
                person.client.uid("STORE", uids, f"{sign}FLAGS", "(\\Flagged)")

    marking = threading.Thread(target=mark)
    marking.start()
    try:
        with connected(mailbox.settings()) as inbox:
            for _ in range(10):
                fetched = inbox.fetch()
                assert [mail.raw for mail in fetched] == mails
                assert len({mail.uid for mail in fetched}) == len(mails)
    finally:
        stop.set()
        marking.join()


def test_a_mail_that_a_person_moved_away_is_passed_over(mailbox: Mailbox) -> None:
    mailbox.deliver(letter("a"), letter("b"))
    with connected(mailbox.settings()) as inbox:
        mails = inbox.fetch()
        person = mailbox.open()
        person.folder.create("Privat")
        person.client._get_capabilities()
        person.move(person.uids(charset=None)[:1], "Privat")
        inbox.file({"done": [mail.uid for mail in mails]})
        assert inbox.fetch() == []
    assert mailbox.folder("Privat") == [letter("a")]
    assert mailbox.folder("Mailflow/Done") == [letter("b")]


def test_a_folder_that_a_person_removed_is_made_again(mailbox: Mailbox) -> None:
    mailbox.deliver(letter("a"))
    with connected(mailbox.settings()) as inbox:
        mails = inbox.fetch()
        person = mailbox.open()
        person.folder.delete("Mailflow/Done")
        inbox.file({"done": [mails[0].uid]})
    assert mailbox.folder("Mailflow/Done") == [letter("a")]


def test_a_uid_from_before_a_restore_moves_nothing(mailbox: Mailbox) -> None:
    """UIDVALIDITY is part of our uid: after the mailbox was replaced, old uids mean nothing."""
    mailbox.deliver(letter("stranger"))
    with connected(mailbox.settings()) as inbox:
        _, _, number = inbox.fetch()[0].uid.partition("/")
        inbox.file({"done": [f"12345/{number}"]})
        assert [mail.raw for mail in inbox.fetch()] == [letter("stranger")]


def test_folder_names_with_umlauts(any_mailbox: Mailbox) -> None:
    names = FolderSettings(attention="Mailflow/Prüfen & fragen")
    any_mailbox.deliver(letter("a"))
    with connected(any_mailbox.settings(folders=names)) as inbox:
        inbox.file({"attention": [inbox.fetch()[0].uid]})
    assert filed(any_mailbox, "Mailflow/Prüfen & fragen") == [letter("a")]


def test_made_folders_show_in_mail_programs(mailbox: Mailbox) -> None:
    with connected(mailbox.settings()):
        pass
    box = mailbox.open()
    assert "Mailflow/Done" in [each.name for each in box.folder.list(subscribed_only=True)]
    box.logout()


def test_of_a_giant_mail_only_the_beginning_comes(mailbox: Mailbox) -> None:
    giant = letter("giant", "Anmeldung\r\n" + "x" * 70 + ("\r\n" + "x" * 70) * 60_000)
    mailbox.deliver(letter("small"), giant, letter("after"))
    with connected(mailbox.settings()) as inbox:
        small, cut, after = inbox.fetch()
    assert (small.raw, small.whole) == (letter("small"), 0)
    assert (after.raw, after.whole) == (letter("after"), 0)
    assert cut.raw == giant[:BEGINNING]
    assert cut.whole == len(giant) > WHOLE


def test_umlauts_in_the_password(dovecot: Dovecot, authority: Authority) -> None:
    mailbox = Mailbox(dovecot.imaps, "umlaut@kaarst.example", UMLAUT_PASSWORD, authority.ca_file)
    with connected(mailbox.settings()) as inbox:
        assert inbox.connected


def test_starttls(dovecot: Dovecot, authority: Authority) -> None:
    mailbox = Mailbox(dovecot.imap, "tls@kaarst.example", PASSWORD, authority.ca_file, "starttls")
    with connected(mailbox.settings()) as inbox:
        assert inbox.fetch() == []


def test_a_wrong_password_is_said_so(mailbox: Mailbox) -> None:
    inbox = Inbox(mailbox.settings(password="falsch"), 20)
    with pytest.raises(LoginRefused, match=r"mailbox\.password") as refusal:
        inbox.connect()
    assert "falsch" not in str(refusal.value)
    assert not inbox.connected


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_unknown_certificate_is_refused(security: str, dovecot: Dovecot) -> None:
    port = dovecot.imaps if security == "tls" else dovecot.imap
    settings = MailboxSettings.model_validate(
        {"host": "127.0.0.1", "port": port, "security": security, "user": "a@kaarst.example", "password": "x"}
    )
    with pytest.raises(TryLater, match="certificate"):
        Inbox(settings, 20).connect()


def test_nobody_listens() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    settings = MailboxSettings(host="127.0.0.1", port=port, security="none", user="a@kaarst.example")
    with pytest.raises(TryLater, match=r"127\.0\.0\.1"):
        Inbox(settings, 20).connect()


def test_a_server_that_never_speaks() -> None:
    """A connection that is taken and then silent ends after the timeout."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = MailboxSettings(
            host="127.0.0.1", port=listener.getsockname()[1], security="none", user="a@kaarst.example"
        )
        with pytest.raises(TryLater, match="antwortet nicht"):
            Inbox(settings, 0.3).connect()


def in_a_moment(what: object, *args: object) -> threading.Timer:
    timer = threading.Timer(0.3, what, args)  # type: ignore[arg-type]
    timer.start()
    return timer


@pytest.mark.parametrize("kind", ["dovecot", "cyrus", "pymap"])
def test_idle_is_woken_by_mail(kind: str, request: pytest.FixtureRequest, authority: Authority) -> None:
    """… that comes while it sleeps."""
    any_mailbox = mailbox_on(kind, request, authority)
    with connected(any_mailbox.settings()) as inbox:
        inbox.fetch()
        timer = in_a_moment(any_mailbox.deliver, letter("late"))
        assert inbox.wait(30, threading.Event())
        timer.join()
        assert [mail.raw for mail in inbox.fetch()] == [letter("late")]


@pytest.mark.parametrize("kind", ["dovecot", "cyrus", "pymap"])
def test_idle_sees_what_came_just_before(
    kind: str, request: pytest.FixtureRequest, authority: Authority
) -> None:
    """The server tells of it together with "+ idling", and imaplib has already buffered that line."""
    any_mailbox = mailbox_on(kind, request, authority)
    with connected(any_mailbox.settings()) as inbox:
        for number in range(3):
            inbox.fetch()
            any_mailbox.deliver(letter(f"early{number}"))
            started = time.monotonic()
            assert inbox.wait(20, threading.Event())
            assert time.monotonic() - started < 10


@pytest.mark.parametrize("kind", ["dovecot", "bare_dovecot"])
def test_waiting_ends_when_told_to_stop(
    kind: str, request: pytest.FixtureRequest, authority: Authority
) -> None:
    """With IDLE and without it."""
    mailbox = fresh_mailbox(request.getfixturevalue(kind), authority)
    with connected(mailbox.settings()) as inbox:
        inbox.fetch()
        stop = threading.Event()
        timer = in_a_moment(stop.set)
        assert inbox.wait(60, stop) is False
        assert timer.finished.is_set()


def test_flags_do_not_wake(mailbox: Mailbox) -> None:
    """A person who marks a mail as read does not make us look for new ones."""
    mailbox.deliver(letter("a"))
    with connected(mailbox.settings()) as inbox:
        inbox.fetch()
        person = mailbox.open()
        timer = in_a_moment(person.client.uid, "STORE", person.uids(charset=None)[0], "+FLAGS", "(\\Seen)")
        assert inbox.wait(1.5, threading.Event()) is False
        timer.join()


def test_the_server_goes_away_while_we_wait(authority: Authority) -> None:
    """TryLater, and after its return the same Inbox connects again."""
    dovecot = Dovecot(authority).start()
    try:
        mailbox = fresh_mailbox(dovecot, authority)
        mailbox.deliver(letter("a"))
        inbox = Inbox(mailbox.settings(), 20)
        inbox.connect()
        inbox.fetch()
        timer = in_a_moment(dovecot.stop)
        with pytest.raises(TryLater):
            inbox.wait(30, threading.Event())
        timer.join()
        assert not inbox.connected
        dovecot.start()
        inbox.connect()
        assert [mail.raw for mail in inbox.fetch()] == [letter("a")]
        inbox.close()
    finally:
        dovecot.remove()


def test_closing_twice_and_before_connecting_is_fine(mailbox: Mailbox) -> None:
    inbox = Inbox(mailbox.settings(), 20)
    inbox.close()
    inbox.connect()
    inbox.close()
    inbox.close()


@pytest.mark.parametrize(
    ("uids", "written"),
    [([], ""), (["7"], "7"), (["1", "2", "3", "7", "9", "10"], "1:3,7,9:10"), (["10", "9"], "9:10")],
)
def test_sets(uids: list[str], written: str) -> None:
    assert uid_set(uids) == written


def test_many_mails_come_in_batches_that_fit(mailbox: Mailbox) -> None:
    """250 mails, a hundred at a time, none twice, none left out."""
    mails = [letter(f"m{number}") for number in range(250)]
    box = mailbox.open()
    for raw in mails:
        box.append(raw, "INBOX", datetime.now(UTC) - timedelta(days=1))
    box.logout()
    seen: list[bytes] = []
    with connected(mailbox.settings()) as inbox:
        while batch := inbox.fetch():
            assert len(batch) <= 100
            seen += [mail.raw for mail in batch]
            inbox.file({"done": [mail.uid for mail in batch]})
    assert seen == mails
    assert len(mailbox.folder("Mailflow/Done")) == 250
