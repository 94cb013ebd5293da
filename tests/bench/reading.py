"""Reading one mail, from bytes to the written answer, and how long the program takes to begin.

The mails of the corpus, each several times; medians in milliseconds, so that no pause of the machine counts.
"both" is what it takes to read a mail: letter and understand together.
The first mail of a language builds its vocabulary and is left out.
"""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import TypeVar

from mailflow.commands.trial import Workshop, in_zone
from mailflow.compose import compose
from mailflow.config import example_config
from mailflow.decide import decide
from mailflow.letter import read_letter
from mailflow.model import Known
from mailflow.rules import load_rules
from mailflow.templates import load_templates
from mailflow.understand import understand
from tests.corpus.build_eml import build

CORPUS = Path(__file__).parent.parent / "corpus"
FILES = ("dev.jsonl", "mails5.jsonl")  # the second in the eleven other languages
ROUNDS = 5
_T = TypeVar("_T")
Times = dict[str, list[float]]


def main() -> None:
    """Print the tables."""
    cases = [json.loads(line) for name in FILES for line in (CORPUS / name).read_text("utf-8").splitlines()]
    mails = [(case["expect"]["language"], build(case)) for case in cases]
    config = example_config()
    workshop = Workshop(
        config.office(), load_rules(config.files.rules), load_templates(config.files.templates, tried=False)
    )
    times: Times = defaultdict(list)
    for each in range(ROUNDS + 1):
        fresh: Times = defaultdict(list)
        for language, raw in mails:
            _read(raw, str(language or "–"), workshop, times if each else fresh)
    _table("room or language", times)
    _table("beginning", _beginnings())


def _read(raw: bytes, language: str, workshop: Workshop, times: Times) -> None:
    office, rules, known = workshop.office, workshop.rules, Known()
    begun = time.perf_counter()

    def timed(room: str, work: Callable[[], _T]) -> _T:
        start = time.perf_counter()
        done = work()
        times[room].append((time.perf_counter() - start) * 1000)
        return done

    letter = timed("letter", lambda: read_letter(raw))
    now = in_zone(letter.sent or office.event.starts, office)
    reading = timed("understand", lambda: understand(letter, rules, office, known, now))
    plan = timed(
        "decide", lambda: decide(letter, reading, known, rules.answers, office, arrived=now, now=now)
    )
    times[f"both, {language}"].append(times["letter"][-1] + times["understand"][-1])
    planned = plan.answer
    if planned:
        timed("compose", lambda: compose(planned, workshop.templates, office, now))
    times["all"].append((time.perf_counter() - begun) * 1000)


def _beginnings() -> Times:
    mail = str(Path(__file__).parent.parent / "mails" / "couple.eml")
    times: Times = defaultdict(list)
    for _ in range(ROUNDS):
        for arguments in (["--help"], ["explain", mail], ["explain", "--json", mail]):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", "mailflow", *arguments], capture_output=True, check=True)
            name = " ".join(word for word in arguments if word != mail)
            times[f"mailflow {name}"].append((time.perf_counter() - start) * 1000)
    return times


def _table(heading: str, times: Times) -> None:
    print(f"{heading:26} {'median':>8} {'p90':>8}  ms")
    for name, values in times.items():
        print(f"{name:26} {median(values):8.2f} {quantiles(values, n=10)[-1]:8.2f}  n={len(values)}")
