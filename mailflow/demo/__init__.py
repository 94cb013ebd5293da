"""The whole service at work, on this machine alone: sample mails arrive and are answered.

Nothing is played: the mails go through a real IMAP server, the answers through a real SMTP server, and what
is recorded is the ordinary store. Only the calendar is turned back to March 2021, when the event was.

servers.py   a real IMAP and a real SMTP server, on loopback
stage.py     what is shown of it
"""

import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from mailflow.demo.servers import HOST, PASSWORD, USER, deliver, imap_server, smtp_server
from mailflow.model import Plan

if TYPE_CHECKING:
    from mailflow.config import Config
    from mailflow.service import Service
    from mailflow.store import Store

_MOMENT = datetime.fromisoformat("2021-03-06T10:00:00+01:00")  # arrival of a mail without a readable date
_CONFIG = """\
# Die Einstellungen der Vorführung; alle anderen haben ihren Vorgabewert.
[mailbox]
host = "{host}"
port = {imap}
security = "none"
user = "{user}"
password = "{password}"

[smtp]
host = "{host}"
port = {smtp}
security = "none"
sender = "Integrationsmanagement Kaarst <{user}>"

[event]
title = "Digitales Kennenlernen des Integrationsmanagements"
starts = 2021-03-17T15:00:00
ends = 2021-03-17T16:30:00
practice_starts = 2021-03-16T15:00:00
practice_ends = 2021-03-16T16:30:00
ideas_until = 2021-03-10
timezone = "Europe/Berlin"
language = "de"

[zoom]
link = "https://zoom.example/j/84417203316"
meeting_id = "844 1720 3316"
passcode = "228106"
dial_in = ["+49 69 555 01010"]

[organiser]
name = "Max Gassen"
email = "gassen@kaarst.example"
phone = "02131 555-0100"

[store]
path = "data/mailflow.json"

[files]
rules = "{rules}"
templates = "{templates}"
"""


def run_demo(*, pause: float = 0.0) -> int:
    """Show it. `pause` seconds between mails, so that a person can follow. Returns the exit code."""
    from mailflow.demo.stage import Stage

    folder = Path(tempfile.mkdtemp(prefix="mailflow-demo-"))
    answers = folder / "answers"
    answers.mkdir()
    with imap_server() as imap, smtp_server(answers) as smtp:
        config = _config(folder, imap, smtp)
        with _opened(config) as store, Stage(config.mailbox.folders) as stage:
            clock = _Clock()
            service = _service(config, store, clock, stage.show)
            for file in sorted(
                files("mailflow.demo").joinpath("mails").iterdir(), key=lambda each: each.name
            ):
                raw = file.read_bytes()
                clock.now = _arrival(raw)
                deliver(raw, imap, clock.now)
                service.once()
                time.sleep(pause)
            stage.close(folder, store)
    return 0


class _Clock:
    """The calendar, turned back; each look is a moment later."""

    now: datetime = _MOMENT

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=10)
        return self.now


def _config(folder: Path, imap: int, smtp: int) -> "Config":
    from mailflow.config import load_config
    from mailflow.defaults import folder as defaults

    file = folder / "config.toml"
    texts = {"rules": defaults() / "rules", "templates": defaults() / "templates"}
    file.write_text(
        _CONFIG.format(host=HOST, imap=imap, smtp=smtp, user=USER, password=PASSWORD, **texts), "utf-8"
    )
    file.chmod(0o600)
    return load_config(file)


def _opened(config: "Config") -> "Store":
    from mailflow.store import Store

    return Store.open(config.store.path, config.event.timezone, worker=True)


def _service(config: "Config", store: "Store", clock: _Clock, show: Callable[[Plan], None]) -> "Service":
    from mailflow.desk import Desk
    from mailflow.inbox import Inbox
    from mailflow.outbox import Outbox
    from mailflow.rules import load_rules
    from mailflow.service import Service
    from mailflow.templates import load_templates

    rules, templates = load_rules(config.files.rules), load_templates(config.files.templates)
    desk = Desk(rules, templates, config.office(create_key=True))
    return Service(Inbox(config.mailbox), Outbox(config.smtp), store, desk, on_mail=show, clock=clock)


def _arrival(raw: bytes) -> datetime:
    date = next((line[5:].decode() for line in raw.splitlines() if line.startswith(b"Date:")), "")
    try:
        return parsedate_to_datetime(date)
    except ValueError:
        return _MOMENT
