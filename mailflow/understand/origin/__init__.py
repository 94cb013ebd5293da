"""Who wrote the mail: a person or a machine?

Order: what a machine says of itself in the headers; a report of undelivered mail without such a mark; holiday
notes and their kin by subject and text; then what makes a person look before anything is answered. A person
whose mail merely looks odd stays a person: "Auto-Submitted: no", X-Auto-Response-Suppress alone, a web form
with the person in Reply-To, a reply to our own "Automatische Antwort".

header_marks.py    what the headers say of a machine
machine_words.py   what subject and text say of one
mailboxes.py       addresses that belong to machines
doubts.py          what makes a person look
authentication.py  whether the provider found the sender forged
"""

from mailflow.marks import names_our_answer
from mailflow.model import Automatic, Letter, Office
from mailflow.rules.machines import Machines
from mailflow.understand.origin.doubts import find_doubt
from mailflow.understand.origin.header_marks import (
    find_generated,
    find_hard_mark,
    has_no_sender,
    was_forwarded,
)
from mailflow.understand.origin.machine_words import Wording, find_note, find_report, read_wording
from mailflow.understand.origin.mailboxes import is_form, relayed_person


def find_origin(letter: Letter, written: str, machines: Machines, office: Office) -> Automatic | None:
    """What kind of machine wrote the letter and by which mark; None for a person.

    Hard: never answered, only filed. Soft: not answered, put before a person. `written` is what was written
    in this very mail, without quoted history (an automatic answer quoted by a person says nothing of the
    person)."""
    mark = find_hard_mark(letter, office)
    if mark and mark.kind in ("loop", "bounce"):
        return mark
    wording = read_wording(letter, written or letter.text, machines)
    if report := find_report(letter, machines, wording):
        return report
    if mark:
        return mark
    if generated := find_generated(letter):
        return _generated(letter, generated, wording, office)
    to_us = any(names_our_answer(reference, office.secret) for reference in letter.references)
    if has_no_sender(letter):
        note = find_note(letter, wording, to_us=True)
        return Automatic(note.kind if note else "bounce", "Return-Path: <>")
    by_form = speaks_for_a_person(letter, wording, office)
    if not by_form and (note := find_note(letter, wording, to_us=to_us)):
        return note
    return find_doubt(letter, office, by_form=by_form)


def speaks_for_a_person(letter: Letter, wording: Wording, office: Office) -> bool:
    """Did a web form send the words of the person in Reply-To? (A newsletter has a foreign Reply-To too.)"""
    person = relayed_person(letter, office)
    if person is None:
        return False
    return is_form(letter) or wording.says("form", "personal") or person.key in letter.text.casefold()


def _generated(letter: Letter, because: str, wording: Wording, office: Office) -> Automatic:
    """Auto-Submitted: auto-generated: a machine, unless a person's words came by a rule or a form."""
    is_note = wording.is_note or wording.says("automatic", "acknowledged") or "auto_reply" in wording.opens
    passed_on = was_forwarded(letter) or wording.says("form") or speaks_for_a_person(letter, wording, office)
    personal = wording.says("personal") or wording.takes_part
    return Automatic(
        "auto-reply", because, hard=is_note or has_no_sender(letter) or not (passed_on or personal)
    )
