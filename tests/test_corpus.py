"""Whole mails, labelled by hand: what is understood of them, and that small accidents do not change it.

The figures of `dev.jsonl` are those promised; the others were written by other hands without a look at the
rules, and stand a little below what is reached, so that a change that understands less is seen.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailflow.decide import decide
from mailflow.letter import read_letter
from mailflow.model import Known, Plan, Reading
from mailflow.understand import understand
from tests.answers import OFFICE
from tests.corpus.build_eml import build
from tests.desk import rules

FOLDER = Path(__file__).parent / "corpus"
AT_LEAST = {  # per cent
    "dev.jsonl": {
        "automatic": 100, "silent": 100, "access": 98, "intents": 93, "persons": 97, "name": 97,
        "practice": 98, "phone": 97, "organisation": 93, "kept": 95, "clean": 95, "language": 98,
    },
    "dev2.jsonl": {
        "automatic": 100, "silent": 100, "access": 97, "intents": 93, "persons": 97, "name": 97,
        "practice": 96, "phone": 97, "organisation": 93, "kept": 95, "clean": 93, "language": 98,
    },
    "mails.de.jsonl": {"access": 97, "intents": 88, "name": 93, "phone": 97, "kept": 88, "clean": 95},
    "mails2.de.jsonl": {"access": 97, "intents": 90, "name": 92, "phone": 97, "kept": 90, "clean": 95},
    "mails3.jsonl": {"access": 96, "intents": 92, "name": 92, "phone": 97, "kept": 88, "language": 98},
    "mails4.jsonl": {"access": 96, "intents": 89, "name": 90, "phone": 97, "kept": 88, "language": 98},
    "mails5.de.jsonl": {"access": 96, "intents": 92, "name": 95, "phone": 97, "kept": 93, "clean": 95},
    "mails5.jsonl": {"access": 96, "intents": 93, "name": 95, "phone": 97, "kept": 93, "language": 98},
    "mails6.jsonl": {"access": 94, "intents": 90, "name": 95, "phone": 97, "kept": 90, "language": 98},
    "mails7.jsonl": {"access": 96, "intents": 92, "name": 95, "phone": 97, "kept": 90, "language": 98},
    "mails8.jsonl": {"access": 91, "intents": 85, "persons": 97, "name": 97, "kept": 95, "language": 98},
    "mails9.jsonl": {"access": 97, "intents": 93, "persons": 95, "name": 97, "kept": 93, "language": 98},
    "mails10.jsonl": {"access": 94, "intents": 88, "persons": 91, "name": 93, "kept": 88, "language": 98},
    "mails11.jsonl": {"access": 94, "intents": 85, "persons": 93, "name": 97, "kept": 88, "language": 98},
    "mails12.jsonl": {"access": 97, "intents": 93, "persons": 91, "name": 94, "kept": 90, "clean": 95},
    "mails13.jsonl": {"access": 96, "intents": 88, "persons": 90, "name": 97, "kept": 92, "clean": 97},
    "mails14.jsonl": {"access": 97, "intents": 89, "persons": 91, "name": 93, "kept": 91, "clean": 97},
    "mails15.jsonl": {"access": 98, "intents": 94, "persons": 92, "name": 98, "kept": 95, "clean": 95},
    "mails16.jsonl": {"access": 98, "intents": 95, "persons": 97, "name": 97, "kept": 97, "clean": 97},
    "mails17.jsonl": {"access": 98, "intents": 92, "persons": 97, "name": 97, "kept": 90, "clean": 97},
    "mails18.jsonl": {"access": 97, "intents": 94, "persons": 97, "name": 97, "kept": 95, "clean": 92},
    "mails19.jsonl": {"access": 98, "intents": 91, "persons": 93, "name": 97, "kept": 90, "clean": 95},
    "mails20.jsonl": {"access": 98, "intents": 95, "persons": 97, "name": 97, "kept": 95, "clean": 97},
    "persons.jsonl": {"access": 98, "intents": 95, "persons": 98, "name": 97, "phone": 98, "language": 98},
    "persons2.jsonl": {"access": 96, "intents": 93, "persons": 95, "name": 98, "phone": 98, "language": 98},
    "persons3.jsonl": {"access": 99, "intents": 96, "persons": 99, "name": 98, "phone": 98, "language": 98},
    "persons4.jsonl": {"access": 99, "intents": 94, "persons": 97, "name": 97, "phone": 98, "language": 98},
    "persons5.jsonl": {"access": 99, "intents": 94, "persons": 97, "name": 97, "phone": 98, "language": 98},
}  # fmt: skip
MUTATIONS, MAY_CHANGE = 200, 0.02
QUOTE = "\n\nAm 02.03.21 um 10:12 schrieb Max Gassen:\n> Sagen Sie ab, wenn Sie nicht teilnehmen.\n> Gruß"


def cases(name: str) -> Iterator[dict[str, Any]]:
    """The cases of one file that two careful readers would label alike."""
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        case = json.loads(line)
        if not case.get("arguable"):
            yield case


def read(case: dict[str, Any]) -> tuple[Reading, Plan]:
    """What Mailflow makes of a case at the moment of its date."""
    letter = read_letter(build(case))
    assert letter.sent
    reading = understand(letter, rules(), OFFICE, Known(), letter.sent)
    return reading, decide(letter, reading, Known(), rules().answers, OFFICE, letter.sent, letter.sent)


def figures(name: str) -> dict[str, float]:
    """How many per cent of each question are answered as the label says."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for case in cases(name):
        for question, good in answers(case):
            asked[question] += 1
            right[question] += good
    return {question: 100 * right[question] / asked[question] for question in asked}


