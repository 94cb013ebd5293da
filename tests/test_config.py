"""The configuration: where values come from, what is complained about, and that no secret is ever shown."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from mailflow.config import Config, example_config, load_config
from mailflow.defaults import EXAMPLE
from mailflow.errors import Misconfigured
from mailflow.key import key_file, make_key

NOBODY = 65534
CONFIGS = sorted((Path(__file__).parent / "configs").glob("*.toml"))
GOOD = """
[mailbox]
host = "imap.example.org"
user = "Post@Example.org"
password = "aus-der-datei"
ca_file = "haus.pem"

[smtp]
host = "localhost"
security = "none"
port = 2525
sender = "Kennenlernen <kennenlernen@example.org>"

[event]
title = "Kennenlernen"
starts = 2021-03-17T15:00:00
ends = 2021-03-17T15:30:00+00:00
ideas_until = 2021-03-10

[zoom]
link = "https://zoom.example/j/1"
meeting_id = "1"
passcode = "1"

[organiser]
name = "Max Gassen"
email = "gassen@example.org"
"""


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests has a say."""
    for name in [name for name in os.environ if name.upper().startswith("MAILFLOW_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(GOOD, "utf-8")
    return file


def complaints(file: Path) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as caught:
        load_config(file)
    return caught.value.complaints


@pytest.mark.parametrize("bad", CONFIGS, ids=lambda file: file.stem)
def test_each_bad_config_gives_its_sentences(bad: Path, tmp_path: Path) -> None:
    """Each line `#> …` of a file in tests/configs is part of one complaint, and there are no others."""
    wanted = re.findall(r"^#> (.+)$", bad.read_text("utf-8"), re.MULTILINE)
    file = tmp_path / "config.toml"
    file.write_bytes(bad.read_bytes())
    found = complaints(file)
    assert len(found) == len(wanted), found
    assert all(want in said for want, said in zip(sorted(wanted), sorted(found, key=_tail), strict=True)), (
        found
    )
    assert "geheim" not in str(found)


def _tail(said: str) -> str:
    """A complaint without its file, to sort it like what the test expects."""
    return said.split(": ", 1)[1] if not said.startswith("config.toml") else said


def test_environment_stands_over_credentials_over_file(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MAILFLOW_… wins over $CREDENTIALS_DIRECTORY, that over config.toml; the rest stays as it was."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "mailbox__password").write_text("aus-dem-credential\n", "utf-8")
    (credentials / "smtp__password").write_text("12345", "utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    config = load_config(good)
    assert config.mailbox.password.get_secret_value() == "aus-dem-credential"
    assert config.smtp.password.get_secret_value() == "12345"
    monkeypatch.setenv("MAILFLOW_MAILBOX__PASSWORD", "aus-der-umgebung")
    config = load_config(good)
    assert config.mailbox.password.get_secret_value() == "aus-der-umgebung"
    assert config.mailbox.host == "imap.example.org"


def test_wrong_names_in_the_environment_are_errors(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped table and a mistyped key are both told, with the likely name and without the value."""
    monkeypatch.setenv("MAILFLOW_MAILBX__PASSWORD", "streng geheim")
    monkeypatch.setenv("MAILFLOW_MAILBOX__PASWORD", "streng geheim")
    monkeypatch.setenv("MAILFLOW_SMTP__PORT", "viele")
    assert complaints(good) == (
        "Umgebungsvariable MAILFLOW_MAILBX__PASSWORD: Diesen Namen gibt es nicht. "
        "Gemeint ist wohl „MAILFLOW_MAILBOX__PASSWORD“.",
        "Umgebungsvariable MAILFLOW_MAILBOX__PASWORD: mailbox.pasword: Diesen Schlüssel gibt es hier nicht. "
        "Gemeint ist wohl „password“.",
        'Umgebungsvariable MAILFLOW_SMTP__PORT: smtp.port = "viele": Erwartet wird eine ganze Zahl.',
    )


def test_a_list_in_the_environment_is_json(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anything else is told with an example, not with pydantic's inner life."""
    monkeypatch.setenv("MAILFLOW_ZOOM__DIAL_IN", '["+49 69 1"]')
    assert load_config(good).zoom.dial_in == ("+49 69 1",)
    monkeypatch.setenv("MAILFLOW_ZOOM__DIAL_IN", "+49 69 1")
    (said,) = complaints(good)
    assert "MAILFLOW_ZOOM" in said
    assert "[" in said


def test_moments_are_aware(good: Path) -> None:
    """A moment without offset is local time of the event; one with an offset is turned into it."""
    event = load_config(good).event
    assert event.starts == datetime(2021, 3, 17, 15, tzinfo=ZoneInfo("Europe/Berlin"))
    assert (event.ends.hour, event.ends.minute) == (16, 30)


def test_relative_paths_count_from_the_file(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever Mailflow is started."""
    monkeypatch.chdir("/")
    config = load_config(good)
    assert config.store.path == good.parent / "data" / "mailflow.json"
    assert config.files.rules == good.parent / "rules"
    assert config.mailbox.ca_file == good.parent / "haus.pem"
    assert config.smtp.ca_file is None


def test_config_is_found(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$MAILFLOW_CONFIG, else ./config.toml; without any, the sentence says what to do."""
    monkeypatch.setenv("MAILFLOW_CONFIG", str(good))
    assert load_config().mailbox.host == "imap.example.org"
    monkeypatch.delenv("MAILFLOW_CONFIG")
    monkeypatch.chdir(good.parent)
    assert load_config().mailbox.host == "imap.example.org"
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    with pytest.raises(Misconfigured, match="mailflow init"):
        load_config()
    with pytest.raises(Misconfigured, match=r"nicht\.toml ist nicht lesbar.*mailflow init"):
        load_config(Path("nicht.toml"))


def test_file_saved_by_a_windows_editor(good: Path) -> None:
    """A byte order mark and CRLF do no harm; another encoding than UTF-8 is told."""
    good.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_config(good).organiser.name == "Max Gassen"
    good.write_bytes(GOOD.replace("Max", "Jörg").encode("latin-1"))
    (said,) = complaints(good)
    assert "Zeile 26" in said
    assert "UTF-8" in said


def test_secrets_are_not_shown(good: Path) -> None:
    """Printing the configuration shows neither passwords nor how to enter the conference."""
    shown = repr(load_config(good))
    assert "aus-der-datei" not in shown
    assert "https://zoom.example" not in shown


@pytest.mark.parametrize("closed", ["folder", "file"])
def test_a_credential_that_is_not_ours_to_read_is_told(closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there, so "missing" alone would send the administrator the wrong way."""
    with TemporaryDirectory() as name, whoever_owns_nothing(Path(name)) as folder:
        config, credentials = folder / "config.toml", folder / "credentials"
        config.write_text(GOOD.replace('password = "aus-der-datei"\n', ""), "utf-8")
        credentials.mkdir()
        (credentials / "mailbox__password").write_text("geheim", "utf-8")
        (credentials if closed == "folder" else credentials / "mailbox__password").chmod(0)
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
        with pytest.raises(Misconfigured, match=r"mailbox__password ist für diesen Benutzer nicht lesbar"):
            load_config(config).require_passwords()
        credentials.chmod(0o700)


@contextmanager
def whoever_owns_nothing(folder: Path) -> Iterator[Path]:
    """The folder as somebody who is not root, for root may read everything."""
    if os.geteuid() != 0:
        yield folder
        return
    os.chown(folder, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        os.seteuid(0)


def test_password_is_asked_for_by_who_connects(good: Path) -> None:
    """Reading the list needs none; logging in does, and says each way to give it."""
    good.write_text(GOOD.replace('password = "aus-der-datei"\n', ""), "utf-8")
    config = load_config(good)
    with pytest.raises(Misconfigured, match=r"MAILFLOW_MAILBOX__PASSWORD.*mailbox__password"):
        config.require_passwords()


def test_office_knows_its_own_addresses(good: Path) -> None:
    """Login names that are addresses, the sender and the aliases are ours, in any spelling."""
    good.write_text(
        GOOD.replace("[smtp]", 'aliases = ["Termine@example.org"]\n[smtp]').replace(
            "port = 2525", 'user = "u1"'
        ),
        "utf-8",
    )
    office = load_config(good).office()
    assert office.own_addresses == {"post@example.org", "kennenlernen@example.org", "termine@example.org"}
    assert (office.sender.name, office.sender.addr) == ("Kennenlernen", "kennenlernen@example.org")


def test_key_is_made_once_and_kept(good: Path) -> None:
    """Looking makes none; answering makes one, for the owner alone, that outlives a change of passwords."""
    before = load_config(good).office().secret
    file = key_file(load_config(good).store.path)
    assert not file.exists()
    made = load_config(good).office(create_key=True).secret
    assert made != before
    assert file.stat().st_mode & 0o777 == 0o600
    good.write_text(GOOD.replace("aus-der-datei", "ein-neues"), "utf-8")
    assert load_config(good).office().secret == made == make_key(load_config(good).store.path)
    file.write_bytes(b"kurz")
    with pytest.raises(Misconfigured, match="beschädigt"):
        load_config(good).office()


# --- config.example.toml -----------------------------------------------------------------------------

SETTING = re.compile(r"^(# )?([a-z_]+) = (.*?)\s{2,}# \S.+$|^(# )?([a-z_]+) = (.*?)$", re.MULTILINE)


def test_example_is_a_good_config() -> None:
    """As it stands, and read for whom has set nothing."""
    assert load_config(EXAMPLE) == example_config()


def test_example_lists_every_key_with_its_default(tmp_path: Path) -> None:
    """No key is missing; what is commented out is the default; what is not is required or an example."""
    text = EXAMPLE.read_text("utf-8")
    plain = re.sub(r"^# (?=[a-z_]+ = )", "", text, flags=re.MULTILINE)
    (tmp_path / "config.toml").write_text(plain, "utf-8")
    (tmp_path / "as-it-is.toml").write_text(text, "utf-8")
    everything = load_config(tmp_path / "config.toml")
    assert everything == load_config(tmp_path / "as-it-is.toml"), "a commented value is not the default"
    assert _keys(everything) == everything.model_fields_set | _keys_set(everything)


def test_example_says_why_one_would_change_a_default() -> None:
    """Each commented key has its half sentence."""
    lines = [line for line in EXAMPLE.read_text("utf-8").splitlines() if re.match(r"# [a-z_]+ = ", line)]
    assert lines
    assert [line for line in lines if not re.search(r"\S  +# \S{2,}", line)] == []


def _keys(model: BaseModel, prefix: str = "") -> set[str]:
    """All keys of the model, dotted."""
    found: set[str] = set()
    for name in type(model).model_fields:
        value = getattr(model, name)
        found |= _keys(value, f"{prefix}{name}.") if isinstance(value, BaseModel) else set()
        found.add(prefix + name)
    return found


def _keys_set(model: BaseModel, prefix: str = "") -> set[str]:
    """The keys that the file set."""
    found: set[str] = set()
    for name in model.model_fields_set:
        value = getattr(model, name)
        found |= _keys_set(value, f"{prefix}{name}.") if isinstance(value, BaseModel) else set()
        found.add(prefix + name)
    return found


def test_no_key_is_read_that_the_model_does_not_name() -> None:
    """Every table forbids unknown keys."""
    tables = [Config, *(field.annotation for field in Config.model_fields.values())]
    assert all(isinstance(t, type) and t.model_config.get("extra") == "forbid" for t in tables)  # type: ignore[attr-defined]
