"""Inbox: the IMAP door. INBOX is the queue; what is dealt with is moved to its folder.

Rules: reading changes nothing on the server (PEEK); mails are fetched and moved in sets; nobody else's
deleted mail is ever expunged; a mail that has vanished meanwhile is no error. A `uid` holds the mailbox's
UIDVALIDITY, so that a uid from before a restore never moves a stranger's mail. Whatever goes wrong with the
connection comes out as TryLater, with the connection closed.

imap-tools makes the connection. Sets are spoken to the server directly, because its bulk fetch pairs mails
wrongly when flags change meanwhile, and its move and flag expunge what others only marked as deleted.

fetching.py       fetching mails in sets, and of a giant mail only what is to be read
folders.py        folder names as one server spells them
giants.py         a giant mail without its weight
idle.py           waiting for mail with IMAP IDLE (RFC 2177), without losing what came a moment before
moving.py         moving mails in sets, whatever the server knows of it
server_words.py   what a server said, and what a connection died of, in a few printable words
structure.py      what a mail consists of, as the server tells it (BODYSTRUCTURE, RFC 3501 7.4.2)
"""

import imaplib
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox

from mailflow.errors import LoginRefused, TryLater
from mailflow.inbox.fetching import fetch_mails, uid_set
from mailflow.inbox.folders import find_spelling, make_folder
from mailflow.inbox.idle import forget_news, idle, news_pending
from mailflow.inbox.moving import move_mails
from mailflow.inbox.server_words import in_words, why
from mailflow.model import FolderName, Mail
from mailflow.tls import verified
from mailflow.wire import show_imap

if TYPE_CHECKING:
    from mailflow.settings import MailboxSettings

TIMEOUT = 60.0  # seconds until a silent server counts as gone
SET_SIZE = 500  # uids in one command


