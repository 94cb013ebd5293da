"""What we call things when we speak with the organiser, and how text of a mail is shown on a terminal.

Rules: pure. What comes from a mail loses its control characters before it is shown, so that no mail can steer
a terminal or turn the direction of a line.
"""

import re

WORDS = {
    "sign_up": "Anmeldung",
    "practice": "Probetermin",
    "idea": "Idee",
    "cancel": "Abmeldung",
    "resend": "Zugangsdaten noch einmal",
    "question": "Frage",
    "auto-reply": "automatische Antwort",
    "bounce": "Fehlermeldung der Post",
    "list": "Rundbrief oder Verteiler",
    "loop": "unsere eigene Mail",
    "greeting": "Anrede",
    "closing": "Grußformel",
    "signature": "Signatur",
    "quoted": "Zitat",
    "forwarded": "Weiterleitung",
    "disclaimer": "Hinweistext",
    "footer": "Fußzeile",
    "done": "erledigt",
    "attention": "zur Durchsicht",
    "automatic": "automatische Post",
    "failed": "gescheitert",
    "interest": "Interesse",
    "need": "Bedarf",
    "resource": "Angebot",
    "suggestion": "Vorschlag",
    "access": "Zugangsdaten",
    "change": "Änderung",
    "doubt": "bezweifelt:",
    "decline": "Absage",
    "practice_decline": "kein Probetermin",
    "thanks": "Dank",
    "answer": "Antwort",
    "contact": "Kontaktangabe",
    "undecided": "entscheidet später",
    "registered": "schon angemeldet",
    "off_topic": "anderes Thema",
    "smalltalk": "Geplauder",
    "who": "wer kommt",
    "ar": "Arabisch",
    "de": "Deutsch",
    "en": "Englisch",
    "es": "Spanisch",
    "fa": "Persisch",
    "fr": "Französisch",
    "it": "Italienisch",
    "pl": "Polnisch",
    "ro": "Rumänisch",
    "ru": "Russisch",
    "tr": "Türkisch",
    "uk": "Ukrainisch",
}
REASONS = {  # why a piece was put aside
    "a program added it": "von einem Programm angehängt",
    "belongs to the line above": "gehört zur Zeile darüber",
    "belongs to the line below": "gehört zur Zeile darunter",
    "below the closing": "unter der Grußformel",
    "end of a broken quoted line": "Rest einer umbrochenen Zitatzeile",
    "fixed legal text": "feststehender Text",
    "frame of a web form": "Rahmen eines Webformulars",
    "head of an earlier mail": "Kopf einer früheren Mail",
    "lines with “>”": "Zeilen mit „>“",
    "name at the end": "Name am Ende",
    "not ticked": "nicht angekreuzt",
    "name behind the closing": "Name hinter der Grußformel",
    "who wrote when": "„… schrieb am …“",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def word(name: str) -> str:
    """What we call a thing when we speak with the organiser."""
    return WORDS.get(name, name)


def reason(because: str) -> str:
    """Why a piece of a mail was put aside, in German as far as we know the words for it."""
    for start, german in (("marked as ", "vom Mailprogramm gekennzeichnet: "), ("below ", "unter ")):
        if because not in REASONS and because.startswith(start):
            return german + because.removeprefix(start)
    return REASONS.get(because, because)


def clean(text: str) -> str:
    """Text of a mail, fit for a terminal."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
