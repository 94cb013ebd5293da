"""Mailflow as it is installed: a working folder with a configuration, and the program as a process."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from mailflow.store import Store
from tests.servers.mailbox import Mailbox

ROOT = Path(__file__).resolve().parents[2]

CONFIG = """
[mailbox]
host = "127.0.0.1"
port = {mailbox.port}
security = "{imap_security}"
ca_file = "{ca_file}"
user = "{mailbox.user}"
poll_seconds = {poll_seconds}

[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "{smtp_security}"
ca_file = "{ca_file}"
user = "{smtp_user}"
sender = "Integrationsmanagement Kaarst <kennenlernen@diakonie.example>"

[event]
title = "Digitales Kennenlernen des Integrationsmanagements"
starts = {year}-03-17T15:00:00
ends = {year}-03-17T16:30:00
practice_starts = {year}-03-16T15:00:00
practice_ends = {year}-03-16T16:30:00
ideas_until = {year}-03-10

[zoom]
link = "https://zoom.example/j/98765432101"
meeting_id = "987 6543 2101"
passcode = "kaarst21"

[organiser]
name = "Max Gassen"
email = "gassen@diakonie.example"

[limits]
total_per_hour = 10000
total_per_day = 10000
domain_per_hour = 10000

[files]
rules = "{root}/rules"
templates = "{root}/templates"
"""


@dataclass
class Installation:
    """A working folder for one mailbox."""

    folder: Path
    mailbox: Mailbox

    @classmethod
    def make(
        cls,
        folder: Path,
        mailbox: Mailbox,
        smtp_port: int,
        *,
        smtp_login: bool = True,
        poll_seconds: int = 60,
    ) -> "Installation":
        """With `smtp_login`: STARTTLS and the mailbox's own user; without: a plain sink."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.toml").write_text(
            CONFIG.format(
                mailbox=mailbox,
                imap_security=mailbox.security if mailbox.ca_file else "none",
                ca_file=mailbox.ca_file or "",
                smtp_port=smtp_port,
                smtp_security="starttls" if smtp_login else "none",
                smtp_user=mailbox.user if smtp_login else "",
                year=datetime.now().astimezone().year + 1,  # the event is still to come
                poll_seconds=poll_seconds,
                root=ROOT,
            ),
            "utf-8",
        )
        (folder / "config.toml").chmod(0o600)  # as `mailflow init` leaves it
        return cls(folder, mailbox)

    def with_own_rules(self) -> "Installation":
        """The same with rules and templates of its own, and of the cases beside them the German ones alone,
        for all of them are tried at each check and each change."""
        for name in ("rules", "templates"):
            shutil.copytree(ROOT / name, self.folder / name)
        for file in (self.folder / "rules" / "cases").glob("*.toml"):
            if file.stem != "de":
                file.unlink()
        config = self.folder / "config.toml"
        config.write_text(config.read_text("utf-8").replace(f"{ROOT}/", f"{self.folder}/"), "utf-8")
        return self

    def start(
        self,
        *arguments: str,
        environment: Mapping[str, str] = MappingProxyType({}),
        stderr: int = subprocess.STDOUT,
        program: Sequence[str] = ("mailflow",),
    ) -> subprocess.Popen[str]:
        """`mailflow …` with this configuration, as a process of its own."""
        password = self.mailbox.password
        words = {"MAILFLOW_MAILBOX__PASSWORD": password, "MAILFLOW_SMTP__PASSWORD": password}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAILFLOW_")}
        return subprocess.Popen(
            [sys.executable, "-m", *program, "--config", str(self.folder / "config.toml"), *arguments],
            cwd=ROOT,
            env={**inherited, **words, **environment},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """The same to its end: exit code, and all that it said."""
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=240)
        return process.returncode, said

    @property
    def store_path(self) -> Path:
        return self.folder / "data" / "mailflow.json"

    def store(self) -> Store:
        """What it has recorded."""
        return Store.open(self.store_path, "Europe/Berlin")