def answers(case: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Each question put to a case, and whether it was answered well."""
    reading, plan = read(case)
    want = case["expect"]
    yield "automatic", bool(reading.automatic) == bool(want["auto"])
    yield "access", bool(plan.answer and plan.answer.access) == want["access"]
    if want["auto"]:
        yield "silent", plan.answer is None
        return
    yield "intents", set(reading.intents) == set(want["intents"])
    yield "language", reading.language == want["language"]
    if want["registration"] and reading.details:
        yield from details(want["registration"], reading)
    ideas = flat(" ".join(idea.text for idea in reading.ideas))
    if want["idea_has"]:
        yield "kept", all(flat(each) in ideas for each in want["idea_has"])
    if want["idea_lacks"]:
        yield "clean", not any(flat(each) in ideas for each in want["idea_lacks"])


def details(want: dict[str, Any], reading: Reading) -> Iterator[tuple[str, bool]]:
    """The same for who comes."""
    got = reading.details
    assert got
    yield "name", words(got.name) == words(want["name"])
    yield "persons", got.persons == want["persons"]
    yield "practice", got.practice == bool(want["practice"])
    yield "phone", digits(got.phone) == digits(want["phone"])
    ours, theirs = words(got.organisation), words(want["organisation"])
    yield "organisation", ours == theirs or bool(ours and theirs and (ours in theirs or theirs in ours))


def flat(text: str) -> str:
    return " ".join(text.split()).casefold()


def words(text: str | None) -> str:
    return flat("".join(c if c.isalnum() else " " for c in text or ""))


def digits(text: str | None) -> str:
    return "".join(c for c in text or "" if c.isdigit())[-9:]


@pytest.mark.parametrize("name", AT_LEAST)
def test_the_labelled_mails_are_understood(name: str) -> None:
    """As many as promised, for each question."""
    reached = figures(name)
    assert {question: reached[question] for question in AT_LEAST[name]} == {
        question: max(reached[question], least) for question, least in AT_LEAST[name].items()
    }


def mutated(case: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The same mail after a small accident: a slip, no umlauts, no capitals, other lines, a quote below."""
    text = case["text"]
    kind = chance.choice(("slip", "umlauts", "capitals", "lines", "quote"))
    if kind == "slip":
        text = slipped(text, chance)
    elif kind == "umlauts":
        for letter, spelling in (
            ("ä", "ae"),
            ("ö", "oe"),
            ("ü", "ue"),
            ("ß", "ss"),
            ("Ä", "Ae"),
            ("Ü", "Ue"),
        ):
            text = text.replace(letter, spelling)
    elif kind == "capitals":
        text = text.lower()
    elif kind == "lines":
        text = "\n\n".join(" ".join(block.split("\n")) for block in text.split("\n\n"))
    else:
        text += QUOTE
    return {**case, "text": text, "html": None}


def slipped(text: str, chance: random.Random) -> str:
    """Two neighbouring letters swapped inside one long word of each sentence or so."""
    found = text.split(" ")
    for place in range(chance.randrange(7), len(found), 7):
        word = found[place]
        if len(word) > 6 and word.isalpha():
            spot = chance.randrange(3, len(word) - 2)
            found[place] = word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :]
    return " ".join(found)


def test_small_accidents_do_not_change_who_gets_the_access_data() -> None:
    """Of 200 mutated mails at most two per cent are decided otherwise than the mail itself."""
    chance = random.Random(2021)
    plain = [case for case in cases("dev.jsonl") if case["text"] and case["expect"]["language"] == "de"]
    changed = []
    for _ in range(MUTATIONS):
        case = chance.choice(plain)
        other = mutated(case, chance)
        before, after = read(case)[1].answer, read(other)[1].answer
        if bool(before and before.access) != bool(after and after.access):
            changed.append((case["id"], other["text"]))
    assert len(changed) <= MUTATIONS * MAY_CHANGE, changed
