"""The whole pure way of one mail, and what must hold at its end whatever the bytes were.

For the property tests and the fuzzer: an `explain` line always; an answer that parses, to one recipient, with
no header that was not meant, and nothing of the mail in it but a cleaned name.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path

from mailflow.commands.trial import Workshop, try_mail
from mailflow.explain import Trial, as_json
from mailflow.explain.page import as_text
from mailflow.rules import load_rules
from mailflow.templates import load_templates
from tests.answers import NOW, OFFICE
from tests.corpus.build_eml import build

ROOT = Path(__file__).parents[2]
HEADERS = [  # of an answer: each once, in this order
    *("from", "to", "subject", "date", "message-id", "in-reply-to", "references"),
    *("auto-submitted", "x-auto-response-suppress", "x-loop", "content-language"),
    *("mime-version", "content-type"),
]
MAY_MISS = {"in-reply-to", "references"}  # a mail without a Message-ID names none
OURS = replace(OFFICE, authserv_id="mx.provider.example")


@lru_cache
def workshop() -> Workshop:
    """The rules and templates that Mailflow ships."""
    return Workshop(OURS, load_rules(ROOT / "rules"), load_templates(ROOT / "templates", tried=False))


def walk(raw: bytes) -> Trial:
    """Read a mail to the end and check what came out of it."""
    trial = try_mail(raw, workshop(), file="x.eml", now=NOW)
    line = json.dumps(as_json(trial), ensure_ascii=False)
    assert "\n" not in line
    assert as_text(trial)
    if trial.answer:
        check_answer(trial)
    else:
        assert trial.plan.attention or trial.reading.automatic or trial.trouble or not trial.plan.answer
    return trial


def check_answer(trial: Trial) -> None:
    """An answer as a mail server would look at it."""
    assert trial.answer
    assert trial.reading.automatic is None
    raw = trial.answer.raw
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = message_from_bytes(raw, policy=policy.default.clone(raise_on_defect=True))
    assert isinstance(message, EmailMessage)
    names = [name.lower() for name in message.keys()]  # noqa: SIM118  # each value, not each name
    assert names == [name for name in HEADERS if name in names]
    assert set(HEADERS) - set(names) <= MAY_MISS
    check_addresses(message, trial.answer.to)
    for part in message.walk():
        assert not part.defects
        if part.get_content_maintype() == "text":
            assert part.get_content()


def check_addresses(message: EmailMessage, to: str) -> None:
    """From us, to one mailbox: the one of the envelope."""
    assert [each.addr_spec for each in message["From"].addresses] == [OURS.sender.addr]
    assert len(message["To"].addresses) == 1
    assert message["To"].addresses[0].addr_spec == to
    assert not message["To"].groups[0].display_name
    assert str(message["Subject"]).isprintable()


def mails() -> Iterator[bytes]:
    """The mails of the tests: people and machines."""
    lines = (ROOT / "tests" / "corpus" / "dev.jsonl").read_text("utf-8").splitlines()
    yield from (build(json.loads(line)) for line in lines if line.strip())
    for file in sorted((ROOT / "tests" / "machines").glob("*.toml")):
        for mail in tomllib.loads(file.read_text("utf-8"))["mail"]:
            if "raw" in mail:
                yield mail["raw"].lstrip("\n").encode()
