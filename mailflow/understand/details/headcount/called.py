"""People called by name in a sentence: "Frau Öztürk", "Anna, Max und ich", "Horst und Elli Kolbe".

Rules: a title makes a name of the capitals behind it; without one, capitals are a name only beside the
writer, a relative or another name, for in some languages every noun has one.
"""

from mailflow.understand.details.headcount.term import Term
from mailflow.understand.details.sentences.sentence import Token


def titled(tokens: list[Token], position: int) -> Term | None:
    """ "Frau Öztürk", "Herr Dr. Orhan Demirtaş"."""
    end = position + 1
    if _are_two(tokens, position):
        return Term(position, position + 4, "pair", 2, name=tokens[position + 3].text)
    longest = 3 if tokens[position].small else 6
    while end < len(tokens) and end - position < longest and part_of_name(tokens[end]):
        if tokens[end].has("title") and not tokens[end - 1].has("title"):
            break
        end += 1
    if end == position + 1:
        return _title_behind(tokens, position)
    name = " ".join(token.text for token in tokens[position + 1 : end] if not token.has("title"))
    owned = position > 1 and tokens[position - 1].capital and bare(tokens[position - 1])
    owned = owned and tokens[position - 2].has("my", "theirs")
    start = position - 2 if owned else _behind_article(tokens, position)
    return Term(start, end, "named", 1, owned=owned, name=name) if name else None


def _behind_article(tokens: list[Token], position: int) -> int:
    """Where "die alte Frau Pesch" begins."""
    start = position
    while start and (tokens[start - 1].has("adjectives") or bare(tokens[start - 1])) and position - start < 2:
        if tokens[start - 1].capital:
            break
        start -= 1
    return start - 1 if start and start < position and tokens[start - 1].has("article") else position


def _are_two(tokens: list[Token], position: int) -> bool:
    """ "Herr und Frau Berger"."""
    titles = [token for token in tokens[position : position + 3 : 2] if token.has("title") and token.capital]
    named = len(titles) == 2 and position + 3 < len(tokens) and part_of_name(tokens[position + 3])
    return named and tokens[position + 1].joins


def _title_behind(tokens: list[Token], position: int) -> Term | None:
    """ "Aylin Hanım"."""
    start = position
    while start and position - start < 2 and is_called(tokens[start - 1]):
        start -= 1
    if start == position:
        return None
    name = " ".join(token.text for token in tokens[start:position])
    return Term(start, position + 1, "named", 1, name=name)


def own_name(tokens: list[Token], start: int) -> tuple[int, str]:
    """ "meinen Vater Josef Esser", "meine Mutter, Maria Popescu, weil …": its end, and the name."""
    end = start
    while end < len(tokens) and end - start < 3 and is_called(tokens[end]):
        end += 1
    if end > start:
        return end, " ".join(token.text for token in tokens[start:end])
    if start < len(tokens) and tokens[start].comma:
        end = start + 1
        while end < len(tokens) and end - start < 5 and tokens[end].capital and bare(tokens[end]):
            end += 1
        closed = end == len(tokens) or tokens[end].mark
        cased = tokens[end - 1].text[:1].isupper()
        if closed and end - start in ((3, 4) if cased else (3,)):
            return end, " ".join(token.text for token in tokens[start + 1 : end])
    return start, ""


def their_names(tokens: list[Token], start: int) -> tuple[int, int]:
    """ "meine Freundinnen Lena und Sofia": where their names end, and how many they are."""
    end, names = start, 0
    while _capitals(tokens, end, 1):
        end, names = end + (2 if _capitals(tokens, end, 2) else 1), names + 1
        joined = end < len(tokens) and (tokens[end].joins or tokens[end].comma)
        if not joined or not _capitals(tokens, end + 1, 1):
            break
        end += 1
    return end, names


def first_names(tokens: list[Token], terms: list[Term]) -> list[Term]:
    """ "Anna, Max und ich", "Björn Hauser + Begleitung": capitals joined to a party."""
    taken = {place for term in terms for place in range(term.start, term.end)}
    found: list[Term] = []
    for term in terms:
        if term.kind == "me":
            found += _before_writer(tokens, term.start, taken)
            found += _behind_writer(tokens, term.end, {each.start: each.end for each in terms})
        elif term.kind == "named" and tokens[term.start].has("title"):
            found += _before_writer(tokens, term.start, taken)
        elif term.kind == "kin" and term.start > 2 and _is_joined(tokens[term.start - 1]):
            place = term.start - 3
            if not taken & {place, place + 1} and _capitals(tokens, place, 2):
                found.append(called_so(tokens, place, place + 2))
    return found + _along(tokens, taken)


