"""The systemd unit of the service, as text.

Rules: it runs on systemd 252 (Debian 12) and newer without a warning; what only newer ones know is left out
for older ones. The service may read its program, its configuration and the network, and write its own state,
and nothing else. Secrets come as credentials: files that root alone can read. A core dump would hold mails:
there is none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HIDDEN = (Path("/home"), Path("/root"), Path("/run/user"))  # by ProtectHome
STEPS_SINCE = 254  # systemd that knows growing pauses between restarts

_HARDENED = """\
# Was der Dienst nicht braucht, darf er nicht
UMask=0077
LimitCORE=0
MemoryHigh=384M
MemoryMax=512M
TasksMax=32
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=tmpfs
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
PrivateMounts=yes
PrivateIPC=yes
DevicePolicy=closed
ProtectHostname=yes
ProtectClock=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
"""


@dataclass(frozen=True, slots=True)
class Unit:
    """What differs from one installation to the next."""

    program: Sequence[str]  # `mailflow`, as it is called
    folder: Path  # of config.toml; of the folders of all mailboxes in a template
    config: str = "config.toml"
    secrets: Sequence[str] = ()  # names of credentials, as in "mailbox__password"
    needed: Sequence[Path] = ()  # to be read, wherever it lies
    template: bool = False  # for several mailboxes: mailflow@NAME
    user: str = ""  # "": one that systemd makes up
    systemd: int = 0  # its version; 0 where unknown

    @property
    def name(self) -> str:
        """The file's name."""
        return "mailflow@.service" if self.template else "mailflow.service"

    @property
    def state(self) -> str:
        """The folder below /var/lib."""
        # beside that of a single service and not within it: a made-up user may not pass through another's
        return "mailflow-%i" if self.template else "mailflow"

    def text(self) -> str:
        """The whole unit."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        place = _escaped(self.folder) + ("/%i" if self.template else "")
        of = " for %i" if self.template else ""
        yield "# Von „mailflow service“ geschrieben. Eigenes gehört in eine Ergänzung: systemctl edit"
        yield from ("[Unit]", f"Description=Mailflow answers the registration mailbox{of}")
        yield from (
            "Wants=network-online.target",
            "After=network-online.target",
            "StartLimitIntervalSec=0",
            "",
        )
        yield from ("[Service]", "Type=notify", "NotifyAccess=main")
        words = [*map(_quoted, self.program), "run", "--config", _quote(f"{place}/{_escaped(self.config)}")]
        yield f"ExecStart={' '.join(words)}"
        yield from ("WatchdogSec=30min", "TimeoutStartSec=2min", "TimeoutStopSec=2min")
        yield from ("Restart=on-failure", "RestartPreventExitStatus=78")
        grows = self.systemd >= STEPS_SINCE
        yield from (
            ("RestartSec=5s", "RestartSteps=10", "RestartMaxDelaySec=1h") if grows else ("RestartSec=30s",)
        )
        yield from (f"User={self.user}",) if self.user else ("DynamicUser=yes",)
        yield from (f"StateDirectory={self.state}", "StateDirectoryMode=0700")
        yield f"Environment=MAILFLOW_STORE__PATH=%S/{self.state}/mailflow.json"
        for secret in self.secrets:
            yield f"LoadCredential={secret}:{place}/credentials/{secret}"
        yield from ("", *_HARDENED.splitlines())
        for path in dict.fromkeys((*self.needed, self.folder)):
            if any(path.is_relative_to(hidden) for hidden in HIDDEN):
                yield f"BindReadOnlyPaths={_quoted(str(path))}"
        yield from ("", "[Install]", "WantedBy=multi-user.target")


def _escaped(text: object) -> str:
    """A % would begin one of systemd's own words."""
    return str(text).replace("%", "%%")


def _quote(text: str) -> str:
    """One word, whatever it holds."""
    if not any(sign in text for sign in " \t\"'\\$"):
        return text
    inside = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{inside}"'


def _quoted(text: str) -> str:
    return _quote(_escaped(text))
