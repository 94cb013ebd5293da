"""What words mean: rules/meaning/<language>.toml, compiled to one vocabulary a language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailflow.errors import Misconfigured
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
    """Compile every language's file. Raises Misconfigured where a phrase names a group that is not there."""
    complaints = [
        f"rules/meaning/{language}.toml, {complaint}"
        for language, file in files.items()
        for complaint in _unknown(file)
    ]
    if complaints:
        raise Misconfigured(*complaints)
    return Meaning({language: build_vocabulary(file) for language, file in files.items()})


def _unknown(file: MeaningFile) -> Iterator[str]:
    known = {f"<{name}>" for name in file.words} | DAY_TAGS
    names: set[str] = set()
    for rule in file.meaning:
        if rule.name in names:
            yield f"Regel „{rule.name}“: diesen Namen gibt es zweimal."
        names.add(rule.name)
        for phrase in (*rule.phrases, *rule.unless, *rule.unless_sentence):
            for group in set(_GROUP.findall(phrase)) - known:
                yield f"Regel „{rule.name}“: die Gruppe {group} gibt es unter [words] nicht."
