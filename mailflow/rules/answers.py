"""What is done about a mail: rules/answers.toml, read from the top; the first rule that fits decides.

[[answer]]
name = "Anmeldung"
intents = ["sign_up"]        all of these are wanted …
without = ["cancel"]         … and none of these
when = ["before_end"]        … under these circumstances
template = "access"          "" for no answer
folder = "done"
attention = ""               why a person must look; "" for not at all

about_us = ["zoom"]          (before the rules) what shows that a mail is about the event, see topic.py
free_mail = ["gmx.de"]       (before the rules) providers whose domain strangers share: it has no limit
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mailflow.model import FolderName, Intent

Circumstance = Literal[
    "before_end",  # the event is not over
    "after_end",
    "before_practice",  # the try-out is not over
    "ideas_in_time",  # until the day named in the configuration, that day included
    "ideas_late",
    "changed",  # changes a sign-up that was in force
    "unchanged",
    "registered",  # somebody is registered under this address
    "not_registered",
    "reply",  # the mail answers one of ours
    "no_reply",
    "institution",  # writes for an institution
    "private",
    "unclear",  # nothing was understood, or a doubt is left
    "clear",
    "off_topic",  # advertising, a lost cat: it has nothing to do with the event
    "declined",  # cannot or will not come
]


class AnswerRule(BaseModel):
    """Who asks for this, under these circumstances, gets that."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    intents: tuple[Intent, ...] = ()
    any_of: tuple[Intent, ...] = ()
    without: tuple[Intent, ...] = ()
    when: tuple[Circumstance, ...] = ()
    sender_ends_with: tuple[str, ...] = ()
    subject_has: tuple[str, ...] = ()
    template: str = ""
    record: bool = True
    folder: FolderName = "done"
    attention: str = ""
    note: str = ""


class AnswersFile(BaseModel):
    """The rules, in order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about_us: tuple[str, ...] = ()
    free_mail: tuple[str, ...] = ()
    answer: tuple[AnswerRule, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Answers:
    """The rules in force, in order of the file."""

    rules: tuple[AnswerRule, ...]
    free_mail: frozenset[str] = frozenset()  # domains, casefolded
    about_us: tuple[str, ...] = ()  # what only mails about the event have in them, casefolded


def compile_answers(files: Mapping[str, AnswersFile]) -> Answers:
    """All files' rules, in the order of their names."""
    rules = tuple(rule for name in sorted(files) for rule in files[name].answer)
    return Answers(
        rules,
        frozenset(each.casefold() for file in files.values() for each in file.free_mail),
        tuple(each.casefold() for file in files.values() for each in file.about_us),
    )
