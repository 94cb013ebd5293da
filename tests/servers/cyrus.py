"""Cyrus as a plain process: an IMAP server of another make, with TLS, MOVE, UIDPLUS and IDLE of its own kind.

`.ci/cyrus` unpacks it into a cache folder (Debian's package conflicts with Dovecot's). A mailbox comes into
being when its user logs in first. Cyrus will not be root: a test run by root starts it as `nobody`, from
a copy that nobody may read.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

from tests.servers import answers, free_ports, missing
from tests.servers.authority import Authority
from tests.servers.dovecot import die_with_parent
from tests.servers.mailbox import Mailbox

PASSWORD = "geheim"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mailflow-tests" / "cyrus"
UNPACKED = Path(os.environ.get("MAILFLOW_CYRUS") or CACHE)
NEEDED = ("usr/lib/cyrus/bin/imapd", "usr/lib/cyrus/bin/idled", "usr/lib/cyrus/bin/ctl_cyrusdb")
MASTER, USERS = "usr/lib/cyrus/bin/master", "usr/sbin/saslpasswd2"

IMAPD_CONF = """
cyrus_user: {user}
configdirectory: {root}/lib
defaultpartition: default
partition-default: {root}/spool
admins: admin
servername: localhost
unixhierarchysep: yes
altnamespace: yes
virtdomains: off
allowplaintext: no
sasl_mech_list: PLAIN
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {root}/sasldb
tls_server_cert: {root}/server.pem
tls_server_key: {root}/server.key
tls_session_timeout: 0
idlesocket: {root}/idle
autocreate_quota: 0
sievedir: {root}/sieve
syslog_prefix: mailflowtests
"""

CYRUS_CONF = """
START {{
  recover cmd="{bin}/ctl_cyrusdb -C {root}/imapd.conf -r"
  idled cmd="{bin}/idled -C {root}/imapd.conf"
}}
SERVICES {{
  imaps cmd="{bin}/imapd -C {root}/imapd.conf -s -U 30" listen="127.0.0.1:{port}" prefork=1 maxchild=30
}}
EVENTS {{
}}
"""


class Cyrus:
    """`with Cyrus(authority) as server:` listens on `server.port` (TLS)."""

    def __init__(self, authority: Authority) -> None:
        if not (UNPACKED / MASTER).exists():
            missing("Cyrus (unpacked by .ci/cyrus)")
        (self.port,) = free_ports(1)
        self._authority = authority
        self.root = Path(tempfile.mkdtemp(prefix="mailflow-cyrus-"))
        self._owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self._tree = self._readable_tree()
        self._process: subprocess.Popen[bytes] | None = None
        self._write()

    def _readable_tree(self) -> Path:
        if os.getuid():
            return UNPACKED
        tree = self.root / "tree"
        for name in (*NEEDED, MASTER):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(UNPACKED / name, tree / name)
        for libraries in _libraries(UNPACKED):
            shutil.copytree(libraries, tree / libraries.relative_to(UNPACKED), symlinks=True)
        return tree

    def _write(self) -> None:
        for part in ("lib/proc", "lib/db", "lib/socket", "lib/log", "lib/msg", "lib/lock", "spool", "sieve"):
            (self.root / part).mkdir(parents=True)
        shutil.copy(self._authority.certificate, self.root / "server.pem")
        shutil.copy(self._authority.key, self.root / "server.key")
        values = {
            "root": self.root,
            "user": self._owner.pw_name,
            "port": self.port,
            "bin": self._tree / "usr/lib/cyrus/bin",
        }
        (self.root / "imapd.conf").write_text(IMAPD_CONF.format(**values))
        (self.root / "cyrus.conf").write_text(CYRUS_CONF.format(**values))
        self.add_user("admin")
        if os.getuid() == 0:
            for path in (self.root, *self.root.rglob("*")):
                os.chown(path, self._owner.pw_uid, self._owner.pw_gid, follow_symlinks=False)

    def _environment(self, tree: Path) -> dict[str, str]:
        libraries = [str(path) for path in _libraries(tree)]
        plugins = [f"{path}/sasl2" for path in (*libraries, *Path("/usr/lib").glob("*-linux-gnu"))]
        paths = {"LD_LIBRARY_PATH": ":".join(libraries), "SASL_PATH": ":".join(plugins)}
        return {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", **paths}

    def add_user(self, name: str) -> None:
        """Somebody who may log in, with PASSWORD."""
        subprocess.run(
            [UNPACKED / USERS, "-p", "-c", "-f", self.root / "sasldb", "-u", "localhost", name],
            input=PASSWORD.encode(),
            env=self._environment(UNPACKED),
            check=True,
        )

    def mailbox(self) -> Mailbox:
        """An empty mailbox of a new user."""
        name = uuid.uuid4().hex[:12]
        self.add_user(name)
        return Mailbox(self.port, name, PASSWORD, self._authority.ca_file)

    def start(self) -> "Cyrus":
        owner = {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}
        self._process = subprocess.Popen(
            [
                *(self._tree / MASTER, "-C", self.root / "imapd.conf"),
                *("-M", self.root / "cyrus.conf", "-p", self.root / "master.pid"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.root,
            env=self._environment(self._tree),
            start_new_session=True,
            preexec_fn=die_with_parent,
            **(owner if os.getuid() == 0 else {}),  # type: ignore[call-overload]
        )
        end = time.monotonic() + 20
        while not answers(self.port):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Cyrus did not start ({self._process.poll()})")
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        """Its children are told by it."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(20)
        self._process = None

    def __enter__(self) -> "Cyrus":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)


def _libraries(tree: Path) -> list[Path]:
    return [*tree.glob("lib/*-linux-gnu"), *tree.glob("usr/lib/*-linux-gnu")]
