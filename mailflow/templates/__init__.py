"""The answers' words: plain text files, one per answer and language, rendered in Jinja2's sandbox.

    Subject: Ihre Zugangsdaten für den {{ event.date }}

    {% include "_greeting.de.txt" %}

    vielen Dank für Ihre Anmeldung. …

Rules: a file is called `NAME.LANG.txt`; what begins with "_" is a snippet for others to include. A line of
dashes under a line makes a heading of it in the HTML that is made from the text (`markup`). All names that a
template may use stand in `values`. What comes from a mail is a value and never syntax; in a text
written from right to left each value gets invisible marks, so that it keeps its own direction.

check.py          what is wrong with a folder of templates, told with file, line and a plain sentence
dates.py          days and times in the words of a language ("Mittwoch, 17. März 2021")
values.py         what a template may name: the one list, with meanings and samples
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mailflow.errors import Misconfigured
from mailflow.templates.dates import base_language, direction, language_tag
from mailflow.templates.values import AccessWords, Bare, EventWords, OrganiserWords

FRAME = "frame.html"
ISOLATE, END_ISOLATE = "\u2068", "\u2069"  # FSI and PDI of Unicode's rules for both directions
RTL_MARK = "\u200f"
_DASHES = re.compile(r"^-{3,}$", re.MULTILINE)
_TOO_MANY_LINES = re.compile(r"\n{3,}")
_BLANKS_AT_END = re.compile(r"[ \t]+\n")


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer in words. Lines of `text` end with a line feed; paragraphs are parted by an empty line."""

    subject: str
    text: str
    language: str


@dataclass(frozen=True)
class Templates:
    """All files of a folder by their names."""

    folder: Path
    files: Mapping[str, str]

    @cached_property
    def version(self) -> str:
        """A digest of all files: another one as soon as a letter changes."""
        told = hashlib.sha256()
        for name, text in sorted(self.files.items()):
            told.update(f"{name}\0{text}\0".encode())
        return told.hexdigest()[:16]

    @cached_property
    def names(self) -> frozenset[str]:
        """The answers there are."""
        return frozenset(self._languages)

    def languages(self, name: str) -> tuple[str, ...]:
        """In which languages an answer is written, in alphabetical order."""
        return self._languages.get(name, ())

    def language_for(self, name: str, language: str, default: str) -> str:
        """The language that an answer will be in: the writer's own, else its base, else the office's default.

        An office that answers in a variant ("de-leicht") does so to all who write its base language.
        """
        written = self.languages(name)
        if not written:
            raise Misconfigured(f"{self.folder}: Eine Vorlage „{name}“ gibt es nicht.")
        variant = default if base_language(default) == language else language
        wanted = (variant, language, base_language(language), default, base_language(default), "en")
        return next((each for each in wanted if each in written), written[0])

    def render(self, name: str, language: str, values: Mapping[str, object], default: str = "de") -> Rendered:
        """The words of an answer. Raises jinja2's errors where a template fails on these values."""
        chosen = self.language_for(name, language, default)
        rendered = self.template(f"{name}.{chosen}.txt").render(values)
        head, _, body = rendered.partition("\n")
        subject = " ".join(head.removeprefix("Subject:").split())
        if direction(chosen) == "rtl":
            body = _DASHES.sub(RTL_MARK + r"\g<0>", body)  # or the line stands on the wrong side
        return Rendered(subject.replace(ISOLATE, "").replace(END_ISOLATE, ""), _tidy(body), chosen)

    def snippet(self, name: str, language: str, values: Mapping[str, object]) -> str:
        """A snippet's words without direction marks, for places outside of mails; "" where there is none."""
        file = f"{name}.{language}.txt"
        if file not in self.files:
            return ""
        words = self.template(file).render(values)
        return _tidy(words.replace(ISOLATE, "").replace(END_ISOLATE, "")).strip()

    def framed(self, language: str, subject: str, body: str) -> str:
        """The whole HTML of an answer; `body` is HTML already, everything else is escaped."""
        return self._frame.render(
            language=language_tag(language), direction=direction(language), subject=subject, body=Markup(body)
        )

    def template(self, file: str) -> Template:
        """A file, compiled when first asked for."""
        return self._environments[direction(file.split(".")[-2])].get_template(file)

    @cached_property
    def _frame(self) -> Template:
        environment = make_environment(self.files, None)
        environment.autoescape = True
        return environment.get_template(FRAME)

    @cached_property
    def _languages(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for file in sorted(self.files):
            if file.endswith(".txt") and not file.startswith("_"):
                name, language, _ = file.split(".")
                found.setdefault(name, []).append(language)
        return {name: tuple(sorted(languages)) for name, languages in found.items()}

    @cached_property
    def _environments(self) -> dict[str, ImmutableSandboxedEnvironment]:
        return {"ltr": make_environment(self.files, _keep), "rtl": make_environment(self.files, _isolate)}


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, which need not look into our own records: they hold nothing but words."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, EventWords | AccessWords | OrganiserWords):
            return not attr.startswith("_")
        return super().is_safe_attribute(obj, attr, value)


def load_templates(folder: Path, *, tried: bool = True) -> Templates:
    """Read all templates of a folder, compile them and try them. Raises Misconfigured with every complaint.

    Not `tried`, for a look at a few mails: the files are only read, and each is compiled when it is needed.
    """
    from mailflow.templates.check import complaints_about, read_files

    files, complaints = read_files(folder)
    templates = Templates(folder, files)
    if tried:
        complaints += complaints_about(templates)
    if complaints:
        raise Misconfigured(*complaints)
    return templates


def make_environment(files: Mapping[str, str], finalize: Any) -> ImmutableSandboxedEnvironment:
    """Jinja2 in its sandbox: unknown names are errors, lines with nothing but syntax leave no trace."""
    return _Sandbox(
        loader=DictLoader(files),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=finalize,
        auto_reload=False,
        cache_size=-1,
    )


def _keep(value: object) -> object:
    """A value in a text from left to right: only one with letters of the other direction is set apart."""
    if isinstance(value, str) and not value.isascii() and any(map(_right_to_left, value)):
        return f"{ISOLATE}{value}{END_ISOLATE}"
    return value


def _isolate(value: object) -> object:
    """A value in a text from right to left keeps its own direction; what is copied as it is stays bare."""
    if isinstance(value, str) and value and not isinstance(value, Bare):
        return f"{ISOLATE}{value}{END_ISOLATE}"
    return value


def _right_to_left(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in ("R", "AL")


def _tidy(text: str) -> str:
    return _TOO_MANY_LINES.sub("\n\n", _BLANKS_AT_END.sub("\n", text)).strip("\n") + "\n"
