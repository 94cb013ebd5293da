"""Rule files: a wrong one is refused with file, line, what stood there, what is meant and the likely typo."""

import re
import shutil
from pathlib import Path

import pytest

from mailflow.defaults import folder
from mailflow.errors import Misconfigured
from mailflow.rules import load_rules

BAD = sorted((Path(__file__).parent / "bad_rules").glob("*.toml"))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the shipped rules."""
    return Path(shutil.copytree(folder() / "rules", tmp_path / "rules"))


def complaints(rules: Path) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as caught:
        load_rules(rules)
    return caught.value.complaints


@pytest.mark.parametrize("bad", BAD, ids=lambda file: file.stem)
def test_each_bad_file_gives_its_sentences(bad: Path, rules: Path) -> None:
    """A file of tests/bad_rules says where it goes (`#@`) and what must be complained about (`#>`)."""
    text = bad.read_text("utf-8")
    (place,) = re.findall(r"^#@ (.+)$", text, re.MULTILINE)
    wanted = re.findall(r"^#> (.+)$", text, re.MULTILINE)
    (rules / place).parent.mkdir(exist_ok=True)
    (rules / place).write_text(text, "utf-8")
    found = complaints(rules)
    assert [want for want in wanted if not any(want in said for said in found)] == [], found
    assert len(found) <= len(wanted), found
    assert all(str(rules) in said for said in found)


def test_faults_of_several_files_come_together(rules: Path) -> None:
    """Nobody has to mend one file to hear of the next."""
    for sort in ("meaning", "people", "language"):
        (rules / sort / "de.toml").write_text("unsinn = 1\n", "utf-8")
    found = complaints(rules)
    assert {
        sort for sort in ("meaning", "people", "language") if any(f"{sort}/de.toml" in f for f in found)
    } == {
        "meaning",
        "people",
        "language",
    }


def test_missing_rules_are_told(rules: Path, tmp_path: Path) -> None:
    """A folder that is not there, and a sort of rules that is not there."""
    shutil.rmtree(rules / "meaning")
    assert complaints(rules) == (f"{rules / 'meaning'}: Hier fehlen die Regeln dieser Art.",)
    assert "mailflow init" in complaints(tmp_path / "nirgends")[0]


def test_version_changes_with_any_change(rules: Path) -> None:
    """The version in force tells one state of the rules from another."""
    before = load_rules(rules).version
    assert load_rules(rules).version == before
    with (rules / "answers.toml").open("a", encoding="utf-8") as file:
        file.write("# eine Bemerkung\n")
    assert load_rules(rules).version != before


def test_what_is_no_rule_file_is_left_alone(rules: Path) -> None:
    """Backups of editors and notes beside the rules do not matter."""
    (rules / "meaning" / "de.toml~").write_text("[[", "utf-8")
    (rules / "meaning" / ".#de.toml").write_text("[[", "utf-8")
    (rules / "LIESMICH.txt").write_text("Notizen", "utf-8")
    load_rules(rules)


def test_what_editors_keep_beside_a_file_is_no_rule(rules: Path) -> None:
    """A hidden backup, and the link to nowhere by which Emacs locks a file."""
    before = load_rules(rules).version
    (rules / "meaning" / ".#de.toml").symlink_to("somebody@somewhere.1234")
    (rules / "meaning" / ".de.toml").write_text("nonsense", "utf-8")
    assert load_rules(rules).version == before
