"""`mailflow service`: what systemd itself says of the unit, and the service run as the unit would run it."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mailflow.commands.unit import HIDDEN, Unit
from tests.servers import missing
from tests.servers.installation import ROOT, Installation
from tests.servers.mailbox import Mailbox
from tests.servers.serving import eventually, sign_up
from tests.servers.sink import Sink
from tests.servers.watcher import Watcher

PROGRAM = str(Path(sys.executable).with_name("mailflow"))
ONE = Unit((PROGRAM,), Path("/etc/mailflow"), secrets=("mailbox__password", "smtp__password"))
UNITS = {
    "dynamic": ONE,
    "fixed user": replace(ONE, user="mail"),
    "template": replace(ONE, template=True),
    "odd places": replace(ONE, folder=Path('/home/a b/50% "x" $HOME'), needed=(Path("/home/mail flow"),)),
}


def written(unit: Unit, folder: Path) -> Path:
    """The unit as a file; of a template one instance, which is what systemd can judge."""
    file = folder / unit.name.replace("@", "@kaarst")
    file.write_text(unit.text(), "utf-8")
    return file


def analyze(*arguments: str | Path) -> tuple[int, str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        missing("systemd-analyze")
    done = subprocess.run([str(program), *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("kind", UNITS)
def test_systemd_finds_nothing_to_say(kind: str, tmp_path: Path) -> None:
    """Of this or a newer version; a warning would be a word on stderr."""
    assert analyze("verify", written(UNITS[kind], tmp_path)) == (0, "")


@pytest.mark.parametrize("kind", UNITS)
def test_systemd_rates_it_safe(kind: str, tmp_path: Path) -> None:
    """At most 1.5 of 10."""
    code, said = analyze("security", "--offline=true", "--threshold=15", written(UNITS[kind], tmp_path))
    assert code == 0, said
    found = re.search(r"exposure level for \S+: ([0-9.]+)", said)
    assert found
    assert float(found[1]) <= 1.5


def test_a_newer_systemd_gets_growing_pauses() -> None:
    """An older one would warn of keys that it does not know."""
    assert "RestartSteps" not in ONE.text()
    assert "RestartMaxDelaySec=1h" in replace(ONE, systemd=254).text()
    for unit in (ONE, replace(ONE, systemd=254)):
        assert "Restart=on-failure" in unit.text()
        assert "RestartPreventExitStatus=78" in unit.text()


def test_every_mailbox_has_its_own_place() -> None:
    """Folder, state and secrets of a template all carry the instance's name."""
    text = UNITS["template"].text()
    for key in ("ExecStart", "StateDirectory", "Environment", "LoadCredential"):
        values = re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)
        assert values
        assert [value for value in values if "%i" not in value] == []
    # within the state of a single service its made-up user could not pass
    assert f"{ONE.state}/" not in UNITS["template"].state


@pytest.fixture
def working_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    subprocess.run([PROGRAM, "init", str(folder)], check=True, capture_output=True)
    return folder


