"""The shipped templates are whole in every language, and a wrong one is told with its line."""

from pathlib import Path

import pytest

from mailflow.errors import Misconfigured
from mailflow.templates import Templates, load_templates
from mailflow.templates.values import SAMPLE, UNSET, samples
from tests.answers import FOLDER, LANGUAGES, WITH_ACCESS, WITHOUT_ACCESS

BAD = Path(__file__).parent / "bad_templates"
FRAME = (FOLDER / "frame.html").read_text("utf-8")


@pytest.fixture(scope="module")
def templates() -> Templates:
    return load_templates(FOLDER)


def test_every_answer_in_every_language(templates: Templates) -> None:
    """Ten answers, thirteen languages, and each loads and renders with all sample values."""
    answers = {*WITH_ACCESS, *WITHOUT_ACCESS}
    assert templates.names == {*answers, "alarm", "repair", "locked", "stuck"}
    assert {name: templates.languages(name) for name in answers} == dict.fromkeys(answers, LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*WITH_ACCESS, *WITHOUT_ACCESS])
def test_nothing_runs_together(name: str, language: str, templates: Templates) -> None:
    """Jinja2 swallows the line break after "%}": no list item and no heading may stick to the line before."""
    for values in samples(access=name in WITH_ACCESS):
        text = templates.render(name, language, values).text
        lines = text.splitlines()
        assert not [line for line in lines if " - " in line or "--" in line.strip("\u200f-")], text
        assert not [line for line in lines if line != line.strip()], text
        assert "\n\n\n" not in text
        headings = [at for at, line in enumerate(lines) if set(line.strip("\u200f")) == {"-"}]
        assert all(lines[at - 1] and (at < 2 or not lines[at - 2]) for at in headings), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_access_data_stand_on_their_own(language: str, templates: Templates) -> None:
    """The link has a line to itself and no invisible marks around it; numbers and passcode are there."""
    for name in WITH_ACCESS:
        lines = templates.render(name, language, SAMPLE).text.splitlines()
        assert "https://zoom.example/j/81234567890" in lines
        assert [line for line in lines if "812 3456 7890" in line and "Kaarst17" not in line]
        assert [line for line in lines if line.endswith(" Kaarst17")]
        assert sum("+49" in line for line in lines) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_says_back_what_was_understood(language: str, templates: Templates) -> None:
    """Number of people, organisation and phone; nothing of what was not said."""
    said = templates.render("access", language, {**SAMPLE, "persons": 23}).text
    assert "23" in said.split("812 3456")[0]
    assert "Familienzentrum Sonnenschein" in said
    assert "02131 555-0142" in said
    silent = templates.render("access", language, {**SAMPLE, **UNSET, "sign_up": True}).text
    assert "Familienzentrum" not in silent
    assert "0142" not in silent


@pytest.mark.parametrize(
    ("language", "default", "chosen"),
    [
        ("de", "de", "de"),
        ("tr", "de", "tr"),
        ("nl", "de", "de"),
        ("nl", "en", "en"),
        ("de", "de-leicht", "de-leicht"),
        ("de-leicht", "de", "de-leicht"),
        ("en", "de-leicht", "en"),
        ("nl", "de-leicht", "de-leicht"),
        ("en-gb", "de", "en"),
        ("nl", "sv", "en"),
    ],
)
def test_which_language_answers(language: str, default: str, chosen: str, templates: Templates) -> None:
    """The writer's own; else the office's. An office that chose a variant answers its base language in it."""
    assert templates.render("idea", language, {**SAMPLE, "access": None}, default).language == chosen


def test_the_version_changes_with_every_letter(templates: Templates) -> None:
    """So a running service sees what is new."""
    other = Templates(FOLDER, {**templates.files, "idea.de.txt": templates.files["idea.de.txt"] + " "})
    assert other.version != templates.version == load_templates(FOLDER, tried=False).version


def test_values_are_never_syntax(templates: Templates) -> None:
    """A name like a template stays a name."""
    text = templates.render("access", "de", {**SAMPLE, "name": "{{ access.passcode }}{% if x %}"}).text
    assert text.startswith("Guten Tag {{ access.passcode }}{% if x %},\n")


def test_values_keep_their_direction(templates: Templates) -> None:
    """Latin names are set apart in Arabic, Arabic names in German; plain German stays without any marks."""
    assert "\u2068Renate Hoffmann\u2069" in templates.render("access", "ar", SAMPLE).text
    assert "\u2068سامر\u2069" in templates.render("access", "de", {**SAMPLE, "name": "سامر"}).text
    assert not set(templates.render("access", "de", SAMPLE).text) & set("\u2066\u2068\u2069\u200f")


def complaints(folder: Path) -> list[str]:
    with pytest.raises(Misconfigured) as refusal:
        load_templates(folder)
    return [line.removeprefix(f"{folder}/") for line in refusal.value.complaints]


@pytest.mark.parametrize("file", sorted(BAD.iterdir()), ids=lambda file: file.stem)
def test_a_wrong_template_is_told_with_its_line(file: Path, tmp_path: Path) -> None:
    """Each file: the wrong template, a line "=====", the complaints to expect."""
    text, _, expected = file.read_text("utf-8").partition("=====\n")
    (tmp_path / "idea.de.txt").write_text(text, "utf-8")
    (tmp_path / "frame.html").write_text(FRAME, "utf-8")
    assert complaints(tmp_path) == expected.splitlines()


def test_wrong_folders_and_files(tmp_path: Path) -> None:
    """No folder, no files, wrong names, wrong encoding, no frame: each said, all at once."""
    assert complaints(tmp_path / "nowhere") == [
        f"{tmp_path}/nowhere: Diesen Ordner mit Vorlagen gibt es nicht."
    ]
    assert complaints(tmp_path) == [f"{tmp_path}: Hier liegen keine Vorlagen."]
    (tmp_path / "idea-de.txt").write_text("Subject: x\ny")
    (tmp_path / "idea.de.txt").write_bytes("Subject: für\ny".encode("latin-1"))
    assert complaints(tmp_path) == [
        "idea.de.txt: Die Datei ist nicht als UTF-8 gespeichert; bitte so speichern.",
        "idea-de.txt: Der Name muss die Form NAME.SPRACHE.txt haben, zum Beispiel access.de.txt.",
        "frame.html: Die Datei fehlt: der Rahmen der HTML-Fassung.",
    ]
