"""Teach the hunch: `make train` reads the labelled sentences and writes mailflow/understand/hunch.bin.

Logistic regression for each meaning, by stochastic gradient descent with AdaGrad, in plain Python: some
minutes, no library. Every fifth sentence of a language is kept aside; the figures printed are of those.
"""

import json
import math
import random
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mailflow.understand.hunch import BUCKETS, LABELS, SCALE, SURE_ENOUGH, Model, cut, pack
from mailflow.understand.meanings import said_words
from mailflow.vocabulary.days import Days
from tests.desk import rules

FOLDER = Path(__file__).parent / "corpus"
FILE = Path(__file__).parent.parent / "mailflow" / "understand" / "hunch.bin"
DAYS = Days(date(2021, 3, 17), date(2021, 3, 16), date(2021, 3, 5))
EPOCHS, RATE, RARE = 12, 0.5, 2.0  # RARE: how much more a sentence counts that has the meaning
_CORRECTIONS = {"change", "how_many"}


@dataclass(frozen=True)
class Example:
    """A sentence as pieces, and what it means."""

    pieces: list[int]
    labels: frozenset[str]


def meanings(labels: Iterable[str]) -> frozenset[str]:
    """The labels of the corpus as meanings: every sort of idea is one; a change of a sign-up is one."""
    named = {"idea" if label.startswith("idea") else label for label in labels}
    if named & _CORRECTIONS and "practice" not in named:
        named.add("sign_up")
    return frozenset(named & set(LABELS))


def rows() -> Iterator[tuple[str, str, frozenset[str], bool]]:
    """Language, text, meanings and whether it is kept aside, of every labelled sentence."""
    count: dict[str, int] = defaultdict(int)
    for file in sorted(FOLDER.glob("sentences*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            language = row.get("lang") or file.name.split(".")[1]
            yield language, row["text"], meanings(row["labels"]), count[language, file.name] % 5 == 4  # type: ignore[index]
            count[language, file.name] += 1  # type: ignore[index]


def examples(*, aside: bool) -> list[Example]:
    """The sentences to learn from, or those kept aside."""
    found = []
    for language, text, labels, kept in rows():
        if kept == aside:
            vocabulary = rules().meaning.of(language, "de")
            words = [word for line in vocabulary.split(text) for word in said_words(line, vocabulary, DAYS)]
            found.append(Example(cut(words, language), labels))
    return found


def learn(material: list[Example], label: str) -> tuple[list[float], float]:
    """Weights and bias for one meaning."""
    weights, seen = [0.0] * BUCKETS, [1e-6] * BUCKETS
    bias, bias_seen = -2.0, 1e-6
    shuffled = list(material)
    chance = random.Random(17)
    for _ in range(EPOCHS):
        chance.shuffle(shuffled)
        for example in shuffled:
            wanted = label in example.labels
            length = math.sqrt(len(example.pieces) or 1)
            score = bias + sum(map(weights.__getitem__, example.pieces)) / length
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, score)))) - wanted
            if abs(error) < 0.02:
                continue
            slope = error * (RARE if wanted else 1.0)
            bias_seen += slope * slope
            bias -= RATE * slope / math.sqrt(bias_seen)
            step = slope / length
            square = step * step
            for piece in example.pieces:
                seen[piece] += square
                weights[piece] -= RATE * step / math.sqrt(seen[piece])
    return weights, bias


def _quantised(weights: list[float]) -> "array[int]":
    return array("b", (max(-127, min(127, round(weight * SCALE))) for weight in weights))


def main() -> None:
    """Learn, write, and tell how well it does on what it has not seen."""
    material, test = examples(aside=False), examples(aside=True)
    tables, biases = {}, {}
    for label in LABELS:
        weights, biases[label] = learn(material, label)
        tables[label] = _quantised(weights)
    model = Model(tables, biases)
    FILE.write_bytes(pack(model))
    print(f"{len(material)} sentences learned, {len(test)} kept aside, {FILE.stat().st_size} bytes")
    for label in LABELS:
        votes = [(model.vote(each.pieces)[label] >= SURE_ENOUGH, label in each.labels) for each in test]
        hits, said, true = sum(a and b for a, b in votes), sum(a for a, _ in votes), sum(b for _, b in votes)
        print(f"  {label:17} precision {hits / (said or 1):.2f} recall {hits / (true or 1):.2f} of {true}")


if __name__ == "__main__":
    main()