def service(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [PROGRAM, "service", "--config", str(folder / "config.toml"), *arguments]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAILFLOW_")}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=inherited)


def test_it_is_printed_or_laid_out(working_folder: Path, tmp_path: Path) -> None:
    shown = service(working_folder)
    assert shown.returncode == 0, shown.stderr
    assert f"--config {working_folder}/config.toml" in shown.stdout
    done = service(working_folder, "--install", "--into", str(tmp_path / "units"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "units" / "mailflow.service").read_text("utf-8") == shown.stdout
    assert (working_folder / "credentials").stat().st_mode & 0o777 == 0o700
    assert "systemctl enable --now mailflow" in done.stderr
    many = service(working_folder, "--template", "--user", "mail", "--secret", "zoom__passcode")
    assert "User=mail\n" in many.stdout
    assert f"--config {tmp_path}/%i/config.toml" in many.stdout
    assert f"LoadCredential=zoom__passcode:{tmp_path}/%i/credentials/zoom__passcode" in many.stdout


def test_secrets_that_lie_there_are_passed_on(working_folder: Path) -> None:
    """The passcode stands in no configuration: the unit is made all the same, and names it."""
    config = working_folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace('passcode = "kaarst21"', ""), "utf-8")
    assert service(working_folder).returncode == 78
    (working_folder / "credentials").mkdir(mode=0o700)
    (working_folder / "credentials" / "zoom__passcode").write_text("kaarst21\n", "utf-8")
    done = service(working_folder)
    assert done.returncode == 0, done.stderr
    place = f"{working_folder}/credentials"
    for name in ("mailbox__password", "smtp__password", "zoom__passcode"):
        assert f"LoadCredential={name}:{place}/{name}\n" in done.stdout
    assert "kaarst21" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--user", "mail", "--dynamic"), "schließen einander aus"),
        (("--secret", "passwort"), "Erwartet wird ein Name wie zoom__passcode"),
    ],
)
def test_words_that_do_not_fit(arguments: tuple[str, ...], said: str, working_folder: Path) -> None:
    done = service(working_folder, *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_password_in_the_configuration_is_refused(working_folder: Path) -> None:
    """The service's user must be able to read config.toml, and so could others."""
    config = working_folder / "config.toml"
    config.write_text(
        config.read_text("utf-8").replace('# password = ""', 'password = "geheim-7" #'), "utf-8"
    )
    done = service(working_folder)
    assert done.returncode == 78
    assert "credentials/mailbox__password" in done.stderr
    assert "geheim-7" not in done.stderr + done.stdout


# --- as the unit would run it ---------------------------------------------------------------------------


def confined(installation: Installation, state: Path, watcher: Watcher) -> "subprocess.Popen[str]":
    """The service as nobody, on a file system that is read-only except for its state."""
    unit = Unit((PROGRAM,), installation.folder, needed=(Path(sys.prefix), Path(sys.base_prefix), ROOT))
    bound = re.findall(r"^BindReadOnlyPaths=(.*)$", unit.text(), re.MULTILINE)
    steps = f"""
    set -e
    mount --make-rprivate /
    keep=$(mktemp -d); mount -t tmpfs tmpfs "$keep"
    for path in {" ".join(bound)}; do mkdir -p "$keep$path"; mount --bind "$path" "$keep$path"; done
    for path in {" ".join(map(str, HIDDEN))}; do
      [ ! -d "$path" ] || mount -t tmpfs -o mode=755 tmpfs "$path"
    done
    for path in {" ".join(bound)}; do mkdir -p "$path"; mount --bind "$keep$path" "$path"; done
    mount --bind {state} {state}
    mount -o remount,bind,ro /
    for path in $(awk '{{print $5}}' /proc/self/mountinfo); do
      case $path in {state}|/proc*|/sys*|/dev*) continue ;; esac
      mount -o remount,bind,ro "$path" 2>/dev/null || true
    done
    ! touch {installation.folder}/x 2>/dev/null
    exec setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all \\
      --no-new-privs {PROGRAM} run --config {installation.folder}/config.toml
    """
    environment = {
        "PATH": os.environ["PATH"],
        "MAILFLOW_STORE__PATH": str(state / "mailflow.json"),
        "CREDENTIALS_DIRECTORY": str(installation.folder / "credentials"),
        "NOTIFY_SOCKET": watcher.address,
    }
    return subprocess.Popen(
        ["unshare", "--mount", "sh", "-c", steps],
        cwd="/",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.dovecot
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take everything away from a process")
def test_it_works_with_nothing_but_its_state(
    mailbox: Mailbox, sink: Sink, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As nobody, on a read-only file system, with its password as a credential, watched by systemd."""
    folder = tmp_path_factory.mktemp("unit")
    for each in (folder, *folder.parents):
        if each.stat().st_uid == 0 and each != Path("/") and each.is_relative_to("/tmp"):
            each.chmod(each.stat().st_mode | 0o055)
    installation = Installation.make(folder, mailbox, sink.port, smtp_login=False, poll_seconds=1)
    (folder / "config.toml").chmod(0o644)
    credentials, state = folder / "credentials", folder / "state"
    for each in (credentials, state):
        each.mkdir(mode=0o700)
        os.chown(each, 65534, 65534)
    (credentials / "mailbox__password").write_text(f"{mailbox.password}\n", "utf-8")
    os.chown(credentials / "mailbox__password", 65534, 65534)
    if mailbox.ca_file:
        shutil.copy(mailbox.ca_file, folder / "ca.pem")
        config = folder / "config.toml"
        text = config.read_text("utf-8").replace(str(mailbox.ca_file), "ca.pem")
        config.write_text(text, "utf-8")
    mailbox.deliver(sign_up(1))
    with Watcher() as watcher:
        process = confined(installation, state, watcher)
        try:
            eventually(lambda: process.poll() is not None or len(sink.taken) == 1, 60)
            assert process.poll() is None, process.communicate()
            eventually(lambda: "WATCHDOG=1" in watcher.heard)
            process.terminate()
            said, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0, said
    assert watcher.heard[0] == "READY=1"
    assert "STOPPING=1" in watcher.heard
    assert {each.name for each in state.iterdir()} >= {"mailflow.json", "mailflow.key", "mailflow.status"}
    assert {each.stat().st_uid for each in state.iterdir()} == {65534}
