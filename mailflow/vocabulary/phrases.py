"""Which rules speak in a sentence.

A phrase speaks in a clause when all its words are there and none of those it forbids; a rule is silenced
where one of its `unless` phrases stands in the same clause, or one of its `unless_sentence` phrases in the
same sentence. Knows sets of tags and nothing of any language.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mailflow.vocabulary.days import EVENT, OTHER, PRACTICE, Calendar, Days
from mailflow.vocabulary.files import MeaningFile, MeaningRule
from mailflow.vocabulary.lexicon import Lexicon, build_lexicon
from mailflow.vocabulary.sentences import MOST_JOINS, Line, part_clause, split_sentences

STRENGTH = {"sure": 3, "likely": 2, "hint": 1}
ENOUGH = STRENGTH["likely"]  # from here a meaning counts by itself; hints need company
# Meanings of many and ordinary words: there a slip of the finger would find more than was meant.
_STRICT = frozenset({"idea", "who", "smalltalk", "off_topic", "thanks"})
_ALONE = 6  # words: a sentence this short says what its word says
_ASKS = "<asks>"
DAY_TAGS = frozenset(
    {f"<{day}>" for day in (EVENT, PRACTICE, OTHER)} | {"<number>", _ASKS}
)  # the tags that no file names


@dataclass(frozen=True, slots=True)
class Phrase:
    """The tags that must be there, and those that must not."""

    needs: frozenset[str]
    forbids: frozenset[str]

    def speaks(self, tags: set[str]) -> bool:
        """Whether the phrase stands in words that carry these tags."""
        return self.needs <= tags and self.forbids.isdisjoint(tags)


@dataclass(frozen=True, slots=True)
class Silencers:
    """What silences a rule: single words, which most of it are, and phrases."""

    words: frozenset[str]
    phrases: tuple[Phrase, ...]

    def speak(self, tags: set[str]) -> bool:
        """Whether one of them stands in words that carry these tags."""
        return not self.words.isdisjoint(tags) or any(phrase.speaks(tags) for phrase in self.phrases)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its phrases compiled."""

    source: MeaningRule
    phrases: tuple[Phrase, ...]
    unless: Silencers
    unless_sentence: Silencers


@dataclass(frozen=True, slots=True)
class Match:
    """A rule spoke: what it says, how strongly (3, 2, 1), and because of which words."""

    says: str
    kind: str
    strength: int
    rule: str
    because: str
    clauses: frozenset[int]
    dated: bool = False  # names the event itself, by its day or name (the first of the grammar's `apart`)
    doubt: float = 0  # how probable the sentence as a whole must make it, from 0 to 1
    doubted: str = ""  # it does not: how probable it is


@dataclass(slots=True)
class Vocabulary:
    """One language's meaning rules, compiled. `read` is its question, in two steps `tag` and `match`."""

    file: MeaningFile
    lexicon: Lexicon
    calendar: Calendar
    _by_tag: dict[str, list[tuple[Rule, Phrase]]] = field(default_factory=dict)

    def add(self, rule: Rule) -> None:
        """File each phrase under the one of its tags that is likely the rarest."""
        for phrase in rule.phrases:
            key = min(phrase.needs, key=lambda tag: (tag.startswith("<"), -len(tag), tag))
            self._by_tag.setdefault(key, []).append((rule, phrase))

    def split(self, text: str) -> tuple[Line, ...]:
        """The sentences of a text in this language."""
        return split_sentences(text, self.file.grammar)

    def read(self, line: Line, days: Days, *, subject: bool = False) -> tuple[Match, ...]:
        """Every rule that speaks in the sentence, each once, strongest phrase's words as its reason."""
        return self.match(line, self.tag(line, days), subject=subject)

    def match(self, line: Line, tags: Sequence[set[str]], *, subject: bool = False) -> tuple[Match, ...]:
        """The same where the words' tags are known already."""
        line = self._part(line, tags)
        everything: set[str] = set().union(*tags)
        clauses: dict[int, set[str]] = {}
        for word, own in zip(line.words, tags, strict=True):
            clauses.setdefault(word.clause, set()).update(own)
        if line.asks:
            everything.add(_ASKS)
            for own in clauses.values():
                own.add(_ASKS)
        spoken: dict[str, Match] = {}
        for tag in sorted(everything & self._by_tag.keys()):
            for rule, phrase in self._by_tag[tag]:
                if not phrase.needs <= everything:
                    continue
                where = _where(
                    rule, phrase, clauses, everything, alone=len(line.words) <= _ALONE, subject=subject
                )
                earlier = spoken.get(rule.source.name)
                if where and earlier is None:
                    dated = self._names_event(clauses, where)
                    spoken[rule.source.name] = _match(rule, phrase, where, line, tags, dated=dated)
                elif earlier and not where <= earlier.clauses:
                    where |= earlier.clauses  # the rule speaks wherever one of its phrases does
                    dated = self._names_event(clauses, where)
                    spoken[rule.source.name] = replace(earlier, clauses=where, dated=dated)
        return tuple(spoken.values())

    def _names_event(self, clauses: Mapping[int, set[str]], where: frozenset[int]) -> bool:
        apart = self.file.grammar.apart
        return not apart or any(clauses[number].intersection(apart[0]) for number in where)

    def _part(self, line: Line, tags: Sequence[set[str]]) -> Line:
        """Let "on the 16th … and on the 17th …" be two clauses, so that each says what it says of its day."""
        joins = [n for n, word in enumerate(line.words) if word.text.casefold() in self.file.grammar.joins]
        for place in joins[:MOST_JOINS]:
            before, after = self._sides(line, tags, place)
            if before and after and not before & after:
                line = replace(line, words=tuple(part_clause(line.words, place + 1)))
        return line

    def _sides(self, line: Line, tags: Sequence[set[str]], place: int) -> tuple[set[int], set[int]]:
        """Which of the grammar's `apart` sets stand before, and which after a word of the same clause."""
        sides: tuple[set[int], set[int]] = (set(), set())
        for n, word in enumerate(line.words):
            if word.clause == line.words[place].clause:
                named = {
                    number
                    for number, apart in enumerate(self.file.grammar.apart)
                    if tags[n].intersection(apart)
                }
                sides[n > place].update(named)
        return sides

    def tag(self, line: Line, days: Days) -> list[set[str]]:
        """For each word what it is to the rules: the words of phrases it may stand for, groups, days."""
        tags = self.lexicon.tags(line.words)
        for position, day in self.calendar.find([word.text for word in line.words], days).items():
            tags[position].add(f"<{day}>")
        for position, word in enumerate(line.words):
            if word.text.isdigit():
                tags[position].add("<number>")
        return tags


