"""The SMTP door: on Dovecot's submission service, on aiosmtpd, and on a server that fails as it is told."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from mailflow.errors import LoginRefused, TryLater
from mailflow.model import Waiting
from mailflow.outbox import Delivery, Outbox
from mailflow.settings import SmtpSettings
from tests.servers.authority import Authority
from tests.servers.dovecot import PASSWORD, UMLAUT_PASSWORD, Dovecot
from tests.servers.sink import DROP, Sink, Taken
from tests.servers.submission import Submission

SENDER = "Kennenlernen <kennenlernen@diakonie.example>"
OWN = "kennenlernen@diakonie.example"


def waiting(to: str, text: bytes = b"Guten Tag\r\n") -> Waiting:
    raw = b"From: %b\r\nTo: <x>\r\nSubject: Zugang\r\n\r\n%b" % (OWN.encode(), text)
    return Waiting(f"<{to}>", to, raw, "digest", "access", datetime(2021, 3, 1, tzinfo=UTC))


def smtp(port: int, **changes: object) -> SmtpSettings:
    values = {"host": "127.0.0.1", "port": port, "security": "none", "sender": SENDER}
    return SmtpSettings.model_validate(values | changes)


def send(sink: Sink, *recipients: str, **changes: object) -> list[Delivery]:
    return list(Outbox(smtp(sink.port, **changes), 5).send([waiting(each) for each in recipients]))


def outcomes(deliveries: Sequence[Delivery]) -> str:
    return " ".join(each.outcome for each in deliveries)


@pytest.fixture(params=[True, False], ids=["pipelining", "step by step"])
def pipelining(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_many_over_one_connection(pipelining: bool) -> None:
    """The bytes arrive as they were built, in order, over a single connection."""
    with Sink(pipelining=pipelining) as sink:
        recipients = [f"r{number}@web.example" for number in range(20)]
        deliveries = send(sink, *recipients)
        assert [each.message_id for each in deliveries] == [f"<{each}>" for each in recipients]
        assert outcomes(deliveries) == " ".join(["sent"] * 20)
        assert sink.taken == [Taken(OWN, each, waiting(each).raw) for each in recipients]
        assert sink.connections == 1


def test_nothing_waiting_makes_no_connection() -> None:
    with Sink() as sink:
        assert send(sink) == []
        assert sink.connections == 0


def test_lines_with_dots_and_bare_ends(pipelining: bool) -> None:
    """A line that is a dot does not end the mail; bare LF and CR become line ends."""
    with Sink(pipelining=pipelining) as sink:
        answer = waiting("a@web.example", b".\r\n..\n.x\rend")
        assert outcomes(list(Outbox(smtp(sink.port), 5).send([answer]))) == "sent"
        assert sink.taken[0].raw.endswith(b"\r\n\r\n.\r\n..\r\n.x\r\nend\r\n")


def replies(command: str, *given: str | None) -> Iterator[str | None]:
    """What to reply to a command, one after the other; then as usual."""
    yield from given
    while True:
        yield None


def faulty(command: str, *given: str | None, to: str = "") -> Sink:
    """A server that answers a command (for one recipient, if named) in these ways, then as usual."""
    script = replies(command, *given)

    def fault(said: str, recipient: str) -> str | None:
        return next(script) if said == command and (not to or recipient == to) else None

    return Sink(fault=fault)


@pytest.mark.parametrize(
    ("command", "reply", "outcome"),
    [
        ("RCPT", "550 5.1.1 no such user", "never"),
        ("RCPT", "450 4.2.0 greylisted", "later"),
        ("RCPT", "452 4.2.2 mailbox full", "later"),
        (".", "552 5.3.4 too big", "never"),
        (".", "554 5.7.1 looks like spam", "never"),
        (".", "451 4.3.0 try again", "later"),
        ("DATA", "451 4.3.0 try again", "later"),
        ("MAIL", "451 4.3.0 try again", "later"),
        ("MAIL", "552 5.3.4 too big", "never"),
        ("lost", DROP, "later"),
        (".", DROP, "later"),
    ],
)
def test_one_bad_answer_holds_up_nobody(command: str, reply: str, outcome: str) -> None:
    """The reply concerns the second of three; the first and the third go out."""
    with faulty(command, None, reply) as sink:
        deliveries = send(sink, "a@web.example", "b@web.example", "c@web.example")
        assert outcomes(deliveries) == f"sent {outcome} sent"
        assert [each.recipient for each in sink.taken if each.recipient != "b@web.example"] == [
            "a@web.example",
            "c@web.example",
        ]
        if reply:
            assert reply in deliveries[1].why


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", [DROP, "421 4.7.0 too many mails on this connection"])
def test_a_connection_lost_before_the_text_is_opened_anew(command: str, reply: str) -> None:
    """No answer is late and none arrives twice."""
    with faulty(command, None, reply) as sink:
        deliveries = send(sink, "a@web.example", "b@web.example", "c@web.example")
        assert outcomes(deliveries) == "sent sent sent"
        assert len(sink.taken) == 3
        assert sink.connections == 2


def test_an_answer_lost_after_the_dot_is_not_sent_again_at_once() -> None:
    """The server has it; whether we shall send it again is decided later, with the same Message-ID."""
    with faulty("lost", DROP) as sink:
        assert outcomes(send(sink, "a@web.example")) == "later"
        assert len(sink.to("a@web.example")) == 1


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("connect", "554 5.7.1 not from your network"),
        ("connect", "421 4.3.2 too busy"),
        ("connect", DROP),
        ("MAIL", "550 5.7.1 this sender is not yours"),
        ("MAIL", "530 5.7.0 log in first"),
        ("RCPT", "530 5.7.0 log in first"),
    ],
)
def test_a_refusal_that_is_about_us_lets_everything_wait(command: str, reply: str) -> None:
    """It says nothing about the recipients; nobody is given up, and the server is not hammered."""
    with faulty(command, *[reply] * 50) as sink:
        deliveries = send(sink, *(f"r{number}@web.example" for number in range(10)))
        assert outcomes(deliveries) == " ".join(["later"] * 10)
        assert all(each.why for each in deliveries)
        assert sink.connections == 1


def test_a_server_that_always_hangs_up_is_not_hammered() -> None:
    with faulty("RCPT", *[DROP] * 50) as sink:
        deliveries = send(sink, *(f"r{number}@web.example" for number in range(10)))
        assert outcomes(deliveries) == " ".join(["later"] * 10)
        assert sink.connections <= 4


def test_null_sender_where_the_server_takes_it() -> None:
    with Sink() as sink:
        send(sink, "a@web.example", "b@web.example", envelope_sender="<>")
        assert [each.sender for each in sink.taken] == ["", ""]


def test_own_address_where_the_null_sender_is_refused() -> None:
    with faulty("MAIL", "550 5.7.1 no null sender here") as sink:
        assert outcomes(send(sink, "a@web.example", "b@web.example", envelope_sender="<>")) == "sent sent"
        assert [each.sender for each in sink.taken] == [OWN, OWN]


@pytest.mark.parametrize("step", ["RCPT", "."])
def test_own_address_where_the_null_sender_is_refused_late(step: str, pipelining: bool) -> None:
    """Some servers look at the sender when they know the recipient or the text; then it stays at that."""
    with Sink(pipelining=pipelining) as sink:
        before: list[str] = []

        def refuse(command: str, _: str) -> str | None:
            before.append(command)
            return "550 5.7.1 no null sender here" if command == step and before.count(step) == 1 else None

        sink.fault = refuse
        assert outcomes(send(sink, "a@web.example", "b@web.example", envelope_sender="<>")) == "sent sent"
        assert [each.sender for each in sink.taken] == [OWN, OWN]


def test_a_recipient_that_is_refused_is_not_the_null_senders_fault() -> None:
    """Tried once more as ourselves, given up, and the next one goes out with the null sender."""
    with Sink() as sink:
        sink.fault = lambda command, recipient: (
            "550 5.1.1 unknown" if command == "RCPT" and recipient.startswith("a@") else None
        )
        assert outcomes(send(sink, "a@web.example", "b@web.example", envelope_sender="<>")) == "never sent"
        assert [each.sender for each in sink.taken] == [""]


@pytest.mark.parametrize(("accepted", "sender"), [(True, ""), (False, OWN)])
def test_null_sender_on_aiosmtpd(authority: Authority, accepted: bool, sender: str) -> None:
    """A real server with STARTTLS and login that takes the null sender, and one that does not."""
    with Submission(authority, "anmeldung", "geheim", null_sender=accepted) as server:
        settings = smtp(
            server.port,
            security="starttls",
            ca_file=authority.ca_file,
            user="anmeldung",
            password="geheim",
            envelope_sender="<>",
        )
        assert outcomes(list(Outbox(settings).send([waiting("a@web.example")]))) == "sent"
        assert [each.sender for each in server.taken] == [sender]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "no-at-sign",
        "a@b@c",
        "a b@web.example",
        "a@web.example>\r\nRCPT TO:<x@y.example",
        "ü\n@web.example",
    ],
)
def test_what_is_no_address_is_given_up(address: str) -> None:
    """… and nothing of it reaches the server."""
    with Sink() as sink:
        deliveries = send(sink, address, "a@web.example")
        assert outcomes(deliveries) == "never sent"
        assert [each.recipient for each in sink.taken] == ["a@web.example"]


def test_a_domain_with_umlauts_is_sent_as_idna() -> None:
    with Sink() as sink:
        assert outcomes(send(sink, "anna@müller.example", "jörg@web.example")) == "sent never"
        assert sink.taken[0].recipient == "anna@xn--mller-kva.example"


@pytest.mark.parametrize(("user", "password"), [("outbox", PASSWORD), ("umlaut", UMLAUT_PASSWORD)])
def test_starttls_and_login_on_dovecot(
    user: str, password: str, dovecot: Dovecot, relay: Sink, authority: Authority
) -> None:
    """Also where there are umlauts in the password."""
    settings = smtp(
        dovecot.submission,
        security="starttls",
        ca_file=authority.ca_file,
        user=f"{user}@kaarst.example",
        password=password,
    )
    assert outcomes(list(Outbox(settings, 20).send([waiting(f"{user}@web.example")]))) == "sent"
    assert len(relay.to(f"{user}@web.example")) == 1


def test_starttls_and_login_on_aiosmtpd(authority: Authority) -> None:
    """A login name that is no address stays as it is."""
    with Submission(authority, "anmeldung", "geheim") as server:
        settings = smtp(
            server.port, security="starttls", ca_file=authority.ca_file, user="anmeldung", password="geheim"
        )
        deliveries = list(Outbox(settings, 20).send([waiting("a@web.example"), waiting("b@web.example")]))
        assert outcomes(deliveries) == "sent sent"
        assert [(each.sender, each.recipient) for each in server.taken] == [
            (OWN, "a@web.example"),
            (OWN, "b@web.example"),
        ]


def test_starttls_is_not_optional() -> None:
    """A server (or somebody between) that does not offer it gets neither password nor mail."""
    with Sink(login=("u", "p")) as sink:
        deliveries = send(sink, "a@web.example", security="starttls", user="u", password="p")
        assert outcomes(deliveries) == "later"
        assert sink.taken == []


def test_an_unknown_certificate_is_refused(authority: Authority) -> None:
    with Sink(tls=authority.server_context()) as sink:
        deliveries = send(sink, "a@web.example", security="starttls")
        assert outcomes(deliveries) == "later"
        assert "certificate" in deliveries[0].why
        assert sink.taken == []


@pytest.mark.parametrize(("fault", "refused"), [(None, True), ("454 4.7.0 temporary failure", False)])
def test_a_refused_login_lets_everything_wait(fault: str | None, refused: bool, authority: Authority) -> None:
    """Only a final refusal is about the password (RFC 4954, section 6)."""
    with Sink(login=("u", "p"), tls=authority.server_context()) as sink:
        sink.fault = lambda command, _: fault if command == "AUTH" else None
        login = {
            "security": "starttls",
            "ca_file": authority.ca_file,
            "user": "u",
            "password": "falsches-wort",
        }
        deliveries = send(sink, "a@web.example", "b@web.example", **login)
        assert outcomes(deliveries) == "later later"
        assert ("smtp.password" in deliveries[0].why) == refused
        assert "falsches-wort" not in deliveries[0].why
        with pytest.raises(TryLater) as caught:
            Outbox(smtp(sink.port, **login), 5).connect()
        assert isinstance(caught.value, LoginRefused) == refused


def test_login_is_tried_before_a_batch(dovecot: Dovecot, authority: Authority) -> None:
    """`mailflow check` does no more than this."""
    settings = smtp(
        dovecot.submission,
        security="starttls",
        ca_file=authority.ca_file,
        user="check@kaarst.example",
        password=PASSWORD,
    )
    outbox = Outbox(settings, 20)
    outbox.connect()
    outbox.close()
    outbox.close()


def test_a_server_that_never_speaks() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = time.monotonic()
        with pytest.raises(TryLater):
            Outbox(smtp(listener.getsockname()[1]), 0.3).connect()
        assert time.monotonic() - started < 10
