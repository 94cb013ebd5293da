"""What words mean: rules/meaning/<language>.toml, checked and turned into a lexicon and phrases.

A rule says which words lead to which meaning. The organiser writes plain words; forms, typos, missing
umlauts and split verbs are the program's business (see lexicon.py). The signs of a phrase:

    melde mich an      all of these words in one clause, in any order, with anything between them
    wie_wäre_es_mit    these words side by side, in this order
    anmeld~  ~kurs     any word that begins, or ends, so
    =Probe             exactly this word, no other form of it
    Link|Code          one of them
    <want>             one of the words of that group ([words] in the same file)
    !nicht             and this word must not be in the clause
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Label = Literal[
    "sign_up",
    "practice",
    "idea",
    "cancel",
    "resend",
    "question",
    "access",  # wants the access data: a sign-up, or once more where somebody is signed up
    "decline",
    "practice_decline",
    "undecided",  # will say later whether they come
    "registered",  # says that they signed up before
    "change",
    "thanks",
    "who",
    "contact",
    "smalltalk",
    "off_topic",
]
Strength = Literal["sure", "likely", "hint"]
Where = Literal["clause", "sentence", "subject", "alone"]
Text = Annotated[str, Field(min_length=1)]


class Grammar(BaseModel):
    """What the engine must know of a language's grammar."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    endings: tuple[str, ...] = Field(default=(), description="Endings that words may take or lack")
    beginnings: tuple[str, ...] = Field(
        default=(), description="Little words written together with the next one"
    )
    joining: tuple[str, ...] = Field(
        default=(), description="Words that belong to the next one, also where they stand apart (می, نمی)"
    )
    separable: tuple[str, ...] = Field(
        default=(), description="Verb particles that may stand apart (an, ab, teil)"
    )
    infixes: tuple[str, ...] = Field(
        default=(), description="What may stand between particle and verb (ge, zu)"
    )
    after_particle: tuple[str, ...] = Field(
        default=(), description="Words that may follow a particle standing apart"
    )
    breaks: tuple[str, ...] = Field(default=(), description="Words that begin a new clause without a comma")
    joins: tuple[str, ...] = Field(default=(), description="Words like and")
    finite: tuple[str, ...] = Field(
        default=(), description="Common finite verbs: where one follows a word like and, a new clause begins"
    )
    apart: tuple[tuple[str, ...], ...] = Field(
        default=(), description="Tags that make two clauses of one where a word like and stands between"
    )
    asides: tuple[str, ...] = Field(
        default=(), description="Words whose commas part nothing (please, unfortunately)"
    )
    dotted_numbers: bool = Field(default=True, description="Whether 17. with a full stop means the 17th")
    starters: tuple[str, ...] = Field(
        default=(), description="Words that begin a sentence after 'on the 17.'"
    )
    abbreviations: tuple[str, ...] = Field(default=(), description="Words whose full stop ends no sentence")
    distinct: tuple[str, ...] = Field(
        default=(), description="Words that never stand for their twin with an umlaut (war, wär)"
    )
    ordinary: tuple[str, ...] = Field(default=(), description="Words that are no slip of a similar one")
    umlauts: tuple[tuple[str, str], ...] = Field(
        default=(), description="Spellings that count as equal (ae = ä)"
    )
    months: tuple[str, ...] = Field(default=(), description="Names of the twelve months; forms with |")
    weekdays: tuple[str, ...] = Field(default=(), description="Names of the days, Monday first; forms with |")
    ordinals: tuple[str, ...] = Field(
        default=(), description="The days of a month in words, first to thirty-first"
    )
    day_words: tuple[str, ...] = Field(default=(), description="Words before a bare number that is a day")
    day_endings: tuple[str, ...] = Field(
        default=(), description="What follows the number of a day, joined or apart (17th, 17-го, 17'sinde)"
    )
    today: tuple[str, ...] = Field(default=(), description="Words for today")
    tomorrow: tuple[str, ...] = Field(default=(), description="Words for tomorrow")
    day_after: tuple[str, ...] = Field(default=(), description="Words for the day after tomorrow")

    @cached_property
    def clause_openers(self) -> frozenset[str]:
        """The words of `breaks`, for quick looking up: every word of a mail is."""
        return frozenset(self.breaks)

    @cached_property
    def finite_verbs(self) -> frozenset[str]:
        """The words of `finite`, which are more than a hundred, likewise."""
        return frozenset(self.finite)


class MeaningRule(BaseModel):
    """These phrases mean this."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Text
    says: Label
    kind: str = Field(
        default="", description="With idea: what sort of idea (interest, need, resource, suggestion)"
    )
    strength: Strength = "sure"
    doubt: float = Field(
        default=0,
        ge=0,
        lt=1,
        description="How probable the sentence as a whole must make it, from 0 to 1; else it is only a hint",
    )
    where: Where = "clause"
    phrases: Annotated[tuple[Text, ...], Field(min_length=1)]
    unless: tuple[Text, ...] = Field(default=(), description="Phrases that cancel it in the same clause")
    unless_sentence: tuple[Text, ...] = Field(
        default=(), description="Phrases that cancel it in the same sentence"
    )


class MeaningFile(BaseModel):
    """One language's words and what they mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grammar: Grammar = Grammar()
    words: Mapping[str, tuple[Text, ...]] = Field(default_factory=dict)
    meaning: tuple[MeaningRule, ...] = ()
