"""What words mean: rules/meaning/<language>.toml, checked and made to one vocabulary a language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailflow.complaints import Misunderstood, likely
from mailflow.source import Key
from mailflow.vocabulary.files import MeaningFile
from mailflow.vocabulary.phrases import DAY_TAGS, Vocabulary, build_vocabulary

__all__ = ["Meaning", "MeaningFile", "compile_meaning"]

_GROUP = re.compile(r"<[^<>\s|]+>")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The checked files by language (ISO 639-1), each made a vocabulary when it is first asked for.

    A vocabulary takes some 40 ms to build; a start that reads one mail should not wait for twelve.
    """

    files: Mapping[str, MeaningFile]
    _built: dict[str, Vocabulary] = field(default_factory=dict, compare=False, repr=False)

    def of(self, language: str | None, default: str) -> Vocabulary:
        """The vocabulary of a language, else of the default one ("de-leicht" is German)."""
        wanted = (language or "", default.partition("-")[0], "en", *self.files)
        chosen = next(name for name in wanted if name in self.files)
        if chosen not in self._built:
            self._built[chosen] = build_vocabulary(self.files[chosen])
        return self._built[chosen]


def compile_meaning(files: Mapping[str, MeaningFile]) -> Meaning:
    """Compile every language's file. Raises Misunderstood where a phrase names a group that is not there."""
    faults = [(language, key, said) for language, file in files.items() for key, said in _misunderstood(file)]
    if faults:
        raise Misunderstood(*faults)
    return Meaning(files)


def _misunderstood(file: MeaningFile) -> Iterator[tuple[Key, str]]:
    known = [*(f"<{name}>" for name in file.words), *DAY_TAGS]
    groups = frozenset(known)
    names: set[str] = set()
    for number, rule in enumerate(file.meaning):
        if rule.name in names:
            yield ("meaning", number, "name"), "Diesen Namen gibt es zweimal."
        names.add(rule.name)
        for sort in ("phrases", "unless", "unless_sentence"):
            for place, phrase in enumerate(getattr(rule, sort)):
                for group in sorted(set(_GROUP.findall(phrase)).difference(groups)):
                    said = f"Die Gruppe {group} gibt es unter [words] nicht.{likely(group, known)}"
                    yield ("meaning", number, sort, place), said
