"""Which language a person wrote: one line is enough, also without the language's own letters."""

import json
import tomllib
from pathlib import Path

import pytest

from mailflow.rules.language import LanguageFile, LanguageWords, compile_language, without_accents
from mailflow.understand.language import find_language

HERE = Path(__file__).parent
RULES = HERE.parent / "rules" / "language"
LINES = [
    (file.stem, line)
    for file in sorted((HERE / "language").glob("*.txt"))
    for line in file.read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def words() -> LanguageWords:
    files = {
        file.stem: LanguageFile(**tomllib.loads(file.read_text("utf-8"))) for file in RULES.glob("*.toml")
    }
    return compile_language(files)


@pytest.mark.parametrize(("language", "line"), LINES)
def test_one_line_is_enough(language: str, line: str, words: LanguageWords) -> None:
    """Dialect, learners' German, missing accents and Latin letters for Arabic or Persian included."""
    assert find_language(line, words) == language


@pytest.mark.parametrize("text", ["", " \n", "17.03.2021", ":-) !!!", "https://zoom.example/j/1 a@b.example"])
def test_without_words_there_is_no_language(text: str, words: LanguageWords) -> None:
    """Numbers, signs and addresses are no words."""
    assert find_language(text, words) is None


@pytest.mark.parametrize("text", ["我想参加", "Θέλω να έρθω", "ተሳታፊ"])
def test_a_script_that_no_file_knows(text: str, words: LanguageWords) -> None:
    """Then the office's language answers."""
    assert find_language(text, words) is None


def test_almost_every_mail_of_the_corpus(words: LanguageWords) -> None:
    """The aim is 98 %."""
    cases = [json.loads(line) for line in (HERE / "corpus" / "dev.jsonl").read_text("utf-8").splitlines()]
    written = [case for case in cases if case["text"] and not case["expect"]["auto"]]
    wrong = [
        case["id"] for case in written if find_language(case["text"], words) != case["expect"]["language"]
    ]
    assert len(wrong) <= len(written) * 0.02, wrong


def test_a_word_of_several_languages_speaks_less_for_each(words: LanguageWords) -> None:
    """ "participa" is Spanish and Romanian; "ich" is German alone."""
    assert sum(weight for _, weight in words.words["participa"]) <= 1
    assert words.words["ich"] == (("de", 1.0),)


def test_accents_are_optional() -> None:
    """What keyboards without the letters make of words."""
    assert [without_accents(word) for word in ("grüße", "ışık", "łódź", "știu")] == [
        "grusse",
        "isik",
        "lodz",
        "stiu",
    ]


@pytest.mark.parametrize("text", ["a" * 1_000_000, "-'" * 500_000, "x-" * 500_000, "www." * 200_000])
def test_only_the_beginning_of_a_huge_text_is_read(text: str, words: LanguageWords) -> None:
    """A hostile mail costs no more than a long one, and is read at all."""
    assert find_language("Ich komme gern.\n" + text, words) is not None