class Inbox:
    """One mailbox on one server. Use: connect, then fetch / file / wait as often as needed, close."""

    def __init__(self, settings: "MailboxSettings", timeout: float = TIMEOUT) -> None:
        self._settings = settings
        self._timeout = timeout
        self._box: BaseMailBox | None = None
        self._validity = ""
        self._folders: dict[FolderName, str] = {}
        self._hurried = False
        self.found = 0  # mails that the last `fetch` saw, fetched or not

    @property
    def connected(self) -> bool:
        """Is there a connection, as far as we know?"""
        return self._box is not None

    def connect(self) -> None:
        """Connect, log in, make missing folders, open the mailbox. Raises TryLater, also as LoginRefused."""
        self.close()
        with self._talking("Verbinden"):
            self._box = box = self._open()
            show_imap(box.client)
            self._log_in(box)
            # the list from before the login is often shorter: Dovecot tells of MOVE only now
            self._client._get_capabilities()
            spelling = find_spelling(box, can_namespace=self._can("NAMESPACE"))
            self._folders = {
                folder: make_folder(box, name, spelling) for folder, name in self._folder_names().items()
            }
            box.folder.set(spelling.spell(self._settings.folder))
            validity = self._client.untagged_responses.get("UIDVALIDITY") or [b"0"]
            self._validity = validity[-1].decode("ascii", "replace")

    def close(self) -> None:
        """End the connection. Never raises, and does not wait long for a farewell."""
        box, self._box = self._box, None
        if box is None:
            return
        with suppress(Exception):
            box.client.sock.settimeout(0.5)
            box.client.logout()
        with suppress(Exception):
            box.client.shutdown()

    def fetch(self, limit: int = 100, skip: Collection[str] = frozenset()) -> list[Mail]:
        """The oldest mails, at most `limit` and not those in `skip`; read without marking them.

        Mails that somebody has marked as deleted are left alone. Of a giant mail only the beginning is
        fetched (see fetching.py). Fewer than `limit` need not be all. Raises TryLater.
        """
        with self._talking("Abholen"):
            self._client.noop()  # some servers tell of new mail only after a command
            forget_news(self._client)
            all_here = [uid for uid in self._search() if self._token(uid) not in skip]
            self.found, here = len(all_here), all_here[:limit]
            if here:
                self._hurried = False
            return [replace(mail, uid=self._token(mail.uid)) for mail in fetch_mails(self._client, here)]

    def file(self, moves: Mapping[FolderName, Sequence[str]]) -> None:
        """Move mails to their folders, a set at a time. Vanished mails are passed over. Raises TryLater."""
        with self._talking("Ablegen"):
            for folder, tokens in moves.items():
                uids = [uid for uid in map(self._uid, tokens) if uid]
                for start in range(0, len(uids), SET_SIZE):
                    self._move(uids[start : start + SET_SIZE], self._folders[folder])

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Sleep until mail comes (True), `seconds` are over or `stop` is set. Raises TryLater."""
        with self._talking("Warten auf Post"):
            self._client.noop()  # not every server tells in IDLE what came before it (pymap does not)
            if news_pending(self._client) and not self._hurried:
                self._hurried = True  # once: a server that always says EXISTS must not keep us awake
                return True
            forget_news(self._client)
            if not (self._settings.idle and self._can("IDLE")):
                stop.wait(seconds)
                return False
            return idle(self._client, seconds, stop)

    # --- the conversation ---------------------------------------------------------------------------

    @property
    def _client(self) -> Any:
        """imaplib's connection. Any: we speak to parts of it that have no types."""
        if self._box is None:
            raise TryLater("Das Postfach ist nicht verbunden.")
        return self._box.client

    def _open(self) -> BaseMailBox:
        settings = self._settings
        if settings.security == "none":
            return MailBoxUnencrypted(settings.host, settings.port, timeout=self._timeout)
        context = verified(settings.ca_file)
        kind = MailBox if settings.security == "tls" else MailBoxStartTls
        return kind(settings.host, settings.port, timeout=self._timeout, ssl_context=context)

    def _log_in(self, box: BaseMailBox) -> None:
        user, password = self._settings.user, self._settings.password.get_secret_value()
        plain = (user + password).isascii() and "LOGINDISABLED" not in box.client.capabilities
        try:
            (box.login if plain else box.login_utf8)(user, password, initial_folder=None)
        except imaplib.IMAP4.abort:
            raise
        except (MailboxLoginError, imaplib.IMAP4.error) as error:
            self.close()
            raise LoginRefused(
                f"{self.name}: Die Anmeldung als „{user}“ wurde abgelehnt ({why(error)}). "
                "Bitte mailbox.user und mailbox.password prüfen."
            ) from None

    def _folder_names(self) -> dict[FolderName, str]:
        names = self._settings.folders
        return {
            "done": names.done,
            "attention": names.attention,
            "automatic": names.automatic,
            "failed": names.failed,
        }

    def _can(self, capability: str) -> bool:
        capabilities = self._client.capabilities
        return capability in capabilities or "IMAP4REV2" in capabilities

    def _search(self) -> list[str]:
        status, data = self._client.uid("SEARCH", "UNDELETED")
        if status != "OK":
            raise TryLater(f"{self.name}: Der Server gibt die Liste der Mails nicht her ({in_words(data)}).")
        uids = b" ".join(line for line in data if line).split()
        return sorted((uid.decode("ascii") for uid in uids), key=int)

    def _move(self, uids: Sequence[str], folder: str) -> None:
        refusal = move_mails(self._client, uid_set(uids), folder, self._can)
        if refusal is not None:
            raise TryLater(f"{self.name}: Der Ordner „{folder}“ nimmt nichts an ({refusal}).")

    def _token(self, uid: str) -> str:
        return f"{self._validity}/{uid}"

    def _uid(self, token: str) -> str | None:
        validity, _, uid = token.partition("/")
        return uid if validity == self._validity else None

    @property
    def name(self) -> str:
        """How messages call the server."""
        return f"IMAP-Server {self._settings.host}:{self._settings.port}"

    @contextmanager
    def _talking(self, doing: str) -> Iterator[None]:
        """Turn everything a connection can die of into TryLater, and forget the connection."""
        try:
            yield
        except (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError) as error:
            self.close()
            raise TryLater(f"{self.name}: {doing} gelang nicht ({why(error)}).") from error
