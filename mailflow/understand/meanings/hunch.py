"""A hunch: what a sentence may mean by its words taken together.

A linear model over pieces of words, learned from the labelled sentences in tests/corpus (`make train`); what
becomes of its votes is decided in second_look.py. It knows the event's days as such, so another date teaches
it nothing wrong. The file holds one signed byte for each piece and meaning; no library is needed to read it.
"""

import math
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from struct import Struct

LABELS = (
    "sign_up", "practice", "practice_decline", "idea", "cancel", "decline", "resend", "question", "undecided",
    "off_topic",
)  # fmt: skip
BUCKETS = 1 << 17
SCALE = 8.0  # weight of 1.0 in the file
_BEGINNINGS, _END = (3, 5), 3  # letters; with shorter and longer pieces it learned no more
_ROW = Struct(f"{len(LABELS)}b")
_NO_WEIGHTS = (0,) * len(LABELS)
_MOST_WORDS = 80  # of a sentence; a longer one is read from its beginning


@dataclass(frozen=True, slots=True)
class Model:
    """For each piece of a word a row of weights, one for each meaning; and the meanings' biases.

    A sentence has some hundred pieces, far apart in more than a megabyte: by rows they are fetched once, and
    not once for each meaning."""

    rows: bytes
    bias: Mapping[str, float]

    def vote(self, pieces: Sequence[int]) -> dict[str, float]:
        """How probable each meaning is by the pieces of a sentence, from 0 to 1."""
        length = SCALE * math.sqrt(len(pieces) or 1)
        rows = [_ROW.unpack_from(self.rows, _ROW.size * piece) for piece in pieces]
        totals = map(sum, zip(_NO_WEIGHTS, *rows, strict=True))
        return {
            label: _squash(self.bias[label] + total / length)
            for label, total in zip(LABELS, totals, strict=True)
        }


def _squash(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def cut(words: Sequence[str], groups: Sequence[Sequence[str]], language: str) -> list[int]:
    """The pieces of a sentence, as places in the table.

    Words, pairs of words, beginnings and ends belong to their language. `groups` are those that each word
    belongs to by the rules (<schicken>, <event-day>): they and their pairs are the same in every language,
    so that what is learned of one helps the others.
    """
    words = words[:_MOST_WORDS]
    pieces = {piece for word in words for piece in _cut_word(word, language)}
    pieces.update(_checksum(f"{language}{first} {second}") for first, second in pairwise(words))
    pieces.update(map(_checksum, _concepts(groups[:_MOST_WORDS])))
    return [piece % BUCKETS for piece in pieces]


@lru_cache(maxsize=20_000)
def _cut_word(word: str, language: str) -> tuple[int, ...]:
    """The checksums of a word, its beginnings and its end."""
    pieces = [word, *(f"{word[:length]}*" for length in _BEGINNINGS if len(word) > length)]
    if len(word) > _END:
        pieces.append(f"*{word[-_END:]}")
    return tuple(_checksum(language + piece) for piece in pieces)


def _checksum(piece: str) -> int:
    return zlib.crc32(piece.encode())


def _concepts(groups: Sequence[Sequence[str]]) -> Iterator[str]:
    named = [each for each in groups if each]
    for each in named:
        yield from each
    for before, after in pairwise(named):
        yield from (f"{first}{second}" for first in before for second in after)


@cache
def shipped_model() -> Model | None:
    """The model that lies in the package; None before it was ever trained."""
    file = files("mailflow.understand.meanings").joinpath("hunch.bin")
    if not file.is_file():
        return None
    return unpack(file.read_bytes())


def assemble(weights: Mapping[str, bytes], bias: Mapping[str, float]) -> Model:
    """A model from one table of weights for each meaning."""
    rows = bytearray(BUCKETS * _ROW.size)
    for place, label in enumerate(LABELS):
        rows[place :: _ROW.size] = weights[label]
    return Model(bytes(rows), bias)


def pack(model: Model) -> bytes:
    """The model as the bytes of its file: the biases as floats, then a table for each meaning, compressed."""
    biases = array("f", (model.bias[label] for label in LABELS))
    weights = b"".join(model.rows[place :: _ROW.size] for place in range(len(LABELS)))
    return zlib.compress(biases.tobytes() + weights, 9)


def unpack(packed: bytes) -> Model:
    """The model from the bytes of its file."""
    raw = zlib.decompress(packed)
    head = len(LABELS) * 4
    biases = array("f", raw[:head])
    tables = (raw[head + n * BUCKETS : head + (n + 1) * BUCKETS] for n in range(len(LABELS)))
    return assemble(dict(zip(LABELS, tables, strict=True)), dict(zip(LABELS, biases, strict=True)))
