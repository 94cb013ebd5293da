"""Reads a folder of rule files: every file checked and compiled, every fault of every file at once."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mailflow.complaints import Misunderstood, likely, tell
from mailflow.errors import Misconfigured
from mailflow.rules.answers import Answers, AnswersFile, compile_answers
from mailflow.rules.cases import Case, CasesFile, compile_cases
from mailflow.rules.language import LanguageFile, LanguageWords, compile_language
from mailflow.rules.layout import Layout, LayoutFile, compile_layout
from mailflow.rules.machines import Machines, MachinesFile, compile_machines
from mailflow.rules.meaning import Meaning, MeaningFile, compile_meaning
from mailflow.rules.people import People, PeopleFile, compile_people
from mailflow.source import Key, Source, read_source

FILES: Mapping[str, type[BaseModel]] = {
    "answers": AnswersFile,
    "meaning": MeaningFile,
    "people": PeopleFile,
    "layout": LayoutFile,
    "machines": MachinesFile,
    "language": LanguageFile,
    "cases": CasesFile,
}
_File = TypeVar("_File", bound=BaseModel)
_Compiled = TypeVar("_Compiled")


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules in force. `version` changes with every change of any file."""

    meaning: Meaning
    people: People
    layout: Layout
    machines: Machines
    language: LanguageWords
    answers: Answers
    cases: tuple[Case, ...]
    version: str


def load_rules(folder: Path, *, tried: bool = True) -> Rules:
    """Read all rule files. Raises Misconfigured with every fault and its file and line.

    Without `tried`, a language's meaning is read when the first mail needs it, and cases are not read at all:
    for `explain`, which should begin at once.
    """
    if not folder.is_dir():
        raise Misconfigured(f"Den Ordner {folder} mit den Regeln gibt es nicht. „mailflow init“ legt ihn an.")
    reading = _Reading(folder)
    rules = Rules(
        meaning=reading.sort("meaning", MeaningFile, compile_meaning) if tried else Meaning(_Later(folder)),
        people=reading.sort("people", PeopleFile, compile_people),
        layout=reading.sort("layout", LayoutFile, compile_layout),
        machines=reading.sort("machines", MachinesFile, compile_machines),
        language=reading.sort("language", LanguageFile, compile_language),
        answers=reading.sort("answers", AnswersFile, compile_answers),
        cases=reading.sort("cases", CasesFile, compile_cases) if tried else (),
        version=_version(folder),
    )
    faults = [*_strangers(folder), *reading.faults]
    if faults:
        raise Misconfigured(*faults)
    return rules


class _Reading:
    """One reading of the folder; collects the faults of all files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []

    def sort(
        self,
        sort: str,
        model: type[_File],
        compile_: Callable[[Mapping[str, _File]], _Compiled],
        only: str = "",
    ) -> _Compiled:
        """Read and compile the files of one sort, or `only` one. It counts only if no fault was found."""
        files = [file for file in _files(self.folder, sort) if only in ("", file.stem)]
        if not files and sort != "cases":
            self.faults.append(f"{self.folder / sort}: Hier fehlen die Regeln dieser Art.")
        read = {file.stem: self._read(file, model) for file in files}
        good = {stem: content for stem, content in read.items() if content is not None}
        if len(good) < len(read):
            return None  # type: ignore[return-value]  # refused anyway: load_rules raises
        try:
            return compile_(good)
        except Misunderstood as error:
            at = {file.stem: file for file in files}
            self.faults += [
                f"{_place(key, read_source(at[stem]))}: {said}" for stem, key, said in error.faults
            ]
        return None  # type: ignore[return-value]

    def _read(self, file: Path, model: type[_File]) -> _File | None:
        try:
            source = read_source(file)
            return model.model_validate(source.data)
        except Misconfigured as error:
            self.faults += error.complaints
        except ValidationError as error:
            self.faults += tell(error, model, lambda key: _place(key, source))
        except OSError as error:
            self.faults.append(f"{file} ist nicht lesbar: {error.strerror}.")
        return None


class _Later(Mapping[str, MeaningFile]):
    """The meaning files, each read and checked when it is asked for. Raises Misconfigured then."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = [file.stem for file in _files(folder, "meaning")]

    def __getitem__(self, language: str) -> MeaningFile:
        reading = _Reading(self._folder)
        meaning = reading.sort("meaning", MeaningFile, compile_meaning, only=language)
        if reading.faults:
            raise Misconfigured(*reading.faults)
        return meaning.files[language]

    def __contains__(self, language: object) -> bool:
        return language in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _files(folder: Path, sort: str) -> list[Path]:
    """The files of a sort: `answers.toml`, or all of `meaning/*.toml`."""
    found = [folder / f"{sort}.toml", *sorted((folder / sort).glob("*.toml"))]
    return [file for file in found if file.is_file() and not file.name.startswith(".")]


def _all(folder: Path) -> list[Path]:
    """Every TOML file, but for what editors keep beside it (".#de.toml" is a link to nowhere)."""
    found = (file for file in folder.rglob("*.toml") if not file.name.startswith("."))
    return sorted(file for file in found if file.is_file())


def _strangers(folder: Path) -> Iterator[str]:
    """Complaints about TOML files that lie where nobody reads them."""
    for file in _all(folder):
        place = file.relative_to(folder).with_suffix("").parts
        if place[0] not in FILES or len(place) > 2:
            yield f"{file}: Diese Datei wird nie gelesen.{likely(place[0], list(FILES))}"


def _place(key: Key, source: Source) -> str:
    line = source.line(key)
    named = _rule_name(key, source.data)
    return f"{source.file}" + (f", Zeile {line}" if line else "") + (f", Regel „{named}“" if named else "")


def _rule_name(key: Key, data: Any) -> str:
    """The name of the rule in which a key stands; "" where it stands in none."""
    name = ""
    for part in key:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(data, dict) and isinstance(data.get("name"), str):
            name = data["name"]
    return name


def _version(folder: Path) -> str:
    """A digest over all files, names included."""
    digest = hashlib.sha256()
    for file in _all(folder):
        digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
