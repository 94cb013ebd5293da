"""Rule files of the sort `cases`: mails in a few lines and what they must lead to.

One file a language, `rules/cases/<lang>.toml`:

    [[case]]
    name = "Paar mit Probetermin"
    subject = "Zoom am 17."
    text = "Mein Mann und ich kommen gern, auch zum Ausprobieren."
    intents = ["practice", "sign_up"]
    persons = 2
    answer = "access"

What is not stated is not checked. `mailflow check` runs them all, so that a change of a rule which breaks an
earlier case is seen before it goes live.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mailflow.model import AutomaticKind, FolderName, Intent

_EXPECTED = (
    "intents",
    "name_read",
    "persons",
    "practice",
    "organisation",
    "phone",
    "language",
    "ideas",
    "automatic",
    "answer",
    "access",
    "attention",
    "folder",
)


class CaseRule(BaseModel):
    """One mail and what is expected of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: Annotated[str, Field(min_length=1, description="der Name des Falls")]
    sender: str = Field(default="Erika Beispiel <erika@example.org>", alias="from")
    subject: str = ""
    text: str = ""
    headers: Mapping[str, str] = Field(default_factory=dict)
    arrived: datetime | None = None  # local time of the event; without it, well before every deadline

    intents: tuple[Intent, ...] | None = None
    name_read: str | None = None
    persons: int | None = None
    practice: bool | None = None
    organisation: str | None = None
    phone: str | None = None
    language: str | None = None
    ideas: tuple[str, ...] | None = None  # words that each idea must hold; [] for no idea at all
    automatic: AutomaticKind | None = None
    answer: str | None = None  # name of the template, or "none"
    access: bool | None = None
    attention: bool | None = None
    folder: FolderName | None = None

    @model_validator(mode="after")
    def _expects_something(self) -> "CaseRule":
        if all(getattr(self, name) is None for name in _EXPECTED):
            raise ValueError("Erwartet wird wenigstens eine Angabe, wozu die Mail führen muss, etwa intents.")
        return self


class CasesFile(BaseModel):
    """One file `rules/cases/<lang>.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: tuple[CaseRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A case and the file it stands in ("de")."""

    file: str
    rule: CaseRule


def compile_cases(files: Mapping[str, CasesFile]) -> tuple[Case, ...]:
    """All cases in the order of files and lines."""
    return tuple(Case(name, rule) for name, file in sorted(files.items()) for rule in file.case)