def _where(
    rule: Rule,
    phrase: Phrase,
    clauses: Mapping[int, set[str]],
    everything: set[str],
    *,
    alone: bool,
    subject: bool,
) -> frozenset[int]:
    """The clauses in which the rule speaks with this phrase; empty where it does not."""
    kind = rule.source.where
    if (kind == "alone" and not alone) or (kind == "subject" and not subject):
        return frozenset()
    if rule.unless_sentence.speak(everything):
        return frozenset()
    if kind == "clause":
        return frozenset(
            number for number, tags in clauses.items() if phrase.speaks(tags) and not rule.unless.speak(tags)
        )
    if not phrase.speaks(everything):
        return frozenset()
    touched = frozenset(number for number, tags in clauses.items() if phrase.needs & tags)
    silenced = any(rule.unless.speak(clauses[number]) for number in touched)
    return frozenset() if silenced else touched


def _match(
    rule: Rule,
    phrase: Phrase,
    where: frozenset[int],
    line: Line,
    tags: Sequence[set[str]],
    *,
    dated: bool,
) -> Match:
    words = [
        word.text
        for word, own in zip(line.words, tags, strict=True)
        if own & phrase.needs and word.clause in where
    ]
    source = rule.source
    return Match(
        says=source.says,
        kind=source.kind,
        strength=STRENGTH[source.strength],
        rule=source.name,
        because=" ".join(words),
        clauses=where,
        dated=dated,
        doubt=source.doubt,
    )


def build_vocabulary(file: MeaningFile) -> Vocabulary:
    """Compile one language's file."""
    rules = file.meaning
    items = {item for rule in rules for item in _items((*rule.phrases, *rule.unless, *rule.unless_sentence))}
    tolerant = {item for rule in rules if rule.says not in _STRICT for item in _items(rule.phrases)}
    single = sorted(item for item in items if not item.startswith("<"))
    lexicon = build_lexicon(file.grammar, file.words, single, tolerant)
    vocabulary = Vocabulary(file, lexicon, Calendar(file.grammar))
    for source in file.meaning:
        vocabulary.add(
            Rule(
                source,
                _phrases(source.phrases),
                _silencers(source.unless),
                _silencers(source.unless_sentence),
            )
        )
    return vocabulary


def _items(texts: Iterable[str]) -> set[str]:
    return {item.removeprefix("!") for text in texts for item in text.split()}


def _phrases(texts: Iterable[str]) -> tuple[Phrase, ...]:
    return tuple(
        Phrase(
            needs=frozenset(item for item in text.split() if not item.startswith("!")),
            forbids=frozenset(item[1:] for item in text.split() if item.startswith("!")),
        )
        for text in texts
    )


def _silencers(texts: Iterable[str]) -> Silencers:
    phrases = _phrases(texts)
    single = {phrase for phrase in phrases if len(phrase.needs) == 1 and not phrase.forbids}
    return Silencers(
        words=frozenset().union(*(phrase.needs for phrase in single)),
        phrases=tuple(phrase for phrase in phrases if phrase not in single),
    )
