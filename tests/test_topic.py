"""Access data only for mails about the event: strangers' mails use the same words for other things."""

import pytest

from mailflow.model import Known
from tests.desk import letter, plan, registration

SPAM = (
    "Have you dreamed of your own home based business? Register now and take part in our free trial! "
    "If you have been seeking this opportunity, please keep reading and immediately complete the form. "
    "We want you to come to our meeting for two, and you will be there with your spouse. Sign me up!"
)
NEWSLETTER = (
    "Jetzt anmelden und dabei sein: Ich melde mich an für das große Sommerfest der Gartenfreunde. " * 9
)
SHORT = [
    ("Ich melde mich an. Wir kommen zu zweit.", ""),
    ("hab das plakat am bahnhof gesehn würd gern mitmachen", "plakat"),
    ("I would like to register for two persons please. Best regards, Ann Miller", "Registration"),
    ("Katılmak istiyorum, iki kişiyiz.", "Kayıt"),
]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (SPAM, "I don't work...but I have a ton of money"),
        ("Register for your free account now! https://boese.example/register", "Sign up today"),
        (NEWSLETTER, "Sommerfest"),
        ("I would like to register, two persons.", "[gardeners] Summer fair"),
        ("Je m'inscris ! Inscrivez-vous ici : https://boese.example/inscription", "Rencontre"),
    ],
)
def test_mails_about_something_else_get_no_access_data(text: str, subject: str) -> None:
    """Nothing is recorded; a person sees why."""
    made = plan(letter(text, subject))
    assert not (made.answer and made.answer.access)
    assert made.registrations == ()
    assert made.folder in ("attention", "done")


@pytest.mark.parametrize(("text", "subject"), SHORT)
def test_a_short_mail_needs_no_date(text: str, subject: str) -> None:
    made = plan(letter(text, subject))
    assert made.answer
    assert made.answer.access


@pytest.mark.parametrize(
    "sign",
    [
        *("Zoom", "17. März", "17.03.", "am 17ten", "Kennenlernen", "integrationsmanagement"),
        *("March 17", "17th of March", "the 16th March", "2021-03-17"),
    ],
)
def test_a_long_mail_that_names_the_event_gets_them(sign: str) -> None:
    """The day, the title, the sender, or Zoom: wherever it stands."""
    english = "arch" in sign
    filler = (
        "The weather is fine and the children play in the garden. "
        if english
        else "Das Wetter ist schön und die Kinder spielen im Garten. "
    )
    wish = "I would like to register." if english else "Ich melde mich an."
    text = f"{wish} {filler * 12}{sign}"
    assert (made := plan(letter(text)).answer)
    assert made.access
    without = plan(letter(text.replace(sign, "")))
    assert without.answer
    assert not without.answer.access


@pytest.mark.parametrize(("named", "access"), [("Zoom in on it.", False), ("Zoom on 17 March.", True)])
def test_in_a_long_english_page_one_name_is_chance(named: str, access: bool) -> None:
    text = (
        f"I would like to register. {'The weather is fine and the children play in the garden. ' * 30}{named}"
    )
    assert (made := plan(letter(text)).answer)
    assert made.access == access


def test_who_is_known_or_replies_may_write_about_anything() -> None:
    """A long English mail with a link, from somebody who is registered, or in reply to us."""
    mail = letter(SPAM + " I want to register one more person. https://web.example/me")
    for known in (Known((registration(),)), Known(replies_to_us=True)):
        made = plan(mail, known)
        assert "nichts von unserer Veranstaltung" not in "".join(each.reason for each in made.attention)
