"""A reply to our answer is understood as what it is: a correction, an addition, or nothing to answer."""

from datetime import timedelta

import pytest

from mailflow.model import Known
from tests.answers import OFFICE
from tests.desk import letter, plan, read, registration

KNOWN = Known(registrations=(registration(),), replies_to_us=True)


@pytest.mark.parametrize(
    ("text", "persons", "practice"),
    [
        ("Nein, wir sind zu viert.", 4, False),
        ("nein, wir kommen zu dritt", 3, False),
        ("meine Frau doch nicht", 1, False),
        ("Meine Frau kommt doch nicht mit.", 1, False),
        ("Es kommt noch eine Freundin mit.", 3, False),
        ("ich komme doch allein", 1, False),
        ("Nein, 3 Personen", 3, False),
        ("Probe bitte auch", 2, True),
        ("Bitte auch für die Probe am 16. eintragen.", 2, True),
    ],
)
def test_a_correction_changes_what_it_says_and_nothing_else(text: str, persons: int, practice: bool) -> None:
    """The registration keeps its id; the answer says the new state."""
    made = plan(letter(text, "Re: Ihre Anmeldung"), KNOWN)
    (after,) = made.registrations
    assert (after.id, after.persons, after.practice, after.state) == ("r1", persons, practice, "registered")
    assert made.answer
    assert made.answer.template == "changed"


@pytest.mark.parametrize(
    "text", ["danke", "Vielen Dank, alles angekommen!", "passt", "Super, bis dann!", "ja"]
)
def test_thanks_are_not_answered(text: str) -> None:
    """Nobody writes back to a thank-you, and nobody has to look at it."""
    made = plan(letter(text, "Re: Ihre Anmeldung"), KNOWN)
    assert made.answer is None
    assert [each.state for each in made.attention] == ["noted"]
    assert made.folder == "done"


@pytest.mark.parametrize("text", ["Ich kann leider nicht.", "Bitte absagen", "Wir müssen leider absagen."])
def test_whoever_declines_after_signing_up_cancels(text: str) -> None:
    """The record stays, with its state."""
    made = plan(letter(text, "Re: Ihre Anmeldung"), KNOWN)
    assert [each.state for each in made.registrations] == ["cancelled"]
    assert made.answer
    assert made.answer.template == "cancelled"
    assert not made.answer.access


def test_the_same_words_from_a_stranger_take_nothing_back() -> None:
    """Declining without a sign-up is no cancellation."""
    made = plan(letter("Ich kann leider nicht."))
    assert made.registrations == ()
    assert made.answer is None or not made.answer.access


def test_a_cancellation_from_an_address_that_is_not_signed_up_is_noted() -> None:
    """It may be of somebody who signed up from another one: confirmed, and seen by the organiser."""
    made = plan(letter("Ich sage meine Teilnahme wieder ab."))
    assert made.answer
    assert made.answer.template == "cancelled"
    assert [(each.state, each.reason) for each in made.attention] == [
        ("noted", "sagt ab, ist aber unter dieser Adresse nicht angemeldet")
    ]
    assert plan(letter("Ich sage meine Teilnahme wieder ab."), KNOWN).attention == ()


def test_an_answer_between_quoted_lines_belongs_to_the_question_above_it() -> None:
    """ "Yes, I will come" below the question about the try-out means the try-out."""
    text = (
        "Am 06.03.21 um 10:31 schrieb Integrationsmanagement:\n"
        "> Möchten Sie auch zum Probetermin am 16. März kommen?\n\nJa, da komme ich gern.\n"
    )
    made = plan(letter(text, "Re: Ihre Anmeldung"), KNOWN)
    assert [each.practice for each in made.registrations] == [True]


def test_a_reply_without_message_ids_is_known_by_what_it_quotes() -> None:
    """Some programs send no References: our address above the quoted text says the same."""
    quoted = (
        "\n\n-----Ursprüngliche Nachricht-----\nVon: kennenlernen@diakonie.example\nWir haben Sie notiert."
    )
    mail = letter("Es bleiben mein Mann und ich." + quoted, "AW: Anmeldung")
    assert plan(mail).registrations[0].persons == 2


@pytest.mark.parametrize(
    ("before", "intents"), [(timedelta(days=9), ()), (timedelta(hours=20), ("cancel",)), (-timedelta(1), ())]
)
def test_whoever_declines_on_the_eve_had_signed_up(before: timedelta, intents: tuple[str, ...]) -> None:
    """Nine days ahead it is a polite no, and a day after it nothing is to be taken back."""
    when = OFFICE.event.starts - before
    assert read("Leider kann ich an Ihrer Konferenz nicht teilnehmen.", when=when).intents == intents


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("Ich hatte mich letzte Woche angemeldet. Nun kann ich leider nicht.", ("cancel",)),
        ("Angemeldet bin ich schon. Dürfte ich auch am 16. zur Probe kommen?", ("practice",)),
        ("I have already signed up. Can I come to the try-out on 16 March as well?", ("practice",)),
    ],
)
def test_whoever_says_they_had_signed_up_is_taken_at_their_word(text: str, intents: tuple[str, ...]) -> None:
    """The address need not be the one they signed up with."""
    assert read(text).intents == intents
