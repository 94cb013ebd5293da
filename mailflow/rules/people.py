"""Rule files of the sort `people`: the words by which a language counts and names people.

One file a language, `rules/people/<ISO 639-1>.toml`. Words stand in strings, separated by blanks; `word~`
means every word that begins so, `~word` every word that ends so, `two_words` words side by side. Case,
accents and Arabic letter forms do not matter. A line of `kin` holds all forms of one relation, so that
"mein Mann" and "mein Gatte" in one mail are one person.

Patterns (`totals`, `formerly`, `additions`, `name`, `other_name`, `lead_in`) are words in order. `a|b` is a
choice, `a?` may be missing, `^` is the sentence's beginning, `…` stands for any words of `between`, `……` for
up to six words of any kind, `{n}` for a number, `{w}` for one in words, `{b}` for one of `both`, `{g}` for a
word of `groups`, and {name}, {names} (two words at the least) or {org} for what is looked for.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from mailflow.rules.later import Later
from mailflow.rules.people_tables import NamesFile, OrganisationsFile, PhonesFile
from mailflow.rules.people_words import Part, WordList, fold, word_pattern

_FORBID = ConfigDict(frozen=True, extra="forbid")


class CountFile(BaseModel):
    """How people say who and how many come."""

    model_config = _FORBID

    numbers: Mapping[str, str]  # "2" = "zwei zwo"
    both: str = ""  # beide
    groups: Mapping[str, str] = {}  # "2" = "вдвоём": says by itself how many all are
    one: str = ""  # articles that may mean one
    article: str = ""  # "die Leiterin": makes a person of a word
    impersonal: str = ""  # of article: an unknown noun behind it is nobody ("das Wetter und ich")
    singular: str = ""  # bin, komme: behind "und ich" the subject is the writer alone
    kin: Mapping[str, tuple[str, ...]]  # "1" = ["mann ehemann", …], "2" = ["eltern", …], and "0": see below
    roles: tuple[str, ...] = ()  # as kin, of work and club: "wir kommen mit zwei Mitarbeitern" are two
    generic: str = ""  # of kin: counts only with a number or beside others ("дети", "öğretmen")
    neutral: str  # people who are no one's: Personen, Plätze
    pair: str = ""  # Eheleute: two, the writer among them
    pairs: str = ""  # of pair: several, two for each name behind
    i: str  # ich wir, as the one who does
    me: str  # mich uns, as the one whom it befalls
    to_me: str = ""  # mir: counts only beside others
    we: str
    they: str = ""  # sie, ihn: counts only beside "und mich"
    adjectives: str = ""  # of kin: in small letters before a capital, tells how a thing is ("alten Rechner")
    headed: str = ""  # of kin: with a number, no one's ("zwei Mann")
    partitive: str = ""  # between number and mein: "six of our members"
    my: str = ""
    theirs: str = ""  # seine, ihre
    genitive: str = ""  # after a noun: "Laptop meiner Tochter"
    endings: str = ""  # of words for people that are listed without them
    umlauts: bool = False  # ae is typed for ä
    joined: Mapping[str, str] = {}  # "و" = "and": written onto the next word; "" for a preposition
    needs_determiner: bool = False  # "Mann" alone is nobody; "mein Mann" is
    juxtaposed: bool = False  # "annem babam ve ben": no word between the members of a list
    number_after: bool = False  # "أولادنا الثلاثة"
    joins: str  # und sowie
    accompanied: str = ""  # in Begleitung: one more, unless the next word says who
    along: str = ""  # mit: leads in people who come along
    apart: str = ""  # ohne von bei: leads in people who do not come
    escorted: str = ""  # begleitet: then "von meiner Tochter" comes along
    copula: str = ""  # bin: then the word says what the writer is
    without: str = ""  # ohne
    among: str = ""  # eine davon: beside ich, those who were counted include the writer
    brings: str = ""  # bringe: with a word of particle, whom the sentence names comes along
    excepted: str = ""  # bis auf: of all who were counted, those behind it stay away
    given_to: str = ""  # für: "ein Platz für mich und einer für meine Schwester" are two
    besides: str = ""  # außer mir
    each: str = ""  # jeweils: before "mit", everybody who was named brings so many
    negation: str
    not_negation: str = ""  # nicht nur, nicht allein: the word after the negation
    alone: str
    remains: str = ""  # bleiben: before people: they are all who are left
    rest: str = ""  # der Rest: of a whole that was told before, less those who were named since
    only: str = ""  # before people: of all who were counted, these come
    also: str = ""
    more: str = ""  # noch weitere
    can: str = ""  # with a negation: does not come
    come: str  # somebody comes
    occasion: str = ""  # Konferenz, Zoom: who is named with the writer beside it comes, others only by a verb
    half: str = ""  # comes only together with a word of `particle`: "mache … mit"
    particle: str = ""
    i_come: str = ""  # the word itself says that the writer comes: приду, katılacağım
    signed: str = ""  # angemeldet: beside a word of `themselves`, others did it by themselves
    themselves: str = ""  # sich schon bereits
    enrol: str  # somebody signs up somebody
    aside: str  # the clause is about something else
    everybody: str = ""  # alle: with "wir", all who were mentioned
    together: str = ""
    earlier: str = ""  # hatte: the clause tells how it was
    owns: str = ""  # habe: who stands behind it is told of
    owns_behind: str = ""  # the same, where the verb stands last: var, دارم
    whether: str = ""  # opens a clause: ob
    unsure: str = ""  # weiß ich nicht: who stands in such a clause is not counted yet
    wished: str = ""  # wollte: with a word of `however` behind it, who stands there does not come
    however: str = ""  # aber muss
    abbreviations: str = ""  # their dot ends no sentence
    relative: str = ""  # after a comma: tells more of somebody, and the clause goes on behind it
    breaks: str  # words that open a clause
    between: str = ""
    ages: str = ""  # behind a number: 12-jährige
    dating: str = ""  # before digits: "am 17", "um 15"
    things: str = ""  # after a number: it counts no people
    formerly: tuple[str, ...] = ()  # the number no longer holds
    sums: tuple[str, ...] = ()  # totals that beat all others
    we_are: tuple[str, ...] = ()  # totals whatever follows: "wir sind 3 Freundinnen"
    totals: tuple[str, ...] = ()
    they_come: tuple[str, ...] = ()  # er möchte: he who was named before takes part
    fewer: tuple[str, ...] = ()  # so many fewer than before; without {n}, one
    less: tuple[str, ...] = ()  # of those just counted, so many stay away
    extra: tuple[str, ...] = ()  # so many more than before
    additions: tuple[str, ...] = ()  # {n} more than the writer


class PeopleFile(BaseModel):
    """One file `rules/people/<lang>.toml`."""

    model_config = _FORBID

    count: CountFile
    names: NamesFile
    phones: PhonesFile
    organisations: OrganisationsFile


@dataclass(frozen=True, slots=True)
class Leads:
    """Patterns of the words that lead to a name, in their order, and all of them as one."""

    each: tuple[Later, ...]
    together: Later | None

    def find(self, line: str) -> Iterator[re.Match[str]]:
        """Where they stand in a folded line."""
        for lead in self.each if self._stand(line) else ():
            yield from lead.pattern.finditer(line)

    def find_first(self, line: str) -> Iterator[re.Match[str]]:
        """Where each of them stands first."""
        for lead in self.each if self._stand(line) else ():
            if match := lead.pattern.search(line):
                yield match

    def _stand(self, line: str) -> bool:
        """Whether any of them stands there: most lines hold none, and one look tells it."""
        return self.together is not None and self.together.pattern.search(line) is not None


@dataclass(frozen=True, slots=True)
class Speech:
    """How one language counts and names people: word lists and patterns, ready for use."""

    words: WordList
    umlauts: bool
    joined: Mapping[str, str]
    needs_determiner: bool
    juxtaposed: bool
    number_after: bool
    sums: Later | None
    we_are: Later | None
    totals: Later | None
    formerly: Later | None
    they_come: Later | None
    fewer: Later | None
    less: Later | None
    extra: Later | None
    additions: Later | None
    names: Leads
    full_names: Leads
    other_names: Leads
    lead_in: Leads
    posts: Leads
    stands_for: Leads
    subjects: Leads
    privately: Later | None
    parted: dict[str, tuple[Part, ...]] = field(default_factory=dict, compare=False, repr=False)  # as met


@dataclass(frozen=True, slots=True)
class People:
    """All languages, and what holds in a mail of any language: titles, labels, institutions."""

    files: Mapping[str, PeopleFile]
    common: WordList
    labels: frozenset[tuple[str, str]]  # labels of several words: ("labels", "vor_und_nachname")
    genitives: tuple[str, ...]  # endings of institutions, the longer first
    _built: dict[str, Speech] = field(default_factory=dict, compare=False, repr=False)

    def has(self, folded: str, tag: str) -> bool:
        """Does a folded word stand in a list that holds in every language ("name:titles")?"""
        return tag in self.common.meaning(folded).tags

    def speech(self, language: str | None) -> Speech:
        """The language's own, else German, else whatever there is; built when it is first asked for."""
        chosen = next(name for name in (language or "de", "de", *self.files) if name in self.files)
        if chosen not in self._built:
            self._built[chosen] = _speech(self.files[chosen])
        return self._built[chosen]


