"""What the demo shows: a table that grows with each mail, then where everything lies."""

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from mailflow.explain.lists import as_table
from mailflow.explain.words import clean, word
from mailflow.model import Plan

if TYPE_CHECKING:
    from mailflow.settings import FolderSettings
    from mailflow.store import Store

_HEADINGS = ("von", "verstanden als", "Antwort", "liegt nun in")
_WIDTH = 110  # of a table that no terminal sees


class Stage:
    """The table on the terminal; `show` is handed each mail's plan, `close` says where the files lie."""

    def __init__(self, folders: "FolderSettings") -> None:
        console = Console()
        self._console = console if console.is_terminal else Console(width=_WIDTH)
        self._folders = folders
        self._table = Table(*_HEADINGS, title="Mailflow bei der Arbeit (März 2021)", title_justify="left")
        self._live = Live(self._table, console=self._console, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.start(refresh=self._console.is_terminal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, plan: Plan) -> None:
        """One mail more."""
        answer = f"{plan.answer.template} ({plan.answer.language})" if plan.answer else "keine"
        folder = getattr(self._folders, plan.folder)
        cells = (plan.sender, _understood(plan), answer, folder)
        self._table.add_row(*(Text(clean(cell)) for cell in cells))
        if self._console.is_terminal:
            self._live.refresh()

    def close(self, folder: Path, store: "Store") -> None:
        """The list of those who come, and where to look further."""
        self._live.stop()
        self._console.print()
        self._console.print(as_table("registrations", store.registrations()))
        for what, where in (
            ("Die Antworten (.eml, lesbar als .txt)", folder / "answers"),
            ("Was festgehalten wurde (TinyDB)", folder / "data" / "mailflow.json"),
            ("Die Listen", f"mailflow --config {folder / 'config.toml'} list registrations"),
        ):
            self._console.print(Text(f"{what}:\n    {where}"), soft_wrap=True)


def _understood(plan: Plan) -> str:
    """The intents in words, with the number of persons."""
    names = [
        reason.what.split(" ", 1)[1]
        for reason in plan.reasons
        if reason.what.startswith(("intent ", "automatic "))
    ]
    words = ", ".join(word(name) for name in names) or "unklar"
    persons = max((each.persons for each in plan.registrations), default=1)
    return f"{words} ({persons} Personen)" if persons > 1 else words
