"""What `check` says of the provider that tells forged senders: whose word counts, and from where we know it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailflow.config import Config


def judge(config: "Config") -> tuple[bool, str]:
    """Is all well, and what is to be told. Raises MailflowError where the store can't be read."""
    from mailflow.store import Store

    chosen = config.mailbox.authserv_id.casefold()
    with Store.open(config.store.path, config.event.timezone) as store:
        learned = store.judge()
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