def compile_people(files: Mapping[str, PeopleFile]) -> People:
    """Turn the checked files into word lists and patterns. Keys of `files` are languages (file stems)."""
    common = WordList(umlauts=True)
    for file in files.values():
        _learn(common, file.names, "name:")
        common.learn(file.count.joins + " &", "name:joins")
        _learn(common, file.phones, "phone:")
        _learn(common, file.organisations, "organisation:")
    labels = {
        (kind, fold(label, True))
        for file in files.values()
        for kind in ("labels", "first_labels", "last_labels")
        for label in getattr(file.names, kind).split()
    }
    genitives = {ending for file in files.values() for ending in file.organisations.genitives.split()}
    return People(files, common, frozenset(labels), tuple(sorted(genitives, key=len, reverse=True)))


def _spoken_words(file: PeopleFile) -> WordList:
    count = file.count
    words = WordList(count.umlauts, tuple(fold(ending, count.umlauts) for ending in count.endings.split()))
    _learn(words, count)
    words.learn(file.names.titles, "title")
    for value, members in count.numbers.items():
        words.learn(members, "number", number=int(value))
    for pattern in file.names.name:
        words.learn(pattern.partition("{")[0].split()[-1].replace("|", " "), "naming")
    words.learn(count.both, "number", number=2)
    for value, members in count.groups.items():
        words.learn(members, "group", number=int(value))
    for value, relations in count.kin.items():
        for relation in relations:
            words.learn(relation, "kin", count=int(value), relation=relation.split()[0])
    for relation in count.roles:
        words.learn(relation, "kin", count=1, relation=relation.split()[0])
        words.learn(relation, "role")
    return words


