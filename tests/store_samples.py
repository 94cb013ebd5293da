"""Mails, registrations, plans and answers for the tests of the store."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mailflow.model import Address, AnswerPlan, Letter, Plan, Registration, Waiting
from mailflow.store import Store

BERLIN = "Europe/Berlin"
NOON = datetime(2021, 3, 2, 11, 0, tzinfo=UTC)


def letter(
    digest: str = "d1", sender: str = "renate@web.example", reply_to: str = "", thread: str = ""
) -> Letter:
    return Letter(
        digest=digest,
        message_id=f"<{digest}@web.example>",
        senders=(Address("Renate Müller", sender),),
        reply_to=(Address("", reply_to),) if reply_to else (),
        recipients=(),
        subject="Anmeldung",
        sent=NOON,
        headers=(),
        body=(),
        references=(thread,) if thread else (),
    )


def registration(key: str = "r1", address: str = "Renate@web.example", **fields: object) -> Registration:
    made = Registration(
        id=key,
        name="Renate Müller",
        address=address,
        persons=2,
        sign_up=True,
        practice=True,
        organisation=None,
        phone="02131 5550101",
        language="de",
        when=NOON,
        mail="d1",
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def plan(digest: str = "d1", *registrations: Registration, answer: str = "<a1@us>", **fields: object) -> Plan:
    to = Address("Renate Müller", "renate@web.example")
    says = AnswerPlan("access", "de", to, {}, True, ("event",), answer, f"<{digest}@web.example>", ())
    made = Plan(
        digest, f"<{digest}@web.example>", NOON, to.addr, "Anmeldung", "done", registrations, answer=says
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def waiting(
    name: str = "<a1@us>", to: str = "renate@web.example", digest: str = "d1", when: datetime = NOON
) -> Waiting:
    return Waiting(
        name, to, b"Subject: =?utf-8?q?Zugang_f=C3=BCr_Sie?=\r\n\r\nText\r\n", digest, "access", when
    )


def keep(store: Store, number: int) -> None:
    """One mail with a registration and an answer, in one durable write."""
    batch = store.batch(NOON)
    answer = f"<a{number}@us>"
    made = registration(f"r{number}", f"p{number}@web.example", mail=f"d{number}")
    batch.add(plan(f"d{number}", made, answer=answer), waiting(answer, made.address, f"d{number}"))
    batch.commit()


def kept(store: Store) -> list[int]:
    """The numbers of the mails that are kept, each checked to be there whole."""
    tables = store.db.storage.read() or {}  # one moment for all of them
    mails, registrations, answers = (tables.get(name, {}) for name in ("mails", "registrations", "answers"))
    numbers = [int(row["digest"][1:]) for row in mails.values()]
    assert [row["id"] for row in registrations.values()] == [f"r{number}" for number in numbers]
    assert [row["message_id"] for row in answers.values()] == [f"<a{number}@us>" for number in numbers]
    return numbers


def kept_at(path: Path) -> list[int]:
    """The numbers of the mails that a freshly opened store holds."""
    store = Store.open(path, BERLIN)
    try:
        return kept(store)
    finally:
        store.close()
