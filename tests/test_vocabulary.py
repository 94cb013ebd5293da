"""The engine of the meaning rules: it finds plain words in any form, and knows no language itself."""

from datetime import date

import pytest

from mailflow.vocabulary.days import EVENT, OTHER, PRACTICE, Calendar, Days
from mailflow.vocabulary.files import Grammar, MeaningFile
from mailflow.vocabulary.phrases import build_vocabulary
from mailflow.vocabulary.sentences import LONGEST, split_sentences
from tests.desk import rules

DAYS = Days(event=date(2021, 3, 17), practice=date(2021, 3, 16), today=date(2021, 3, 15))
GRAMMAR = {
    "endings": ["en", "et", "e", "t"],
    "separable": ["an", "ab"],
    "infixes": ["ge", "zu"],
    "after_particle": ["und"],
    "umlauts": [["ae", "ä"], ["ue", "ü"]],
}


def says(text: str, *phrases: str, **rule: object) -> bool:
    """Whether a rule of these phrases speaks in the text."""
    meaning = {"name": "probe", "says": "sign_up", "phrases": phrases, **rule}
    words = {"nein": ["=nicht", "=kein"]}
    file = MeaningFile.model_validate({"grammar": GRAMMAR, "words": words, "meaning": [meaning]})
    vocabulary = build_vocabulary(file)
    return any(vocabulary.read(line, DAYS) for line in vocabulary.split(text))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("anmelden", "Ich möchte mich anmelden."),
        ("anmelden", "ich melde mich hiermit an"),
        ("anmelden", "Wir haben uns angemeldet"),
        ("anmelden", "um mich anzumelden"),
        ("anmelden", "ANMELDEN!!!"),
        ("anmelden", "ich möchte mich anmleden"),
        ("anmelden", "ich melde mich an und freue mich"),
        ("für", "fuer mich"),
        ("dürfen", "wir duerfen"),
        ("mich anmelden", "anmelden, ja, will mich anmelden"),
        ("wie_wäre_es", "Wie wäre es mit einem Chor?"),
        ("link|code", "schickt mir den Code"),
        ("~café", "Ein Sprachcafé bitte"),
        ("nachbar~", "ein Nachbarschaftsfest"),
        ("=Probe", "die Probe"),
        ("komme <event-day>", "Ich komme am 17. gern."),
        ("komme !nicht", "ich komme"),
    ],
)
def test_words_are_found_in_the_forms_people_write(phrase: str, text: str) -> None:
    """Forms, split verbs, capitals, umlauts and slips of the finger do not hide a word."""
    assert says(text, phrase)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("anmelden", "ich möchte mich abmelden"),
        ("anmelden", "ich melde mich an der Tür"),
        ("anmelden", "Auftrag"),
        ("=Probe", "Proben"),
        ("wie_wäre_es", "es wäre wie im Traum"),
        ("komme !nicht", "ich komme nicht"),
        ("mich anmelden", "ich freue mich, anmelden kann ich später"),
        ("komme <event-day>", "Ich komme am 12. gern."),
    ],
)
def test_near_misses_are_not_taken_for_the_word(phrase: str, text: str) -> None:
    """The other verb, another form of an exact word, words of another clause."""
    assert not says(text, phrase)


def test_unless_silences_only_its_own_clause() -> None:
    """What stands behind the comma is another matter; `unless_sentence` reaches further."""
    assert says("Ich komme, die Probe brauche ich nicht.", "komme", unless=["<nein>"])
    assert not says("Ich komme nicht.", "komme", unless=["<nein>"])
    assert not says("Ich komme, die Probe brauche ich nicht.", "komme", unless_sentence=["<nein>"])


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("17.", EVENT),
        ("17.3.", EVENT),
        ("17.03.2021", EVENT),
        ("17/3", EVENT),
        ("2021-03-17", EVENT),
        ("17 März", EVENT),
        ("17ten", EVENT),
        ("siebzehnten", EVENT),
        ("Mittwoch", EVENT),
        ("übermorgen", EVENT),
        ("16. März", PRACTICE),
        ("Dienstag", PRACTICE),
        ("morgen", PRACTICE),
        ("12. März", OTHER),
    ],
)
def test_days_are_known_however_they_are_written(words: str, day: str) -> None:
    """Numbers, names and words of relation name the event's day or the try-out's."""
    calendar = Calendar(rules().meaning.of("de", "de").file.grammar)
    assert calendar.find(words.split(), DAYS)[0] == day


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Ich komme am 17. Bitte den Link.", ["Ich komme am 17.", "Bitte den Link."]),
        ("Am 17. März komme ich. Danke!", ["Am 17. März komme ich.", "Danke!"]),
        ("Tel. 02131 555-01, Dr. Meier", ["Tel. 02131 555-01, Dr. Meier"]),
        ("- kochen\n- singen", ["kochen", "singen"]),
        ("z. B. ein Chor. Oder zwei?", ["z. B. ein Chor.", "Oder zwei?"]),
    ],
)
def test_sentences_end_where_people_end_them(text: str, sentences: list[str]) -> None:
    """The full stop of a date or an abbreviation ends nothing; a list item is a sentence."""
    grammar = rules().meaning.of("de", "de").file.grammar
    assert [line.text for line in split_sentences(text, grammar)] == sentences


def test_an_endless_word_costs_no_time() -> None:
    """Ten thousand letters without a space are one word; a sentence without an end is parted, none lost."""
    lines = split_sentences("x" * 10_000 + " an" * 5_000, Grammar())
    assert max(len(line.words) for line in lines) <= LONGEST
    assert sum(len(line.words) for line in lines) == 5_001
