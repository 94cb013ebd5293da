"""Moving mails in sets: MOVE (RFC 6851) where the server has it, else COPY, mark as deleted and expunge.

Rules: only our own mails are expunged, by their UIDs (UIDPLUS, RFC 4315). A folder that a person has removed
is made anew; mails that a person has moved away meanwhile are passed over.
"""

from collections.abc import Callable
from typing import Any

from imap_tools.utils import encode_folder

from mailflow.inbox.server_words import in_words


def move_mails(client: Any, uids: str, folder: str, can: Callable[[str], bool]) -> str | None:
    """Move a set of mails to a folder, both as the server spells them; what it says where it refuses.

    `can` tells what the server is able to do. Raises what imaplib raises.
    """
    target = encode_folder(folder)
    status, data = _move(client, uids, target, can)
    if status != "OK" and "TRYCREATE" in in_words(data):  # a person has removed the folder
        client.create(target)
        status, data = _move(client, uids, target, can)
    if status != "OK" and "EXPUNGEISSUED" in in_words(data):  # a person has moved some of them away
        client.noop()
        status, data = _move(client, uids, target, can)
    return None if status == "OK" else in_words(data)


def _move(client: Any, uids: str, target: Any, can: Callable[[str], bool]) -> tuple[str, list[Any]]:
    if can("MOVE"):
        return client.uid("MOVE", uids, target)  # type: ignore[no-any-return]
    status, data = client.uid("COPY", uids, target)
    if status == "OK":
        status, data = client.uid("STORE", uids, "+FLAGS.SILENT", "(\\Deleted)")
    if status == "OK" and can("UIDPLUS"):
        status, data = client.uid("EXPUNGE", uids)
    # without UIDPLUS they stay, marked as deleted: a plain EXPUNGE would take other people's mails too
    return status, data
