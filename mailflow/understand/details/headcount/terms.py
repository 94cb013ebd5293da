"""The parties that a sentence names: "meine zwei Kinder", "wir zwei", "drei Personen", "Frau Öztürk".

Rules: knows no word of any language; a number or a "mein" belongs to the noun that it stands beside and to
no other, so that a date, an age or a street number elsewhere in the sentence counts nobody.
"""

from mailflow.rules.people import Speech
from mailflow.understand.details.headcount.called import (
    couples,
    first_names,
    is_called,
    own_name,
    part_of_name,
    their_names,
    titled,
)
from mailflow.understand.details.headcount.enumerated import after_relatives, enumerated
from mailflow.understand.details.headcount.lead import Lead, read_lead
from mailflow.understand.details.headcount.term import Term
from mailflow.understand.details.headcount.unlisted import unlisted
from mailflow.understand.details.sentences.sentence import Token

_BEHIND = 8  # words behind a noun among which "alle drei" is looked for


def find_terms(tokens: list[Token], speech: Speech) -> list[Term]:
    """All parties of a sentence, in order."""
    terms: list[Term] = []
    floor = 0
    for position, token in enumerate(tokens):
        if position < floor or not token.meaning.tags:
            continue  # a mark, or a word that names nobody
        term = _term(tokens, position, floor, speech)
        if term:
            terms.append(term)
            floor = term.end
    terms += [*first_names(tokens, terms), *after_relatives(tokens, terms), *couples(tokens)]
    terms += enumerated(tokens, terms)
    for term in terms:
        _count_behind(tokens, term)
    terms += unlisted(tokens, terms)
    return sorted({term.start: term for term in reversed(terms)}.values(), key=lambda term: term.start)


def _count_behind(tokens: list[Token], term: Term) -> None:
    """ "Meine Kinder wollen auch, alle drei": how many they are stands further on."""
    if term.kind != "kin" or term.counted or term.count < 2:
        return
    for place in range(term.end, min(len(tokens), term.end + _BEHIND)):
        token = tokens[place]
        if token.has("i", "me", "we", "kin", "neutral"):
            return
        all_of = token.has("both") or tokens[place - 1].has("everybody")
        if token.number and all_of and (place + 1 == len(tokens) or not tokens[place + 1].capital):
            term.count, term.counted, term.number_at = token.number, True, place
            return


def _term(tokens: list[Token], position: int, floor: int, speech: Speech) -> Term | None:
    token = tokens[position]
    if token.has("kin", "neutral", "pair"):
        term = _noun(tokens, position, floor, speech)
        if term:
            return term
    if token.has("accompanied"):
        return _accompanied(tokens, position)
    if token.has("title"):
        return titled(tokens, position)
    if token.has("i", "me", "to_me") and not (token.has("my", "theirs") and _owns_beside(tokens, position)):
        return _writer(tokens, position)
    formal = position and token.text[:1].isupper() and not token.small  # "Ihnen": who is written to
    if token.has("they") and not formal and not _owns_beside(tokens, position):
        return Term(position, position + 1, "they", 1)
    return None


def _accompanied(tokens: list[Token], position: int) -> Term | None:
    """ "in Begleitung": one more, unless the next word says who."""
    after = tokens[position + 1] if position + 1 < len(tokens) else None
    if after is not None and (after.number or after.has("my", "theirs", "kin", "title", "one")):
        return None
    return Term(position, position + 1, "kin", 1, "accompanied", owned=True)


def _writer(tokens: list[Token], position: int) -> Term | None:
    """Ich, wir; and "wir zwei", who are one other beside the writer."""
    token = tokens[position]
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    hanging = position > 1 and tokens[position - 1].has("apart") and token.has("me")
    if hanging and following and not (following.number or following.mark or following.has("joins")):
        return None  # "meine Mutter, die bei uns wohnt"
    if token.has("we") and following is not None and following.number and following.number > 1:
        after = tokens[position + 2] if position + 2 < len(tokens) else None
        if after is not None and after.has("kin", "neutral"):
            return Term(position, position + 3, "me", following.number, counted=True)
        if after is None or after.mark or after.has("joins", "partitive"):
            return Term(position, position + 2, "me", following.number, counted=True)
    end, name = own_name(tokens, position + 1)
    if name and tokens[position + 1].comma:
        return Term(position, min(end + 1, len(tokens)), "me", 1)
    return Term(position, position + 1, "me", 1)


def _owns_beside(tokens: list[Token], position: int) -> bool:
    """ "mi suegra", "همسر من": a word that is "me" as well as "my" is the latter beside a person."""
    before = tokens[position - 1] if position else None
    after = tokens[position + 1] if position + 1 < len(tokens) else None
    return bool((after and (after.has("kin") or after.number)) or (before and before.has("kin")))


