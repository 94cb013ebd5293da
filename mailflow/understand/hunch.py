"""A hunch: what a sentence may mean where no rule speaks.

A linear model over pieces of words, learned from the labelled sentences in tests/corpus (`make train`).
Rules: it never speaks against a rule, never stronger than "likely", and always says how sure it is. It knows
the event's days as such, so another date teaches it nothing wrong. The file holds one signed byte for each
piece and meaning; no library is needed to read it.
"""

import math
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

LABELS = ("sign_up", "practice", "practice_decline", "idea", "cancel", "decline", "resend", "question")
BUCKETS = 1 << 17
SCALE = 16.0  # weight of 1.0 in the file
SURE_ENOUGH = 0.8
_SHORTEST, _LONGEST = 3, 5  # letters of a piece
_MOST_LETTERS = 400  # of a sentence; a longer one is read from its beginning


@dataclass(frozen=True, slots=True)
class Model:
    """For each meaning the weights of all pieces of words, and its bias."""

    weights: Mapping[str, "array[int]"]
    bias: Mapping[str, float]

    def vote(self, pieces: Sequence[int]) -> dict[str, float]:
        """How probable each meaning is, from 0 to 1."""
        length = SCALE * math.sqrt(len(pieces) or 1)
        return {
            label: _squash(self.bias[label] + sum(map(weights.__getitem__, pieces)) / length)
            for label, weights in self.weights.items()
        }


def _squash(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def cut(words: Sequence[str], language: str) -> list[int]:
    """The pieces of a sentence's words, as places in the table: words, pairs of words, runs of letters."""
    return [zlib.crc32(f"{language}{piece}".encode()) % BUCKETS for piece in set(_pieces(words))]


def _pieces(words: Sequence[str]) -> Iterator[str]:
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))
    text = f" {' '.join(words)} "[:_MOST_LETTERS]
    for length in range(_SHORTEST, _LONGEST + 1):
        yield from (text[start : start + length] for start in range(len(text) - length + 1))


@cache
def shipped_model() -> Model | None:
    """The model that lies in the package; None before it was ever trained."""
    file = files("mailflow.understand").joinpath("hunch.bin")
    if not file.is_file():
        return None
    return unpack(file.read_bytes())


def pack(model: Model) -> bytes:
    """The model as the bytes of its file: the biases as floats, then the weights, compressed."""
    biases = array("f", (model.bias[label] for label in LABELS))
    weights = b"".join(model.weights[label].tobytes() for label in LABELS)
    return zlib.compress(biases.tobytes() + weights, 9)


def unpack(packed: bytes) -> Model:
    """The model from the bytes of its file."""
    raw = zlib.decompress(packed)
    head = len(LABELS) * 4
    biases = array("f", raw[:head])
    tables = (array("b", raw[head + n * BUCKETS : head + (n + 1) * BUCKETS]) for n in range(len(LABELS)))
    return Model(dict(zip(LABELS, tables, strict=True)), dict(zip(LABELS, biases, strict=True)))