def _is_joined(token: Token) -> bool:
    """ "Björn Hauser + Begleitung", "Björn Hauser mit Frau"."""
    return token.joins or token.has("along")


def _along(tokens: list[Token], taken: set[int]) -> list[Term]:
    """ "Ich komme mit Bert, Gabi und Hanne": a list of names, or a full name, that comes along."""
    if not any(token.has("i", "i_come") for token in tokens):
        return []
    for place, token in enumerate(tokens):
        if not token.has("along") or place + 1 in taken:
            continue
        end, names = their_names(tokens, place + 1)
        stretch = range(place + 1, end)
        if taken & set(stretch) or names < 2:
            continue
        starts = [at for at in stretch if not is_called(tokens[at - 1])]
        return [called_so(tokens, at, at + 1) for at in starts if is_called(tokens[at])]
    return []


def _before_writer(tokens: list[Token], writer: int, taken: set[int]) -> list[Term]:
    """ "Anna, Max und ich", from the writer backwards."""
    found: list[Term] = []
    place = writer - 2
    if place < 0 or not (tokens[place + 1].joins or _heads_list(tokens, place)):
        return found
    if place == 0 and tokens[0].small and bare(tokens[0]):
        return [called_so(tokens, 0, 1)]
    while place >= 0 and place not in taken and _capitals(tokens, place, 1):
        start = place - 1 if place - 1 not in taken and _capitals(tokens, place - 1, 1) else place
        if start and tokens[start - 1].has("article", "one", "my", "theirs", "apart", "naming", "things"):
            break
        found.append(called_so(tokens, start, place + 1))
        if start < 2 or tokens[start - 1].low not in ",،":
            break
        place = start - 2
    return found


def _heads_list(tokens: list[Token], place: int) -> bool:
    """ "…: Nico, ich und unsere Jungs"."""
    return place > 0 and tokens[place - 1].low == ":" and tokens[place + 1].comma


def _behind_writer(tokens: list[Token], end: int, known: dict[int, int]) -> list[Term]:
    """ "ich und die Erika", "mich, meine Frau, Ana und Petar"; not "mich, Ana Kox": the writer's own name.
    `known`: where the other parties begin and end."""
    found: list[Term] = []
    place, joined = end, False
    commas = not tokens[end - 1].has("we")
    while place < len(tokens) - 1 and (tokens[place].joins or (commas and tokens[place].comma)):
        start = place + 1 + (tokens[place + 1].has("article") and place + 1 not in known)
        if start not in known and not _capitals(tokens, start, 1):
            break
        joined |= tokens[place].joins
        place = known.get(start, start + 1 + (start + 1 not in known and _capitals(tokens, start, 2)))
        if start not in known:
            found.append(called_so(tokens, start, place))
    return found if joined else []


def called_so(tokens: list[Token], start: int, end: int) -> Term:
    """Somebody by the name that stands there."""
    return Term(start, end, "named", 1, name=" ".join(token.text for token in tokens[start:end]))


def _capitals(tokens: list[Token], start: int, number: int) -> bool:
    """So many words with capitals that mean nothing to us stand there."""
    if start < 0 or start + number > len(tokens):
        return False
    return all(map(is_called, tokens[start : start + number]))


def couples(tokens: list[Token]) -> list[Term]:
    """ "Joachim und Renate Siebert", "Helga Reis und Doris Amend": two people around "und"."""
    found: list[Term] = []
    for place in range(1, len(tokens) - 2):
        if tokens[place].has("joins") and _capitals(tokens, place - 1, 1) and _capitals(tokens, place + 1, 2):
            first = place - 2 if _capitals(tokens, place - 2, 2) else place - 1
            last = tokens[place - 1] if first == place - 2 else tokens[place + 2]
            found.append(Term(first, place, "named", 1, name=f"{tokens[first].text} {last.text}"))
            found.append(called_so(tokens, place + 1, place + 3))
            while first > 1 and tokens[first - 1].comma and _capitals(tokens, first - 2, 1):
                end, first = first - 1, first - 3 if _capitals(tokens, first - 3, 2) else first - 2
                found.append(called_so(tokens, first, end))
    return found


def brings(tokens: list[Token]) -> bool:
    """ "Ich bringe … mit", "nehme … mit"."""
    return any(t.has("brings") for t in tokens) and any(t.has("along") and t.has("particle") for t in tokens)


def part_of_name(token: Token) -> bool:
    if token.mark or token.number is not None or not token.capital:
        return False
    return token.has("title") or not token.meaning.tags


def bare(token: Token) -> bool:
    return not token.mark and token.number is None and token.low != "0" and not token.meaning.tags


def is_called(token: Token) -> bool:
    """A capital that means nothing to us: it may be a name."""
    return bare(token) and token.text[:1].isupper()
