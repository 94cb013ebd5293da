"""What a letter says, with the reasons."""

from dataclasses import dataclass
from typing import Literal

from mailflow.model.mail import Automatic, Bounce

Intent = Literal["sign_up", "practice", "idea", "cancel", "resend", "question"]
PieceKind = Literal[
    "written", "greeting", "closing", "signature", "quoted", "forwarded", "disclaimer", "footer"
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was concluded: what, by which rule, because of which words."""

    what: str
    rule: str
    because: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the mail's text and what it was taken for. `because` is empty for what was written."""

    kind: PieceKind
    text: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """Who comes. `said` names the fields that the mail states itself, for corrections of earlier ones."""

    name: str | None
    persons: int
    organisation: str | None
    phone: str | None
    practice: bool
    said: frozenset[str] = frozenset()
    change: int = 0  # only how many more or fewer come is said: "meine Frau doch nicht" is -1


@dataclass(frozen=True, slots=True)
class IdeaText:
    """One idea in the writer's words, sorted by what the event asks for."""

    text: str
    kind: str  # "interest", "need", "resource", "suggestion" or what the organiser named
    rule: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence that the person wrote and what it was taken for (intents, "idea", "" for nothing)."""

    text: str
    taken_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a letter says."""

    automatic: Automatic | None
    language: str | None
    pieces: tuple[Piece, ...]
    intents: tuple[Intent, ...]  # sorted
    details: Details | None  # where intents hold sign_up or practice and no cancel
    ideas: tuple[IdeaText, ...]
    unclear: str  # why a person should look at it; "" where that is not needed
    reasons: tuple[Reason, ...]
    sentences: tuple[Sentence, ...] = ()
    bounce: Bounce | None = None

    @property
    def written(self) -> str:
        """What the person wrote in this mail: no quoted history, no signature."""
        return "\n".join(piece.text for piece in self.pieces if piece.kind == "written")
