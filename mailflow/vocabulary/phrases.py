"""Which rules speak in a sentence, and because of which words.

The sentence's words become tags (`lexicon`, `days`); the rules ask for sets of tags (`meaning_rules`). Knows
nothing of any language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mailflow.vocabulary.days import EVENT, OTHER, PRACTICE, Calendar, Days
from mailflow.vocabulary.files import MeaningFile, MeaningRule
from mailflow.vocabulary.lexicon import Lexicon, build_lexicon
from mailflow.vocabulary.meaning_rules import Phrase, Rule, Said, compile_rule, items_of
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
        said = _said(line, tags, subject=subject)
        spoken: dict[str, Match] = {}
        for tag in sorted(said.everything & self._by_tag.keys()):
            for rule, phrase in self._by_tag[tag]:
                if not phrase.needs <= said.everything:
                    continue  # most phrases
                where = rule.speaks_in(said, phrase)
                earlier = spoken.get(rule.source.name)
                if where and earlier is None:
                    dated = self._names_event(said.clauses, where)
                    spoken[rule.source.name] = _match(
                        rule.source, _words(phrase, where, line, tags), where, dated
                    )
                elif earlier and not where <= earlier.clauses:
                    where |= earlier.clauses  # the rule speaks wherever one of its phrases does
                    dated = self._names_event(said.clauses, where)
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


def _said(line: Line, tags: Sequence[set[str]], *, subject: bool) -> Said:
    clauses: dict[int, set[str]] = {}
    for word, own in zip(line.words, tags, strict=True):
        clauses.setdefault(word.clause, set()).update(own)
    if line.asks:
        for own in clauses.values():
            own.add(_ASKS)
    everything = set().union(*clauses.values(), (_ASKS,) if line.asks else ())
    return Said(clauses, everything, alone=len(line.words) <= _ALONE, subject=subject)


def _words(phrase: Phrase, where: frozenset[int], line: Line, tags: Sequence[set[str]]) -> str:
    """The words of a sentence in which a phrase speaks."""
    pairs = zip(line.words, tags, strict=True)
    return " ".join(word.text for word, own in pairs if own & phrase.needs and word.clause in where)


def _match(rule: MeaningRule, because: str, where: frozenset[int], dated: bool) -> Match:
    strength = STRENGTH[rule.strength]
    return Match(rule.says, rule.kind, strength, rule.name, because, where, dated, rule.doubt)


def build_vocabulary(file: MeaningFile) -> Vocabulary:
    """Compile one language's file."""
    rules = file.meaning
    items = {
        item for rule in rules for item in items_of((*rule.phrases, *rule.unless, *rule.unless_sentence))
    }
    tolerant = {item for rule in rules if rule.says not in _STRICT for item in items_of(rule.phrases)}
    single = sorted(item for item in items if not item.startswith("<"))
    lexicon = build_lexicon(file.grammar, file.words, single, tolerant)
    vocabulary = Vocabulary(file, lexicon, Calendar(file.grammar))
    for rule in rules:
        vocabulary.add(compile_rule(rule))
    return vocabulary
