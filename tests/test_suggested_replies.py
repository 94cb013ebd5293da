"""What our answers tell people to write back, our own rules understand.

The answers say: "Then just reply: “I have to cancel.”" Every such phrase, in every language that has meaning
rules, is read here as a reply to an answer of ours.
"""

import re
from collections.abc import Iterator

import pytest

from mailflow.letter import read_letter
from mailflow.model import Known, Registration
from mailflow.rules import Rules, load_rules
from mailflow.understand import understand
from tests.answers import FOLDER, NOW, OFFICE

RULES = FOLDER.parent / "rules"
SAID = re.compile(r"[„“«]\s*([^„“”«»{}]{3,60}?)\s*[“”»]")
MEANT = {"_practice": "practice", "_cancel": "cancel", "access": "cancel"}  # elsewhere: sign_up
LEFT_OUT = ("again", "changed")  # they suggest what "access" suggests
REGISTERED = Registration("1", "Anna", "a@web.example", 1, True, False, None, None, "de", NOW, "0")


def suggested() -> Iterator[tuple[str, str, str]]:
    """Language, what to write, what it means."""
    for file in sorted(FOLDER.glob("*.txt")):
        name, language, _ = file.name.split(".")
        base = language.partition("-")[0]
        if name in LEFT_OUT or not (RULES / "meaning" / f"{base}.toml").exists():
            continue
        for said in SAID.findall(file.read_text("utf-8")):
            cancels = name == "practice" and said in (FOLDER / f"access.{language}.txt").read_text("utf-8")
            yield base, said, "cancel" if cancels else MEANT.get(name, "sign_up")


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(RULES)


@pytest.mark.parametrize(("language", "said", "meant"), sorted(set(suggested())))
def test_we_understand_what_we_suggest(language: str, said: str, meant: str, rules: Rules) -> None:
    """Cancelling, the try-out, and signing up, each by the words from the template."""
    known = Known(() if meant == "sign_up" else (REGISTERED,), replies_to_us=True)
    mail = f"From: a@web.example\nContent-Type: text/plain; charset=utf-8\n\n{said}\n"
    reading = understand(read_letter(mail.encode()), rules, OFFICE, known, NOW)
    assert (reading.language, reading.intents) == (language, (meant,))


def test_there_are_suggestions() -> None:
    """Or the test above would test nothing."""
    assert {meant for language, _, meant in suggested() if language == "de"} == {
        "practice",
        "cancel",
        "sign_up",
    }