def _speech(file: PeopleFile) -> Speech:
    count = file.count
    return Speech(
        words=_spoken_words(file),
        umlauts=count.umlauts,
        joined={fold(prefix): meaning for prefix, meaning in count.joined.items()},
        needs_determiner=count.needs_determiner,
        juxtaposed=count.juxtaposed,
        number_after=count.number_after,
        sums=_any_of(count.sums, count),
        we_are=_any_of(count.we_are, count),
        totals=_any_of(count.totals, count),
        formerly=_any_of(count.formerly, count),
        they_come=_any_of(count.they_come, count),
        fewer=_any_of(count.fewer, count),
        less=_any_of(count.less, count),
        extra=_any_of(count.extra, count),
        additions=_any_of(count.additions, count),
        names=_leads((pattern for pattern in file.names.name if "{name}" in pattern), count),
        full_names=_leads((pattern for pattern in file.names.name if "{names}" in pattern), count),
        other_names=_leads(file.names.other_name, count),
        lead_in=_leads(file.organisations.lead_in, count),
        posts=_leads(file.organisations.posts, count),
        stands_for=_leads(file.organisations.stands_for, count),
        subjects=_leads(file.organisations.subjects, count),
        privately=_any_of(file.organisations.privately, count),
    )


def _learn(words: WordList, table: BaseModel, prefix: str = "") -> None:
    """The fields that are plain lists of words; each word carries the field's name as its tag."""
    for name, info in type(table).model_fields.items():
        if info.annotation is str:
            words.learn(getattr(table, name), prefix + name)


def _any_of(patterns: Iterable[str], count: CountFile) -> Later | None:
    pieces = [word_pattern(pattern, count.between, count.umlauts) for pattern in patterns]
    return Later(r"(?<!\S)(?:" + "|".join(pieces) + ")") if pieces else None


def _leads(patterns: Iterable[str], count: CountFile) -> Leads:
    """The words before {name} or {org}; what follows them is the caller's."""
    before = [pattern.partition("{")[0] for pattern in patterns]
    pieces = [word_pattern(words, count.between, count.umlauts) for words in before]
    return Leads(tuple(Later(rf"(?<!\S){piece}") for piece in pieces), _any_of(before, count))
