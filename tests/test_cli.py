"""The command line: help, exit codes, complaints in German, `--config` on either side of the command."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from mailflow import __version__
from mailflow.cli import call, cli
from mailflow.commands.speech import Call
from mailflow.defaults import EXAMPLE
from mailflow.errors import MailflowError, Misconfigured, TryLater

MAIL = Path(__file__).parent / "mails" / "couple.eml"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a configuration of the machine that runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.upper().startswith("MAILFLOW_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def workplace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """What `mailflow init` lays out."""
    assert call(["init", str(tmp_path / "work")]) == 0
    capsys.readouterr()
    return tmp_path / "work"


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    """One short line for the list, a sentence of its own, and a half sentence for each option."""
    for name, command in cli.commands.items():
        assert command.short_help
        assert len(command.short_help) <= 60, name
        assert call([name, "--help"]) == 0
        shown = capsys.readouterr().out
        assert shown.startswith(f"Aufruf: mailflow {name} ")
        assert " ".join((command.help or "?").split()[:4]) in " ".join(shown.split())
        options = [option for option in command.params if isinstance(option, click.Option)]
        assert [option.name for option in options if not option.help] == [], name


def test_help_is_german_throughout(capsys: pytest.CaptureFixture[str]) -> None:
    """None of click's English is left."""
    for arguments in ([], ["--help"], *([name, "--help"] for name in cli.commands)):
        assert call(arguments) == 0
        shown = capsys.readouterr().out
        assert [
            word for word in ("Usage", "Options", "Show this", "required", "COMMAND") if word in shown
        ] == []


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """For bug reports."""
    assert call(["--version"]) == 0
    assert capsys.readouterr().out == f"mailflow {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lst"], "Den Befehl „lst“ gibt es nicht. Gemeint ist wohl „list“."),
        (["list", "--jso"], "Die Option --jso gibt es nicht. Gemeint ist wohl „--json“."),
        (["list", "people"], "Erwartet wird eines von registrations, ideas, attention."),
        (["list", "--json", "--csv"], "--json und --csv schließen einander aus."),
        (["explain"], "Es fehlt DATEI…."),
        (["explain", "--now", "gestern", "x.eml"], "Erwartet wird ein Zeitpunkt wie 2021-03-09T14:30."),
        (["add"], "Es fehlt --name."),
        (["add", "--name", "Erna", "--persons", "viele"], "--persons: Erwartet wird eine ganze Zahl."),
        (["cancel", "Erna", "Otto"], "Zu viele Angaben"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, on stderr, with the way to the help."""
    assert call(arguments) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert "--help" in shown.err
    assert shown.out == ""


def test_config_before_and_after_the_command(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both places mean the same; without a configuration the sentence says what to do."""
    file = str(workplace / "config.toml")
    assert call(["--config", file, "list", "--json"]) == 0
    assert call(["list", "--json", "--config", file]) == 0
    assert call(["list", "--json"]) == 78
    assert "mailflow init" in capsys.readouterr().err
    assert call(["list", "--config", "nirgends.toml"]) == 78
    assert "nirgends.toml ist nicht lesbar" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (MailflowError("Das ging nicht."), 1, "mailflow: Das ging nicht.\n"),
        (TryLater("Später."), 75, "mailflow: Später.\n"),
        (Misconfigured("Eins.", "Zwei."), 78, "mailflow: Eins.\nmailflow: Zwei.\n"),
    ],
)
def test_errors_become_words_and_exit_codes(
    error: Exception, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One place turns the family of errors into words."""
    from mailflow.cli import _told

    assert _told(error, Call()) == code
    assert capsys.readouterr().err == said


def test_unexpected_error_shows_no_text_of_a_mail(capsys: pytest.CaptureFixture[str]) -> None:
    """What an error says may be private; the traceback is one variable away."""
    from mailflow.cli import _told

    error = KeyError("Frau Hoffmann, 02131 555")
    assert _told(error, Call()) == 1
    assert "Hoffmann" not in (shown := capsys.readouterr().err)
    assert "KeyError" in shown
    assert "MAILFLOW_DEBUG" in shown
    assert _told(error, Call(debug=True)) == 1
    assert "Hoffmann" in capsys.readouterr().err


def test_help_needs_nothing_heavy() -> None:
    """`mailflow --help` loads neither pydantic nor any other library than click."""
    script = (
        "import sys; from mailflow.cli import call; call(['--help']);"
        "heavy = set('pydantic tinydb imap_tools jinja2 rich babel icalendar lxml yagmail'.split());"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_reader_that_stops_early(workplace: Path) -> None:
    """`mailflow explain … | head -1` ends without a word of complaint."""
    command = f"{sys.executable} -m mailflow explain --json {' '.join([str(MAIL)] * 300)} | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert done.stderr == b""


# --- init --------------------------------------------------------------------------------------------


def test_init_lays_out_a_working_folder(workplace: Path) -> None:
    """Configuration for the owner alone, rules, templates; and `check --offline` is content with it."""
    assert (workplace / "config.toml").read_bytes() == EXAMPLE.read_bytes()
    assert (workplace / "config.toml").stat().st_mode & 0o777 == 0o600
    assert list((workplace / "rules" / "meaning").glob("*.toml"))
    assert (workplace / "templates" / "access.de.txt").is_file()


def test_init_overwrites_nothing(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second call says what is there and leaves it as it is."""
    (workplace / "config.toml").write_text("meins", "utf-8")
    assert call(["init", str(workplace)]) == 1
    assert "config.toml" in capsys.readouterr().err
    assert (workplace / "config.toml").read_text("utf-8") == "meins"


def test_editors_know_every_key(workplace: Path) -> None:
    """A schema for each sort of file, from the models that check them; all TOML files are covered."""
    taplo = tomllib.loads((workplace / ".taplo.toml").read_text("utf-8"))
    covered: set[Path] = set()
    for rule in taplo["rule"]:
        files = {file for pattern in rule["include"] for file in workplace.glob(pattern)}
        told = json.loads((workplace / rule["schema"]["path"]).read_text("utf-8"))
        for file in files:
            assert set(tomllib.loads(file.read_text("utf-8"))) <= set(told["properties"]), file
        assert told["additionalProperties"] is False
        covered |= files
    assert covered == {file for file in workplace.rglob("*.toml") if not file.name.startswith(".")}


# --- explain ------------------------------------------------------------------------------------------


def test_explain_in_json(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """One object a line and file, with the fields that were promised, without any configuration."""
    assert call(["explain", "--json", str(MAIL), str(MAIL)]) == 0
    first, second = capsysbinary.readouterr().out.decode().splitlines()
    told = json.loads(first)
    assert told == json.loads(second)
    promised = (
        "file message_id from automatic language written intents registration ideas attention reasons reply"
    )
    assert set(promised.split()) | {"error"} <= set(told)
    assert told["from"] == "renate@web.example"
    assert told["registration"]["persons"] == 2
    assert set(told["reply"]) >= {"to", "subject", "template", "access", "headers", "text"}
    assert told["error"] is None


def test_explain_says_what_it_cannot_read(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """A missing file, a folder and mere noise each give their line, and the good one after them, too."""
    noise = tmp_path / "noise.eml"
    noise.write_bytes(bytes(range(256)) * 50)
    files = [tmp_path / "missing.eml", tmp_path, noise, MAIL]
    assert call(["explain", "--json", *map(str, files)]) == 0
    told = [json.loads(line) for line in capsysbinary.readouterr().out.decode().splitlines()]
    assert [each["file"] for each in told] == list(map(str, files))
    assert [bool(each["error"]) for each in told] == [True, True, False, False]
    assert told[0].keys() <= told[3].keys()


def test_explain_reads_well(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Who, what was understood and why, sentence by sentence, what would be done, and the whole answer."""
    assert call(["explain", str(MAIL)]) == 0
    page = capsysbinary.readouterr().out.decode()
    parts = ["Von ", "Verstanden", "Satz für Satz", "Warum", "Das würde geschehen", "| Betreff: "]
    places = [page.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert "intent" not in page


def test_explain_tells_a_fault_in_the_rules_it_needs(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It reads only the language of the mail, and says as much as `check` would."""
    (workplace / "rules" / "meaning" / "de.toml").write_text("unsinn = 1\n", "utf-8")
    assert call(["explain", str(MAIL), "--config", str(workplace / "config.toml")]) == 78
    assert "meaning/de.toml, Zeile 1: unsinn" in capsys.readouterr().err


def test_explain_from_stdin(workplace: Path) -> None:
    """`-` reads one mail from the input; a configuration in the working folder counts."""
    config = (workplace / "config.toml").read_text("utf-8")
    (workplace / "config.toml").write_text(config.replace("kaarst21", "ganz-anders"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mailflow", "explain", "--json", "--now", "2021-03-01T10:00", "-"],
        input=MAIL.read_bytes(),
        capture_output=True,
        cwd=workplace,
        check=True,
    )
    assert "ganz-anders" in json.loads(done.stdout)["reply"]["text"]
    assert done.stderr == b""


def test_explain_takes_the_moment_it_is_given(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """After the event, nobody is sent the access data any more."""
    assert call(["explain", "--json", str(MAIL), "--now", "2021-03-20"]) == 0
    assert not json.loads(capsysbinary.readouterr().out)["reply"]["access"]


def test_no_mail_steers_a_terminal(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Escape sequences in a mail are not handed on."""
    mail = tmp_path / "escape.eml"
    mail.write_bytes(b"From: a@b.example\nSubject: \x1b[2J\n\nIch komme gern. \x1b]0;x\x07 \xc2\x9b31m\n")
    assert call(["explain", str(mail)]) == 0
    page = capsysbinary.readouterr().out.decode()
    assert not {"\x1b", "\x07", "\x9b"} & set(page)


# --- check --------------------------------------------------------------------------------------------


def test_check_is_content_with_what_is_shipped(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Configuration, rules, templates and every case beside the rules."""
    assert call(["check", "--offline", "--config", str(workplace / "config.toml")]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert [
        what for what in ("Konfiguration", "Regeln", "Vorlagen", "Fälle") if f"✓ {what}" not in shown.err
    ] == []


def test_check_tells_faults_of_rules_and_templates_together(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 78, every fault with its file."""
    (workplace / "rules" / "meaning" / "de.toml").write_text("unsinn = 1\n", "utf-8")
    (workplace / "templates" / "access.de.txt").write_text("Subject: x\n\n{{ nmae }}\n", "utf-8")
    assert call(["check", "--offline", "--config", str(workplace / "config.toml")]) == 78
    shown = capsys.readouterr().err
    assert "meaning/de.toml, Zeile 1: unsinn" in shown
    assert "access.de.txt, Zeile 3" in shown


def test_check_names_the_case_that_a_change_breaks(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was expected, what came out, and which rules had a part in it."""
    case = '[[case]]\nname = "Neuer Fall"\ntext = "Ich melde mich an."\nintents = ["cancel"]\n'
    (workplace / "rules" / "cases").mkdir(exist_ok=True)
    (workplace / "rules" / "cases" / "zz.toml").write_text(case, "utf-8")
    assert call(["check", "--offline", "--config", str(workplace / "config.toml")]) == 78
    shown = capsys.readouterr().err
    assert "Fall „Neuer Fall“ (cases/zz.toml, Zeile 1): intents ist [sign_up], erwartet ist [cancel]" in shown


def test_check_names_a_rule_whose_template_is_not_there(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the likely typo; otherwise the first mail would find out."""
    rules = workplace / "rules" / "answers.toml"
    rules.write_text(
        rules.read_text("utf-8").replace('template = "access"', 'template = "acess"', 1), "utf-8"
    )
    assert call(["check", "--offline", "--config", str(workplace / "config.toml")]) == 78
    assert (
        'template = "acess": Diese Vorlage gibt es nicht. Gemeint ist wohl „access“.'
        in capsys.readouterr().err
    )


def test_check_warns_of_an_event_that_is_over(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever forgets to set the dates would wonder at the answers."""
    assert call(["check", "--offline", "--config", str(workplace / "config.toml")]) == 0
    assert "! Veranstaltung: sie war am 17.03.2021" in capsys.readouterr().err


def test_check_warns_of_a_password_that_others_can_read(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And does not show it."""
    file = workplace / "config.toml"
    file.write_text(file.read_text("utf-8").replace('# password = ""', 'password = "geheim-7" #'), "utf-8")
    file.chmod(0o644)
    assert call(["check", "--offline", "--config", str(file)]) == 0
    shown = capsys.readouterr().err
    assert f"chmod 600 {file}" in shown
    assert "geheim-7" not in shown