def _noun(tokens: list[Token], position: int, floor: int, speech: Speech) -> Term | None:
    """A word for people with its number and its "mein", as far as they stand beside it."""
    token = tokens[position]
    lead = read_lead(tokens, position, floor)
    end = position + 1
    if lead.number is None and speech.number_after and end < len(tokens):
        lead.number = tokens[end].number
        end += lead.number is not None
    if lead.number is None and end + 1 < len(tokens) and tokens[end].low in ":=":  # "Erwachsene: 2"
        closed = end + 2 == len(tokens) or tokens[end + 2].mark
        lead.number = tokens[end + 1].number if closed else None
        end += 2 if lead.number else 0
    if token.has("kin") and not (token.has("neutral") and token.has("compound")):
        return _kin(tokens, position, end, lead, speech)
    if token.has("pair"):
        return _pair(tokens, lead.start, end, lead.number)
    number = lead.number or (1 if lead.single else token.meaning.count)
    return Term(lead.start, end, "neutral", number, "", lead.owned, counted=True) if number else None


def _pair(tokens: list[Token], start: int, end: int, number: int | None) -> Term:
    """ "Ein Ehepaar", "zwei Ehepaare", "die Ehepaare Kamps und Reuter", "das Ehepaar Roth"."""
    last, names = their_names(tokens, end)
    relation = tokens[end - 1].meaning.relation
    if number is None and tokens[end - 1].has("pairs") and names > 1:
        end, number = last, names
    elif names == 1:
        end, relation = last, tokens[last - 1].text  # two couples are told apart by their names
    return Term(start, end, "pair", 2 * (number or 1), relation)


def _kin(tokens: list[Token], position: int, end: int, lead: Lead, speech: Speech) -> Term | None:
    token = tokens[position]
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if _describes(token, following) or (
        token.has("adjectives") and not (token.text[:1].isupper() or lead.owned)
    ):
        return None
    if token.has("title") and not lead.owned and following is not None and part_of_name(following):
        return None
    if lead.start > 1 and tokens[lead.start - 1].low == "&" and is_called(tokens[lead.start - 2]):
        return None  # "Kanzlei Ritterbach & Partner"
    if lead.single and not lead.owned and lead.number is None:
        lead.number = 1
    if lead.number and lead.number > 1 and token.has("headed") and not lead.owned:
        return Term(lead.start, end, "neutral", lead.number, counted=True)
    bare = (speech.needs_determiner or token.has("generic", "role")) and not (
        lead.owned or lead.number or lead.definite or lead.alongside
    )
    if bare and not _beside_join(tokens, lead.start, position):
        return None
    count = lead.number or token.meaning.count
    counted = lead.number is not None or (lead.alongside and not speech.needs_determiner)
    relation = token.meaning.relation + "'s" * lead.theirs  # "mein Mann … meine Schwester und ihr Mann"
    term = Term(lead.start, end, "kin", count, relation, lead.owned, counted)
    led = lead.start == 0 or tokens[lead.start - 1].low in ":," or tokens[lead.start - 1].has("joins")
    listed = led and not token.has("role")
    if count == 1 and (lead.owned or lead.single or listed or not speech.needs_determiner):
        commas = term.end < len(tokens) and tokens[term.end].comma
        term.end, term.name = own_name(tokens, term.end)
        term.end += bool(term.name) and commas and term.end < len(tokens) and tokens[term.end].comma
    elif count > 1 and (lead.owned or (lead.definite and not _of_noun(tokens, lead.start))):
        end, names = their_names(tokens, term.end)
        if names == count or (names > 1 and lead.number is None):
            term.end, term.count, term.counted = end, names, True
    return term


def _of_noun(tokens: list[Token], start: int) -> bool:
    """ "Oma der Kinder Lea und Tim": they only tell whose she is."""
    return start > 0 and tokens[start - 1].text[:1].isupper() and not tokens[start - 1].has("joins")


def _describes(token: Token, following: Token | None) -> bool:
    """An adjective before its noun: "meinem alten Rechner", "meine kleine Tochter"; not "mein Kleiner"."""
    if not token.has("adjectives") or not token.text[:1].islower() or following is None:
        return False
    return _is_thing(following) or following.has("kin", "neutral", "pair")


def _is_thing(token: Token) -> bool:
    """A noun that names nobody: "meinem alten Rechner", not "meine kleine Tochter", "mein kleiner"."""
    return token.text[:1].isupper() and not token.mark and not token.has("kin", "neutral", "pair")


def _beside_join(tokens: list[Token], start: int, position: int) -> bool:
    """ "Oma, Mama und ich": bare nouns count beside others."""
    before = tokens[start - 1] if start else None
    end = position + 2 if position + 2 < len(tokens) and is_called(tokens[position + 1]) else position + 1
    after = tokens[end] if end < len(tokens) else None
    if before is not None and before.low == ":":
        return True
    return any(token is not None and (token.joins or token.low == ",") for token in (before, after))
