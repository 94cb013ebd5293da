"""Does the writer come? "Ich komme gern", "melde mich an", "ich kann leider nicht", "ich allein"."""

from mailflow.understand.details.headcount.clauses import Clause
from mailflow.understand.details.headcount.tally import EARLIER, TOTAL, Tally

_BRIEF = 4  # words: "nur ich allein" needs no verb


def note_writer(clause: Clause, tally: Tally) -> None:
    """Does the clause say that the writer comes, or does not, or comes alone?"""
    tags = clause.tags
    tally.among |= "among" in tags and clause.of_writer
    if clause.negated:
        stays = tags & {"i", "singular"} and tags & {"come", "i_come", "can"} and "kin" not in tags
        tally.writer_out |= bool(stays)
        return
    tally.writer_in |= clause.own_coming
    asks = {"i", "owns", "enrol"} <= tags and not tags & {"kin", "neutral"}  # "ich hätte gern den Zugang"
    if _comes(clause) or asks or {"enrol", "me"} <= tags or "besides" in tags:
        _note_coming(tags, tally)
    tally.goes_along |= {"escorted", "i", "they"} <= tags and not clause.aside
    if (
        clause.alone
        and (tags & {"i", "i_come", "come", "enrol"} or clause.words <= _BRIEF)
        and not clause.aside
    ):
        tally.note_total(EARLIER if "earlier" in tags else TOTAL, 1, clause.alone_at)


def _comes(clause: Clause) -> bool:
    """ "Ich komme", "ich kann auch"; not "ich melde meine Mutter an"."""
    tags = clause.tags
    if clause.aside:
        return False
    for_others = {"enrol", "kin"} <= tags and "me" not in tags and not clause.reflexive
    if "i_come" in tags and not for_others:
        return True
    return {"i", "also", "can"} <= tags or ({"i", "come"} <= tags and "enrol" not in tags)


def _note_coming(tags: set[str], tally: Tally) -> None:
    """The writer comes: by himself ("melde mich an"), as one of several, with everybody."""
    tally.writer_in = True
    if "we" not in tags:
        enrolled = {"me", "enrol"} <= tags and "kin" not in tags
        tally.in_singular |= enrolled or ("i" in tags and "enrol" not in tags)
        tally.besides_others |= "enrol" not in tags and bool(tags & {"i_come", "besides"})
    tally.together |= {"we", "together"} <= tags
    tally.everybody |= {"we", "everybody"} <= tags
