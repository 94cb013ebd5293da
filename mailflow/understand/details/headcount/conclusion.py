"""What follows from all that the sentences said: how many come.

Three kinds of evidence, the stronger first: totals ("zu dritt", "2 Erw. + 1 Kind", "statt 3 nur 2"), people
whom the writer names beside himself ("mein Mann und ich", "bringe meine Schwester mit"), and what only
hints at them. Nothing said is one. Rule: a number that no longer holds ("statt 3") never counts.
"""

from dataclasses import dataclass

from mailflow.understand.details.headcount.tally import COUNTED, EARLIER, LOOSE, SUM, TOTAL, Tally, Total

_BRIEF = 10  # words: so short a mail that names only others adds them to those who were known


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many come. `said`: the mail says it; `change`: it says only how many more or fewer."""

    persons: int = 1
    said: bool = False
    change: int = 0
    writer: bool = True  # is the writer one of them?
    summed: bool = False  # the writer and those whom the writer brings along, one by one
    named: str = ""  # who comes instead of the writer, as named


def conclude(tally: Tally) -> Headcount:
    """Totals before those who were named one by one; what only hints at people, last."""
    company = sum(_others(tally).values()) + tally.additions
    totals = _standing(tally, company)
    worth = totals[-1].worth if totals else -1
    remaining = sum(tally.mentioned.values()) - tally.less
    if tally.less and worth < TOTAL and remaining > company:
        return Headcount(remaining, True)
    if worth == EARLIER and (known := _since(totals[-1].number, company, tally)):
        return Headcount(known, True)
    loose = worth == LOOSE and tally.in_singular
    if worth > LOOSE or (totals and not (company or loose)):
        return _of_total(totals, company, tally)
    if tally.escorts:
        return Headcount(company + tally.escorts, True)
    if tally.among and company > 1:
        return Headcount(company, True)
    return _of_company(company, tally) if company else _of_nobody_counted(tally)


def _standing(tally: Tally, company: int) -> list[Total]:
    """The totals that hold, the best last; not those that only count who comes along, nor ages."""
    added = tally.also and tally.additions > 0
    return [
        total
        for total in sorted(tally.totals)
        if (total.worth > COUNTED or not added)
        and not (tally.family_with_writer and _are_years(total.number, company))
    ]


def _of_total(totals: list[Total], company: int, tally: Tally) -> Headcount:
    """ "Wir kommen zu viert": the last that was said; of "2 Personen … 1 Person", the first."""
    worth = totals[-1].worth
    persons = next(total.number for total in totals if total.worth == worth)
    if worth != COUNTED:
        persons = totals[-1].number
    if worth < SUM:
        persons -= tally.less if tally.less < persons else 0
        persons += tally.escorts + tally.goes_along
    writer = _writer_comes(tally, company) or persons > company
    return Headcount(persons, True, writer=writer, named=_named(tally, writer))


def _of_company(company: int, tally: Tally) -> Headcount:
    """ "Meine Frau und ich"; "meine Frau kommt auch" only adds her to those who were known."""
    writer = _writer_comes(tally, company)
    certain = tally.writer_in or tally.names or tally.weak or tally.staff
    adds = not certain and (tally.also or tally.words <= _BRIEF)
    return Headcount(
        company + writer,
        True,
        change=company if adds else 0,
        writer=writer,
        summed=writer and not tally.family_with_writer,
        named=_named(tally, writer),
    )


def _since(earlier: int, company: int, tally: Tally) -> int:
    """How many come of those who were told before, with those who join them; 0 where nothing changed."""
    absent = sum(tally.absent.values())
    if (company and tally.also) or tally.delta > 0:
        return earlier + company + max(0, tally.delta)
    return earlier - absent if 0 < absent < earlier else 0


def _of_nobody_counted(tally: Tally) -> Headcount:
    """Nobody beside the writer was counted: somebody comes instead of him, or the number changes."""
    called = [*tally.called.values()] or list(dict.fromkeys(filter(None, tally.spare)))
    instead = tally.they_come and not (tally.writer_in or tally.also)
    if instead and (tally.called or len(called) == 1):
        return Headcount(1, True, writer=False, named=called[0])
    change = tally.delta - sum(tally.absent.values())
    if tally.former and -change < tally.former and change:
        return Headcount(tally.former + change, True)
    return Headcount(1 + max(0, tally.delta), False, change)


def _are_years(number: int, company: int) -> bool:
    """ "meine Freundin und ich … wir sind 15": that is how old they are."""
    return number > 12 and number > 3 * (company + 1)


def _others(tally: Tally) -> dict[str, int]:
    """All who come beside the writer."""
    others = tally.others or _hinted_at(tally)
    if tally.writer_in:
        others = others | tally.followers
    return {relation: number for relation, number in others.items() if relation not in tally.absent}


def _hinted_at(tally: Tally) -> dict[str, int]:
    """Who comes where no clause says so by itself, the likeliest first."""
    if tally.weak and not tally.in_singular:
        return tally.weak
    if tally.signed and not tally.writer_in:
        return tally.signed
    if tally.mentioned and tally.everybody:  # "ich habe zwei Kinder … wir kommen alle"
        return tally.mentioned
    return tally.last_mentioned if tally.together else {}  # "meine Schwester …, wir kommen zusammen"


def _writer_comes(tally: Tally, company: int) -> bool:
    """Not "ich bin verhindert, es kommt Herr Kaplan", nor whoever sends "drei Kolleginnen"."""
    if tally.writer_out and company and not tally.writer_in:
        return False
    if tally.staff and not (tally.family or tally.in_singular or tally.besides_others):
        return bool(tally.additions)
    return tally.writer_in or tally.also or not company or (not tally.names and bool(tally.weak))


def _named(tally: Tally, writer: bool) -> str:
    """Who comes instead of the writer: he who was counted by name, else who was only named."""
    return next(iter([*tally.names, *tally.called.values(), *tally.spare]), "") if not writer else ""
