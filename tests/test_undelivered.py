"""A report of undelivered mail finds its registration; whoever writes again is reached again."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailflow.decide.telephone import PhoneCall, sign_up
from mailflow.letter import read_letter
from mailflow.marks import answer_id
from mailflow.model import Known, Letter, Plan, Registration
from mailflow.store import Store
from tests.answers import NOW, OFFICE
from tests.desk import letter, plan, registration
from tests.store_samples import waiting

BERLIN = "Europe/Berlin"
ANSWER = answer_id(OFFICE.secret, "0f" * 32, "access", "diakonie.example")
GONE = "Die Adresse gibt es nicht (mehr)."
REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.web.example (Mail Delivery System)
To: kennenlernen@diakonie.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <20210302.1@mx.web.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.web.example

Final-Recipient: rfc822; {to}
Action: {action}
Status: {code}
--b
Content-Type: text/rfc822-headers

From: kennenlernen@diakonie.example
To: {to}
Message-ID: {message_id}
--b--
"""
QMAIL = b"""\
From: MAILER-DAEMON@mx.example
Subject: failure notice
X-Failed-Recipients: renate@web.example

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<renate@web.example>:
user unknown
"""


def report(
    to: str = "renate@web.example", code: str = "5.1.1", action: str = "failed", message_id: str = ANSWER
) -> Letter:
    """A delivery status as Postfix writes it (RFC 3464)."""
    return read_letter(REPORT.format(to=to, code=code, action=action, message_id=message_id).encode())


def after(*registrations: Registration, returned_from: str = "renate@web.example") -> Known:
    return Known(registrations, returned_from=returned_from)


def test_a_report_about_our_answer_reaches_the_organiser() -> None:
    """The registration learns why, a person gets the telephone number, the mail itself is filed."""
    made = plan(report(), after(registration(phone="02131 5550101")))
    assert [each.unreached for each in made.registrations] == [GONE]
    assert [each.address for each in made.attention] == ["renate@web.example"]
    assert made.attention[0].reason == f"Unsere Antwort kam nicht an: {GONE} Telefon: 02131 5550101"
    assert (made.answer, made.folder, made.unreached) == (None, "automatic", "renate@web.example")


def test_without_telephone_and_without_registration() -> None:
    """A receipt for an idea that did not arrive is told, too."""
    made = plan(report(), after())
    assert [each.reason for each in made.attention] == [f"Unsere Antwort kam nicht an: {GONE}"]
    assert made.registrations == ()


def test_the_forwarded_address_is_not_the_one_we_wrote_to() -> None:
    """Our own mark tells which answer it was, whatever address the last server names."""
    made = plan(report(to="renate@elsewhere.example"), after(registration()))
    assert made.unreached == "renate@web.example"
    assert made.registrations[0].unreached == GONE


@pytest.mark.parametrize(
    "letter_",
    [
        report(code="4.4.7", action="delayed"),
        report(code="2.0.0", action="delivered"),
        report(
            message_id=answer_id(b"another secret", "0f" * 32, "access", "diakonie.example"), to="x@y.example"
        ),
    ],
    ids=["delayed", "delivered", "forged mark, a stranger's address"],
)
def test_nothing_changes_for_what_is_no_failure_of_ours(letter_: Letter) -> None:
    """Late is not lost, and a mark that is not ours says nothing."""
    made = plan(letter_, after(registration(), returned_from=""))
    assert (made.registrations, made.attention, made.unreached) == ((), (), "")


def test_a_report_without_our_mark_counts_for_the_address_it_names() -> None:
    """Some systems return nothing of our mail."""
    bare = report(message_id="<x@y.example>")
    made = plan(bare, after(registration(), registration(id="r2", address="hans@web.example")))
    assert [each.id for each in made.registrations] == ["r1"]


@pytest.mark.parametrize(
    "text",
    ["Ich schlage ein Sprachcafé vor.", "Danke!", "Wie lange dauert es?", "Ich melde mich zur Konferenz an."],
)
def test_a_good_mail_clears_it(text: str) -> None:
    """Whatever it says: the address works."""
    made = plan(letter(text), Known((registration(unreached=GONE),)))
    assert [(each.id, each.unreached) for each in made.registrations] == [("r1", "")]


def test_another_persons_mail_clears_nothing() -> None:
    """A mail that wants its answer at the dead address gets none."""
    known = Known((registration(unreached=GONE),))
    made = plan(
        letter("Ich schlage ein Sprachcafé vor.", sender="a@b.example", Reply_To="renate@web.example"), known
    )
    assert (made.answer, made.registrations) == (None, ())
    assert f"kam dort nicht an: {GONE}" in made.attention[0].reason


def test_by_telephone_no_mail_goes_to_an_address_that_was_not_reached() -> None:
    """The organiser reads the access data out; the registration stays marked."""
    call = PhoneCall("Renate Hoffmann", 2, None, False, "Renate@web.example", None, "de")
    made = sign_up(call, [registration(unreached=GONE)], OFFICE, NOW)
    assert made.answer is None
    assert [each.unreached for each in made.registrations] == [GONE]
    assert sign_up(call, [registration()], OFFICE, NOW).answer


# --- with the store ------------------------------------------------------------------------------------


def keep(store: Store, made: Plan) -> None:
    batch = store.batch(NOW)
    answer = waiting(ANSWER, "Renate@web.example", made.digest, NOW) if made.answer else None
    batch.add(made, answer)
    batch.commit()


@pytest.mark.parametrize(
    "letter_",
    [
        report(),
        report(to="renate@elsewhere.example"),
        report(message_id="<x@y.example>"),
        read_letter(QMAIL),
    ],
    ids=["by our mark", "forwarded", "by the address", "prose"],
)
def test_the_store_finds_whom_a_report_is_about(letter_: Letter, tmp_path: Path) -> None:
    """From the mail that signed up to the report to the mail that clears it, on real files."""
    with Store.open(tmp_path / "s.json", BERLIN) as store:
        keep(
            store,
            plan(
                letter("Ich melde mich zur Konferenz an. Telefon 02131 555 0101", sender="Renate@web.example")
            ),
        )
        assert len(store.due(NOW)) == 1
        keep(store, plan(letter_, store.batch(NOW).known(letter_)))
        assert [each.unreached for each in store.registrations()] == [GONE]
        assert "02131" in store.attention()[0].reason
        assert store.attention()[0].address.casefold() == "renate@web.example"
        assert store.waiting() == ()
        again = replace(letter("Danke, alles gut!"), digest="later")
        keep(store, plan(again, store.batch(NOW).known(again)))
        assert [each.unreached for each in store.registrations()] == [""]
