"""The frozen records that are handed from room to room.

A mail travels as Mail → Letter → Reading → Plan → Answer; what is kept of it are Registration, Idea,
Attention, Journal entry and Waiting answer. Rules of this package: records hold data and nothing else
(small questions about their own fields excepted), every moment is timezone-aware, and once a record
exists it is right: no room checks it again.

event.py     what the organiser has set up: the occasion, the way in, who we are
mail.py      a mail as it lies in the mailbox, and decoded: Mail, Letter
reading.py   what a letter says, with the reasons: Reading
plan.py      what will be done about it, and what goes out: Plan, Answer
record.py    what is kept, and what of it matters for one mail: Registration, Idea, Known
"""

from mailflow.model.event import Access, Address, Event, Limits, Office
from mailflow.model.mail import Automatic, AutomaticKind, Bounce, Letter, Mail, Passage
from mailflow.model.plan import Alarm, Answer, AnswerPlan, FolderName, Plan
from mailflow.model.reading import Details, IdeaText, Intent, Piece, PieceKind, Reading, Reason, Sentence
from mailflow.model.record import Attention, Earlier, Idea, Known, Registration, RegistrationState, Waiting

__all__ = [
    "Access",
    "Address",
    "Alarm",
    "Answer",
    "AnswerPlan",
    "Attention",
    "Automatic",
    "AutomaticKind",
    "Bounce",
    "Details",
    "Earlier",
    "Event",
    "FolderName",
    "Idea",
    "IdeaText",
    "Intent",
    "Known",
    "Letter",
    "Limits",
    "Mail",
    "Office",
    "Passage",
    "Piece",
    "PieceKind",
    "Plan",
    "Reading",
    "Reason",
    "Registration",
    "RegistrationState",
    "Sentence",
    "Waiting",
]
