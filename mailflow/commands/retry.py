"""`mailflow retry`: mails that could not be dealt with go back to the inbox, as if never seen.

Rules: a mail is forgotten before it is moved, or a running service would only file it again; stopped in
between, the same call does the rest. It works beside a running service.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from mailflow.commands.speech import Call, Command
from mailflow.errors import MailflowError

if TYPE_CHECKING:
    from mailflow.config import Config
    from mailflow.inbox import Inbox
    from mailflow.settings import MailboxSettings

SHORTEST = 6  # signs of a digest


@click.command(cls=Command, short_help="Nimmt gescheiterte Mails noch einmal vor.")
@click.argument("digests", metavar="[KENNUNG…]", nargs=-1)
@click.pass_obj
def retry(call: Call, digests: tuple[str, ...]) -> None:
    """Legt gescheiterte Mails zurück in den Eingang, nachdem der Fehler behoben ist: alle, oder die mit
    diesen KENNUNGen (im Protokoll hinter „mail“)."""
    from mailflow.config import load_config

    if short := [each for each in digests if len(each) < SHORTEST]:
        raise click.UsageError(f"„{short[0]}“ ist zu kurz: Erwartet werden wenigstens {SHORTEST} Zeichen.")
    config = load_config(call.config)
    config.require_passwords()
    moved = _move_back(config, digests)
    folder = config.mailbox.folders.failed
    missing = [each for each in digests if not any(digest.startswith(each) for digest in moved)]
    if missing:
        raise MailflowError(f"Im Ordner „{folder}“ liegt keine Mail mit der Kennung {', '.join(missing)}.")
    if not moved:
        click.echo(f"Im Ordner „{folder}“ liegt nichts.", err=True)
        return
    told = "Eine Mail liegt" if len(moved) == 1 else f"{len(moved)} Mails liegen"
    click.echo(f"{told} wieder im Eingang; „mailflow run“ nimmt sie sich vor.", err=True)


def _move_back(config: "Config", digests: Sequence[str]) -> list[str]:
    """The digests of the mails that were moved."""
    from mailflow.inbox import Inbox
    from mailflow.store import Store

    moved = []
    with Store.open(config.store.path, config.event.timezone) as store:
        inbox = Inbox(_turned_round(config.mailbox))
        try:
            inbox.connect()
            for uid, digest in _failed(inbox):
                if not digests or digest.startswith(tuple(digests)):
                    store.forget(digest)
                    inbox.file({"failed": [uid]})
                    moved.append(digest)
        finally:
            inbox.close()
    return moved


def _turned_round(mailbox: "MailboxSettings") -> "MailboxSettings":
    """The same mailbox the other way round: what failed comes in, the inbox is where it goes."""
    failed = mailbox.folders.failed
    # as `done`, which is not used here, it is made where it does not exist yet
    folders = mailbox.folders.model_copy(update={"failed": mailbox.folder, "done": failed})
    return mailbox.model_copy(update={"folder": failed, "folders": folders})


def _failed(inbox: "Inbox") -> Iterator[tuple[str, str]]:
    """Uid and digest of every mail that failed."""
    from mailflow.letter import read_letter

    seen: set[str] = set()
    while mails := inbox.fetch(skip=seen):
        seen.update(mail.uid for mail in mails)
        for mail in mails:
            yield mail.uid, read_letter(mail.raw).digest
