"""`mailflow service`: the systemd unit, printed or laid out."""

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailflow.commands.speech import Call, Command
from mailflow.errors import MailflowError, Misconfigured

if TYPE_CHECKING:
    from mailflow.commands.unit import Unit
    from mailflow.config import Config

SYSTEM = Path("/etc/systemd/system")
MANY = Path("/etc/mailflow")  # where the folders of several mailboxes lie
_SECRET = re.compile(r"[a-z]+__[a-z_]+")


@click.command(cls=Command, short_help="Schreibt die Einheit für systemd.")
@click.option("--install", is_flag=True, help="Die Einheit ablegen, statt sie nur zu zeigen.")
@click.option("--template", is_flag=True, help="Für mehrere Postfächer: mailflow@NAME, je ein Ordner NAME.")
@click.option("--user", metavar="NAME", default="", help="Unter diesem Benutzer (Vorgabe: --dynamic).")
@click.option("--dynamic", is_flag=True, help="Unter einem Benutzer, den systemd selbst anlegt.")
@click.option(
    "--secret", "extra", metavar="NAME", multiple=True, help="Weiteres Geheimnis, etwa zoom__passcode."
)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="ORDNER",
    default=SYSTEM,
    help=f"Wohin --install sie legt (Vorgabe: {SYSTEM}).",
)
@click.pass_obj
def service(
    call: Call, install: bool, template: bool, user: str, dynamic: bool, extra: tuple[str, ...], into: Path
) -> None:
    """Zeigt die Einheit, mit der systemd Mailflow als Dienst betreibt, oder legt sie ab (--install)."""
    if user and dynamic:
        raise click.UsageError("--user und --dynamic schließen einander aus.")
    if wrong := [name for name in extra if not _SECRET.fullmatch(name)]:
        raise click.UsageError(f"--secret {wrong[0]}: Erwartet wird ein Name wie zoom__passcode.")
    unit = _for_many(call, user, extra) if template else _for_one(call, user, extra)
    if not install:
        click.echo(unit.text(), nl=False)
        return
    _lay_out(unit, into)
    click.echo(_next_steps(unit, into), err=True)


def _for_one(call: Call, user: str, extra: tuple[str, ...]) -> "Unit":
    """The unit for the configuration at hand."""
    from mailflow.commands.unit import Unit
    from mailflow.config import find_config, load_config

    file = (find_config(call.config) or Path("config.toml")).absolute()
    laid = _laid_secrets(file.parent / "credentials")
    config = load_config(call.config)
    _require_no_passwords(file)
    needed = ["mailbox__password", *(["smtp__password"] if config.smtp.user else [])]
    secrets = [*needed, *laid, *extra]
    return Unit(
        program=_program(),
        folder=file.parent,
        config=file.name,
        secrets=tuple(dict.fromkeys(secrets)),
        needed=(*_program_folders(), *_read_by(config)),
        user=user,
        systemd=_systemd(),
    )


def _laid_secrets(folder: Path) -> list[str]:
    """The secrets that lie there already; the configuration may rely on them."""
    try:
        names = sorted(file.name for file in folder.iterdir() if _SECRET.fullmatch(file.name))
    except OSError:  # not there, or not ours to read
        return []
    os.environ.setdefault("CREDENTIALS_DIRECTORY", str(folder))
    return names


def _for_many(call: Call, user: str, extra: tuple[str, ...]) -> "Unit":
    """The template. With --config the other mailboxes' folders lie beside that one's."""
    from mailflow.commands.unit import Unit

    secrets = dict.fromkeys(("mailbox__password", "smtp__password", *extra))
    return Unit(
        program=_program(),
        folder=call.config.absolute().parent.parent if call.config else MANY,
        secrets=tuple(secrets),
        needed=_program_folders(),
        template=True,
        user=user,
        systemd=_systemd(),
    )


def _program() -> tuple[str, ...]:
    """How this very program is called."""
    script = Path(sys.executable).with_name("mailflow")
    return (str(script),) if script.is_file() else (sys.executable, "-m", "mailflow")


def _program_folders() -> tuple[Path, ...]:
    """Where Python and we lie."""
    return Path(sys.prefix), Path(sys.base_prefix), Path(__file__).resolve().parents[2]


def _read_by(config: "Config") -> tuple[Path, ...]:
    """What the configuration points to."""
    named = (config.files.rules, config.files.templates, config.mailbox.ca_file, config.smtp.ca_file)
    return tuple(path for path in named if path)


def _require_no_passwords(file: Path) -> None:
    """The service reads config.toml as somebody else: all may read it, so no password may stand in it."""
    from mailflow.source import read_source

    data = read_source(file).data
    tables = [name for name in ("mailbox", "smtp") if data.get(name, {}).get("password")]
    if tables:
        raise Misconfigured(
            *(
                f"{file}: {name}.password gehört für den Dienst in eine eigene Datei, die nur root liest: "
                f"{file.parent}/credentials/{name}__password. Danach kann die Zeile hier entfallen."
                for name in tables
            )
        )


def _systemd() -> int:
    """The version of systemd here; 0 where there is none."""
    import shutil
    import subprocess

    program = shutil.which("systemctl") or shutil.which("systemd-analyze")
    if program is None:
        return 0
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=20)
    found = re.match(r"systemd (\d+)", said.stdout)
    return int(found[1]) if found else 0


def _lay_out(unit: "Unit", into: Path) -> None:
    """Write the unit, and the folder for secrets, for root alone."""
    try:
        into.mkdir(parents=True, exist_ok=True)
        (into / unit.name).write_text(unit.text(), "utf-8")
        (into / unit.name).chmod(0o644)
        if not unit.template:
            (unit.folder / "credentials").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise MailflowError(
            f"{error.filename} ließ sich nicht schreiben ({error.strerror}). Meist hilft: als root aufrufen."
        ) from None


def _next_steps(unit: "Unit", into: Path) -> str:
    """What is left to do for the administrator."""
    instance = "mailflow@NAME" if unit.template else "mailflow"
    folder = f"{unit.folder}/NAME" if unit.template else str(unit.folder)
    state = unit.state.replace("%i", "NAME")
    secrets = "\n".join(f"       {folder}/credentials/{name}" for name in unit.secrets)
    return (
        f"{into / unit.name} liegt bereit. Als Nächstes:\n"
        f"  1. Die Geheimnisse ablegen, jedes in einer Datei (chmod 600, root):\n{secrets}\n"
        f"  2. In {folder}/config.toml eintragen, damit auch „mailflow list“ denselben Bestand sieht:\n"
        f'       [store]\n       path = "/var/lib/{state}/mailflow.json"\n'
        f"     Der Dienst liest config.toml, rules/ und templates/ als ein anderer Benutzer: chmod a+r\n"
        f"     Was in config.toml geheim ist, vorher auslagern: --secret zoom__link --secret zoom__passcode\n"
        f"  3. CREDENTIALS_DIRECTORY={folder}/credentials mailflow check --config {folder}/config.toml\n"
        f"  4. systemctl daemon-reload && systemctl enable --now {instance}\n"
        f"  5. mailflow status --config {folder}/config.toml"
    )
