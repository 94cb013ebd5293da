"""What words mean: rules/meaning/<language>.toml, compiled to one vocabulary a language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailflow.complaints import Misunderstood, likely
from mailflow.source import Key
from mailflow.vocabulary.files import MeaningFile
from mailflow.vocabulary.phrases import DAY_TAGS, Vocabulary, build_vocabulary

__all__ = ["Meaning", "MeaningFile", "compile_meaning"]

_GROUP = re.compile(r"<[^<>\s|]+>")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The vocabularies by language (ISO 639-1)."""

    vocabularies: Mapping[str, Vocabulary]

    def of(self, language: str | None, default: str) -> Vocabulary:
        """The vocabulary of a language, else of the default one."""
        return self.vocabularies.get(language or default) or self.vocabularies[default]


def compile_meaning(files: Mapping[str, MeaningFile]) -> Meaning:
    """Compile every language's file. Raises Misunderstood where a phrase names a group that is not there."""
    faults = [(language, key, said) for language, file in files.items() for key, said in _misunderstood(file)]
    if faults:
        raise Misunderstood(*faults)
    return Meaning({language: build_vocabulary(file) for language, file in files.items()})


def _misunderstood(file: MeaningFile) -> Iterator[tuple[Key, str]]:
    known = [*(f"<{name}>" for name in file.words), *DAY_TAGS]
    names: set[str] = set()
    for number, rule in enumerate(file.meaning):
        if rule.name in names:
            yield ("meaning", number, "name"), "Diesen Namen gibt es zweimal."
        names.add(rule.name)
        for sort in ("phrases", "unless", "unless_sentence"):
            for place, phrase in enumerate(getattr(rule, sort)):
                for group in sorted(set(_GROUP.findall(phrase)) - set(known)):
                    said = f"Die Gruppe {group} gibt es unter [words] nicht.{likely(group, known)}"
                    yield ("meaning", number, sort, place), said
