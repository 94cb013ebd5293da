"""What `check` says of who tells forged senders: whose word counts, and from where we know the name."""

from contextlib import suppress
from typing import TYPE_CHECKING

from mailflow.errors import MailflowError

if TYPE_CHECKING:
    from mailflow.config import Config


def judge(config: "Config") -> tuple[bool, str]:
    """Is all well, and what is to be told."""
    chosen, learned = config.mailbox.authserv_id.casefold(), _learned(config)
    if chosen and learned and learned != chosen:
        return False, (
            f"In „Authentication-Results“ zählt „{chosen}“ (eingestellt), die Mails tragen aber „{learned}“. "
            "Bitte mailbox.authserv_id prüfen."
        )
    if chosen:
        return True, f"In „Authentication-Results“ zählt „{chosen}“ (eingestellt)."
    if learned:
        return True, f"In „Authentication-Results“ zählt „{learned}“ (gelernt aus den Mails)."
    return True, (
        "Noch ist nicht bekannt, wie sich der Mailanbieter in „Authentication-Results“ nennt; "
        "das lernt Mailflow aus den Mails, oder mailbox.authserv_id nennt es."
    )


def _learned(config: "Config") -> str:
    """The name that the store has learned; "" also where the store can't be read, which is told elsewhere."""
    from mailflow.store import Store

    with suppress(MailflowError), Store.open(config.store.path, config.event.timezone) as store:
        return store.judge()
    return ""
