"""Teach the hunch: `make train` reads the labelled sentences and writes mailflow/…/meanings/hunch.bin.

A logistic regression for each meaning (scikit-learn; needed for this alone, so it is in a lock file of its
own). It learns from the labelled sentences, and from the labelled mails in which the rules alone find just
what their labels say. Every fifth of the sentences that were given to us is kept aside; the figures printed
are of those.
"""

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from math import sqrt
from pathlib import Path
from typing import Any

from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from mailflow.letter import read_letter
from mailflow.model import Letter
from mailflow.understand.meanings import read_sentences
from mailflow.understand.meanings.hunch import BUCKETS, LABELS, SCALE, Model, assemble, pack
from mailflow.understand.meanings.second_look import LIKELY, meant, pieces_of
from mailflow.understand.own_words import split_pieces
from mailflow.vocabulary.days import Days
from tests.corpus.build_eml import build
from tests.desk import letter, rules

FOLDER = Path(__file__).parent / "corpus"
FILE = Path(__file__).parent.parent / "mailflow" / "understand" / "meanings" / "hunch.bin"
DAYS = Days(date(2021, 3, 17), date(2021, 3, 16), date(2021, 3, 5))
TRUST = 100.0  # how far the examples are trusted against all weights being small (C); 30 to 400 do alike
INTENTS = {"sign_up", "practice", "idea", "cancel", "resend", "question"}
_ASIDE = 5
_CORRECTIONS = {"change", "how_many"}


@dataclass(frozen=True)
class Example:
    """A sentence as pieces, and what it means."""

    pieces: tuple[int, ...]
    labels: frozenset[str]


def meanings(labels: Iterable[str]) -> frozenset[str]:
    """The labels of the corpus as meanings: every sort of idea is one; a change of a sign-up is one."""
    named = {"idea" if label.startswith("idea") else label for label in labels}
    if named & _CORRECTIONS and "practice" not in named:
        named.add("sign_up")
    return frozenset(named & set(LABELS))


def sentence_rows() -> Iterator[tuple[str, str, frozenset[str], bool]]:
    """Language, text, meanings and whether it is kept aside, of every labelled sentence."""
    for file in sorted(FOLDER.glob("*sentences*.jsonl")):
        given = ".given." in file.name
        for number, line in enumerate(file.read_text("utf-8").splitlines()):
            row = json.loads(line)
            yield row.get("lang", "de"), row["text"], meanings(row["labels"]), given and number % _ASIDE == 4


def mail_rows() -> Iterator[tuple[str, str, frozenset[str], bool]]:
    """The same of every sentence in the labelled mails, as the rules take it; where they err, of none."""
    for mail, language, intents in chain(corpus_mails(), rule_cases()):
        read = read_by_rules(mail, language)
        if frozenset().union(*read.values()) & INTENTS == set(intents):
            yield from ((language, text, labels, False) for text, labels in read.items())


def corpus_mails() -> Iterator[tuple[Letter, str, Iterable[str]]]:
    """The labelled mails that people wrote, with language and intents."""
    for file in sorted(FOLDER.glob("*.jsonl")):
        for case in map(json.loads, file.read_text("utf-8").splitlines()):
            if "expect" in case and not case["expect"]["auto"] and not case.get("arguable"):
                yield read_letter(build(case)), case["expect"]["language"] or "de", case["expect"]["intents"]


def rule_cases() -> Iterator[tuple[Letter, str, Iterable[str]]]:
    """The cases beside the rules that name their intents."""
    for case in rules().cases:
        if case.rule.intents is not None and not case.rule.automatic and case.file in rules().meaning.files:
            yield letter(case.rule.text), case.rule.language or case.file, case.rule.intents


def read_by_rules(mail: Letter, language: str) -> dict[str, frozenset[str]]:
    """What the rules alone take each sentence of a mail for."""
    vocabulary = rules().meaning.of(language, "de")
    return {
        each.line.text: meanings(meant(name) for name in each.said if name not in _CORRECTIONS)
        for each in read_sentences(split_pieces(mail.body, rules().layout), vocabulary, DAYS)
    }


def examples(*, aside: bool) -> list[Example]:
    """The sentences to learn from, or those kept aside."""
    found = []
    for language, text, labels, kept in chain(sentence_rows(), mail_rows()):
        if kept == aside:
            vocabulary = rules().meaning.of(language, "de")
            pieces = {
                piece
                for line in vocabulary.split(text)
                for piece in pieces_of(line, vocabulary.tag(line, DAYS), language)
            }
            found.append(Example(tuple(pieces), labels))
    return found


def table(material: Sequence[Example]) -> Any:
    """The sentences as rows, the pieces as columns; every sentence is as long as any other."""
    starts, places, values = [0], array("i"), array("f")
    for example in material:
        places.extend(example.pieces)
        values.extend([1 / sqrt(len(example.pieces) or 1)] * len(example.pieces))
        starts.append(len(places))
    return csr_matrix((values, places, starts), shape=(len(material), BUCKETS))


def learn(material: Sequence[Example]) -> Model:
    """Weights and bias for each meaning."""
    pieces = table(material)
    weights, bias = {}, {}
    for label in LABELS:
        learner = LogisticRegression(C=TRUST, solver="liblinear")
        learner.fit(pieces, [label in example.labels for example in material])
        weights[label] = array(
            "b", (max(-127, min(127, round(w * SCALE))) for w in learner.coef_[0])
        ).tobytes()
        bias[label] = float(learner.intercept_[0])
    return assemble(weights, bias)


def main() -> None:
    """Learn, write, and tell how well it does on what it has not seen."""
    material, test = examples(aside=False), examples(aside=True)
    model = learn(material)
    FILE.write_bytes(pack(model))
    print(f"{len(material)} sentences learned, {len(test)} kept aside, {FILE.stat().st_size} bytes")
    for label in LABELS:
        votes = [(model.vote(each.pieces)[label] >= LIKELY, label in each.labels) for each in test]
        hits, said, true = sum(a and b for a, b in votes), sum(a for a, _ in votes), sum(b for _, b in votes)
        print(f"  {label:17} precision {hits / (said or 1):.2f} recall {hits / (true or 1):.2f} of {true}")


if __name__ == "__main__":
    main()
