"""Dovecot as a plain process: IMAP with TLS and STARTTLS, and submission with STARTTLS and login.

Any user name logs in with PASSWORD (so each test has a mailbox of its own), but "umlaut@…" only with
UMLAUT_PASSWORD. Submission hands over to the sink that the test names. Root may not own Dovecot's
mails, so a test run by root starts it as `nobody`.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from tests.servers import answers, free_ports, missing
from tests.servers.authority import Authority

PASSWORD = "geheim"
UMLAUT_PASSWORD = "Grüße aus Köln"
BINARY = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

CONFIG = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
listen = 127.0.0.1
protocols = imap{submission}
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 0
disable_plaintext_auth = {only_tls}
login_trusted_networks =
ssl = yes
ssl_cert = <{root}/server.pem
ssl_key = <{root}/server.key
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
hostname = mail.kaarst.example
postmaster_address = postmaster@kaarst.example
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
submission_relay_trusted = no
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
}}
passdb {{
  driver = passwd-file
  args = username_format=%u {root}/users
  result_failure = {after_failure}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={root}/mail/%u
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
{more}
"""

SUBMISSION = """
service submission-login {{
  chroot =
  inet_listener submission {{
    port = {port}
  }}
}}
"""


def die_with_parent() -> None:
    """A test run that is killed leaves no server behind (Linux: PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Dovecot:
    """One running Dovecot. `stop()` and `start()` may alternate; ports and mails stay."""

    def __init__(
        self,
        authority: Authority,
        *,
        relay: int = 0,
        prefix: str = "",
        separator: str = "/",
        more: str = "",
        plain: bool = False,
    ) -> None:
        if BINARY is None:
            missing("Dovecot")
        self.imap, self.imaps, self.submission = free_ports(3)
        self.root = Path(tempfile.mkdtemp(prefix="mailflow-dovecot-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self._write(authority, relay, prefix, separator, more, plain)

    def _write(
        self, authority: Authority, relay: int, prefix: str, separator: str, more: str, plain: bool
    ) -> None:
        import grp

        for part in ("run", "state", "mail"):
            (self.root / part).mkdir()
        shutil.copy(authority.certificate, self.root / "server.pem")
        shutil.copy(authority.key, self.root / "server.key")
        (self.root / "users").write_text(f"umlaut@kaarst.example:{{PLAIN}}{UMLAUT_PASSWORD}\n", "utf-8")
        if relay:
            more += SUBMISSION.format(port=self.submission)
        config = CONFIG.format(
            root=self.root,
            user=self._owner.pw_name,
            group=grp.getgrgid(self._owner.pw_gid).gr_name,
            imap=self.imap,
            imaps=self.imaps,
            relay=relay,
            prefix=prefix,
            separator=separator,
            password=PASSWORD,
            after_failure="continue",
            only_tls="no" if plain else "yes",
            submission=" submission" if relay else "",
            more=more,
        )
        (self.root / "dovecot.conf").write_text(config)
        if os.getuid() == 0:
            for path in (self.root, *self.root.rglob("*")):
                os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def start(self) -> "Dovecot":
        assert BINARY is not None
        owner = {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}
        self._process = subprocess.Popen(
            [BINARY, "-F", "-c", str(self.root / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self.root,
            start_new_session=True,
            preexec_fn=die_with_parent,
            **(owner if os.getuid() == 0 else {}),  # type: ignore[call-overload]
        )
        end = time.monotonic() + 20
        while not answers(self.imaps):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Dovecot did not start: {self.complaints()}")
            time.sleep(0.02)
        return self

    def complaints(self) -> str:
        """What it wrote to its log and to stderr."""
        log = self.root / "dovecot.log"
        written = log.read_text("utf-8", "replace") if log.exists() else ""
        if self._process and self._process.poll() is not None and self._process.stderr:
            written += self._process.stderr.read().decode("utf-8", "replace")
        return written

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)  # its children too: else it waits for them 10 s
            self._process.wait(20)
        self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)
