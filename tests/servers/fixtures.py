"""Fixtures: the servers, started once for a test run, and a fresh mailbox on them for each test."""

import shutil
import tomllib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailflow.config import example_config
from mailflow.desk import Desk
from mailflow.rules import load_rules
from mailflow.rules.layout import Layout, LayoutFile, compile_layout
from mailflow.templates import load_templates
from tests.servers import pymap_server
from tests.servers.authority import Authority
from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.installation import ROOT, Installation
from tests.servers.mailbox import Mailbox
from tests.servers.pymap_server import Pymap
from tests.servers.sink import Sink

# What Dovecot is told to announce, to be a poorer server than it is
NO_MOVE = 'protocol imap {\n imap_capability = "IMAP4rev1 NAMESPACE IDLE UIDPLUS"\n}\n'
BARE = 'protocol imap {\n imap_capability = "IMAP4rev1"\n}\n'


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def relay() -> Iterator[Sink]:
    """Where Dovecot's submission service hands over."""
    with Sink() as sink:
        yield sink


@contextmanager
def running(dovecot: Dovecot) -> Iterator[Dovecot]:
    try:
        yield dovecot.start()
    finally:
        dovecot.remove()


@pytest.fixture(scope="session")
def dovecot(authority: Authority, relay: Sink) -> Iterator[Dovecot]:
    """IMAP and submission with all that Dovecot can."""
    with running(Dovecot(authority, relay=relay.port)) as server:
        yield server


@pytest.fixture(scope="session")
def dotted_dovecot(authority: Authority) -> Iterator[Dovecot]:
    """Folders lie below "INBOX." and are separated by dots; no MOVE."""
    server = Dovecot(authority, prefix="INBOX.", separator=".", more=NO_MOVE)
    with running(server) as server:
        yield server


@pytest.fixture(scope="session")
def bare_dovecot(authority: Authority) -> Iterator[Dovecot]:
    """Neither MOVE nor UIDPLUS nor IDLE nor NAMESPACE is offered."""
    with running(Dovecot(authority, separator=".", more=BARE)) as server:
        yield server


@pytest.fixture(scope="session")
def plain_dovecot(authority: Authority) -> Iterator[Dovecot]:
    """Lets people log in without TLS, so that a proxy can look into the conversation."""
    with running(Dovecot(authority, plain=True)) as server:
        yield server


@pytest.fixture(scope="session")
def desk() -> Desk:
    """The rules and templates of the repository, and an event that is still to come."""
    config = example_config()
    rules, templates = load_rules(config.files.rules), load_templates(config.files.templates)
    return Desk(rules, templates, config.office())


@pytest.fixture(scope="session")
def pymap() -> Iterator[Pymap]:
    with Pymap() as server:
        yield server


@pytest.fixture(scope="session")
def cyrus(authority: Authority) -> Iterator[Cyrus]:
    with Cyrus(authority) as server:
        yield server


def fresh_mailbox(dovecot: Dovecot, authority: Authority) -> Mailbox:
    return Mailbox(dovecot.imaps, f"{uuid.uuid4().hex[:12]}@kaarst.example", PASSWORD, authority.ca_file)


@pytest.fixture
def mailbox(dovecot: Dovecot, authority: Authority) -> Mailbox:
    """An empty mailbox on Dovecot, over TLS."""
    return fresh_mailbox(dovecot, authority)


@pytest.fixture(params=["dovecot", "dotted_dovecot", "bare_dovecot", "cyrus", "pymap"])
def any_mailbox(request: pytest.FixtureRequest, authority: Authority) -> Mailbox:
    """An empty mailbox on each kind of server in turn."""
    return mailbox_on(request.param, request, authority)


def mailbox_on(kind: str, request: pytest.FixtureRequest, authority: Authority) -> Mailbox:
    """An empty mailbox on the server that the fixture of this name starts."""
    server = request.getfixturevalue(kind)
    if isinstance(server, Dovecot):
        return fresh_mailbox(server, authority)
    if isinstance(server, Cyrus):
        return server.mailbox()
    mailbox = Mailbox(server.port, pymap_server.USER, pymap_server.PASSWORD, None)
    empty(mailbox)
    return mailbox


def empty(mailbox: Mailbox) -> None:
    """Away with everything that earlier tests have left."""
    box = mailbox.open()
    for folder in box.folder.list():
        if "\\Noselect" in folder.flags or "\\NonExistent" in folder.flags:
            continue
        box.folder.set(folder.name)
        if uids := box.uids(charset=None):
            box.delete(uids)
    box.logout()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """An SMTP server that counts, without TLS or login."""
    with Sink() as sink:
        yield sink


@pytest.fixture
def installation(tmp_path: Path, mailbox: Mailbox, sink: Sink) -> Installation:
    """A working folder between the two; it looks into the mailbox each second."""
    return Installation.make(tmp_path, mailbox, sink.port, smtp_login=False, poll_seconds=1)


@pytest.fixture
def poisoned(installation: Installation) -> Installation:
    """The template for sign-ups breaks on parties of seven, which no trial run of templates has shown."""
    templates = installation.folder / "templates"
    shutil.copytree(ROOT / "templates", templates)
    access = templates / "access.de.txt"
    access.write_text(access.read_text("utf-8") + "{% if persons == 7 %}{{ 1 // 0 }}{% endif %}\n", "utf-8")
    config = installation.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace(f"{ROOT}/templates", str(templates)), "utf-8")
    return installation


@pytest.fixture(scope="session")
def layout() -> Layout:
    """The layout of mails as the repository's rules describe it."""
    folder = ROOT / "rules" / "layout"
    files = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))}
    return compile_layout({stem: LayoutFile.model_validate(file) for stem, file in files.items()})
