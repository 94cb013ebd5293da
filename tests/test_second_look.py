"""The hunch beside the rules: it speaks where they are silent, doubts what may be doubted, and says so."""

from dataclasses import replace
from datetime import date

from mailflow.understand.meanings import SentenceReading, guess, read_sentence
from mailflow.understand.meanings.second_look import take_votes
from mailflow.vocabulary.days import Days
from mailflow.vocabulary.phrases import Match
from tests.desk import read, rules

DAYS = Days(event=date(2021, 3, 17), practice=date(2021, 3, 16), today=date(2021, 3, 5))
STORY = "Ich habe über all die Jahre Buch geführt, und die Familien ziehen ein und wieder aus."
RULE = Match("sign_up", "", 3, "eigene Regel", "Buch", frozenset({0}))


def look(text: str, *matches: Match) -> dict[str, Match]:
    """What a German sentence means to which these rules spoke."""
    vocabulary = rules().meaning.of("de", "de")
    (line,) = vocabulary.split(text)
    return dict(read_sentence(line, matches, take_votes(line, vocabulary.tag(line, DAYS), "de")).meanings)


def test_an_own_rule_holds_whatever_the_hunch_thinks() -> None:
    """Nobody who adds a rule has to know of the hunch."""
    assert look(STORY, RULE)["sign_up"] == RULE


def test_a_rule_that_may_be_doubted_is_a_hint_where_the_words_hardly_bear_it_out() -> None:
    """And the doubt is kept with its weight."""
    doubted = look("Das Buch für den 17. habe ich gelesen.", replace(RULE, doubt=0.3))["sign_up"]
    assert doubted.strength == 1
    assert doubted.doubted.endswith("%")


def test_a_rule_that_may_be_doubted_is_not_even_a_hint_where_nothing_bears_it_out() -> None:
    """Hints add up to a sign-up; what is all but excluded must not."""
    assert "sign_up" not in look(STORY, replace(RULE, doubt=0.1))


def test_a_rule_that_may_be_doubted_stands_where_the_words_bear_it_out() -> None:
    """Doubt needs a reason."""
    may_be = replace(RULE, doubt=0.1)
    assert look("Bitte melden Sie mich für den 17. März verbindlich an.", may_be)["sign_up"] == may_be


def test_the_hunch_speaks_where_no_rule_does() -> None:
    """Never stronger than likely."""
    felt = look("Ich würde sehr gerne am 17. März bei Ihrer Konferenz dabei sein und zuhören.")["sign_up"]
    assert (felt.strength, felt.rule) == (2, "Gespür, aus Beispielen gelernt")


def test_it_is_silent_on_words_it_never_learned() -> None:
    """What is unknown goes to a person."""
    assert look("Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich") == {}


def test_every_doubt_stands_in_the_reasons() -> None:
    """`explain` shows why a rule did not count."""
    reading = read(
        "Ich habe Buch geführt, fragen Sie nicht warum." + " Bitte melden Sie mich für den 17. März an."
    )
    assert any(reason.what == "doubt sign_up" and "%" in reason.because for reason in reading.reasons)


def test_where_nothing_was_understood_it_may_guess_but_never_a_cancellation() -> None:
    """Whoever plausibly wants to come is not left without an answer; a place is not lost by a guess."""
    unsure = SentenceReading(
        rules().meaning.of("de", "de").split("Da will ich nicht fehlen.")[0],
        {},
        {"sign_up": 0.4, "cancel": 0.6},
    )
    assert set(guess([unsure])[0].meanings) == {"sign_up"}


def test_beside_another_wish_an_idea_must_be_told_plainly() -> None:
    """What is told of the family beside a sign-up is no offer to all; an own rule still holds."""
    mail = "Ich möchte mich und meinen Opa anmelden für den 17.3. {}"
    assert read(
        mail.format("Er spricht hauptsächlich Türkisch, ich übersetze ihm leise nebenbei.")
    ).intents == ("sign_up",)
    plain = read(mail.format("Ich schlage vor, im Sommer ein Sprachcafé zu gründen."))
    assert plain.intents == ("idea", "sign_up")
    (line,) = rules().meaning.of("de", "de").split("Da will ich nicht fehlen.")
    own = SentenceReading(line, {"idea": replace(RULE, says="idea")}, {"idea": 0.1})
    assert own.bears_out("idea", 0.65, 0.82)
    loose = replace(own, meanings={"idea": replace(RULE, says="idea", doubt=0.2)})
    assert not loose.bears_out("idea", 0.65, 0.82)
