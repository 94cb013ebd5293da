"""The mark in the Message-ID of each answer: ours can be recognised, and nobody else can make one.

`<mf.CASE.KEY@domain>`: CASE stands for the mail that is answered and the template (the same answer made twice
has the same Message-ID), KEY is an HMAC over it. A mail, a reply or a bounce that names such an identifier
refers to an answer of ours; one with a wrong KEY does not.
"""

import hashlib
import hmac
import re

_OURS = re.compile(r"<mf\.([0-9a-f]{20})\.([0-9a-f]{24})@([^<>@\s]{1,255})>")


def answer_id(secret: bytes, digest: str, template: str, domain: str) -> str:
    """The Message-ID of the answer with `template` to the mail with `digest` (RFC 5322, 3.6.4)."""
    case = hashlib.sha256(f"{digest}\0{template}".encode()).hexdigest()[:20]
    return f"<mf.{case}.{_key(secret, case, domain)}@{domain}>"


def names_our_answer(message_id: str, secret: bytes) -> bool:
    """Did we make this Message-ID? Case does not count: some servers change it."""
    found = _OURS.fullmatch(message_id.strip().lower())
    return found is not None and _is_ours(found, secret)


def our_answers(text: str, secret: bytes) -> tuple[str, ...]:
    """Every Message-ID of ours in a text, in order, each once."""
    found = (mark for mark in _OURS.finditer(text.lower()) if _is_ours(mark, secret))
    return tuple(dict.fromkeys(mark.group() for mark in found))


def _is_ours(found: re.Match[str], secret: bytes) -> bool:
    case, key, domain = found.groups()
    return hmac.compare_digest(key, _key(secret, case, domain))


def _key(secret: bytes, case: str, domain: str) -> str:
    message = f"{case}@{domain.lower()}".encode()
    return hmac.new(secret, message, hashlib.sha256).hexdigest()[:24]
