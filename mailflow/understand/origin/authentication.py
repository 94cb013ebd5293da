"""Did the receiving provider find the sender forged? Read from its own Authentication-Results (RFC 8601).

Anybody can write such a header into a mail, so only those count that carry the configured name of the
provider (its authserv-id); RFC 8601, section 5, has the provider remove foreign ones of that name.
"""

import re

from mailflow.model import Letter

_LONGEST = 4_000  # characters of a header that are parsed
_NAMED = re.compile(r"\s*([\w.-]{1,255})(?:\s|;|\(|$)")


def failed_domain(letter: Letter, authserv_id: str) -> str | None:
    """The From domain that failed DMARC, as the provider called `authserv_id` says; None where it did not."""
    if not authserv_id:
        return None
    for value in letter.all("authentication-results"):
        if _named(value) == authserv_id.casefold() and (domain := _failed(value)) is not None:
            return domain or _from_domain(letter)
    return None


def authserv_ids(letter: Letter) -> tuple[str, ...]:
    """Who signs the Authentication-Results of this mail, topmost (nearest to us) first: for setting up."""
    names = (_named(value) for value in letter.all("authentication-results"))
    return tuple(dict.fromkeys(name for name in names if "." in name))


def _named(value: str) -> str:
    found = _NAMED.match(value)
    return found[1].casefold() if found else ""


def _failed(value: str) -> str | None:
    """The domain that failed DMARC, "" where it is not named; None where DMARC did not fail."""
    import authres

    try:
        header = authres.AuthenticationResultsHeader.parse_value(value[:_LONGEST])
    except (authres.AuthResError, RecursionError):
        return _failed_by_eye(value)
    for result in header.results:
        if result.method.lower() == "dmarc" and (result.result or "").lower() == "fail":
            named = (each.value for each in result.properties if (each.type, each.name) == ("header", "from"))
            return str(next(named, ""))
    return None


def _failed_by_eye(value: str) -> str | None:
    """For headers that do not keep to the grammar, as some providers write them."""
    found = re.search(r"(?:^|[;\s])dmarc\s{0,9}=\s{0,9}fail\b", value[:_LONGEST], re.IGNORECASE)
    return "" if found else None


def _from_domain(letter: Letter) -> str:
    return letter.senders[0].key.rpartition("@")[2] if letter.senders else ""
