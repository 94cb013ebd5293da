"""Rule files of the sort `people`, the tables that count nobody: names, telephones, institutions."""

from pydantic import BaseModel, ConfigDict

_FORBID = ConfigDict(frozen=True, extra="forbid")


class NamesFile(BaseModel):
    """How people name themselves."""

    model_config = _FORBID

    titles: str
    families: str = ""  # of titles: stays where only a surname follows, "Familie Kox"
    particles: str = ""  # von, de: small letters inside a name
    on_behalf: str = ""  # i. A.: before the name of who signs for another
    name: tuple[str, ...]  # patterns: ich heiße {name}
    other_name: tuple[str, ...] = ()  # er heißt {name}
    labels: str  # Name: …
    first_labels: str = ""  # Vorname: …
    last_labels: str = ""  # Nachname: …
    closing_nouns: str = ""  # Grüße: whatever stands before it
    closings: str  # words of a closing that may share the line with the name
    given: str = ""  # of closings: first names as well, "Sevgi Arslan"
    not_names: str = ""  # words in a signature that are no part of a name


class PhonesFile(BaseModel):
    """What stands before a number."""

    model_config = _FORBID

    labels: str
    not_labels: str  # fax, IBAN, meeting
    direct: str = ""  # Durchwahl
    switchboard: str = ""


class OrganisationsFile(BaseModel):
    """How institutions are called."""

    model_config = _FORBID

    nouns: str
    generic: str = ""  # no name by itself: Verein, Haus
    legal: str = ""  # e.V. gGmbH
    offices: str = ""  # Leitung, Sekretariat, Träger: a line beginning so names no institution
    desks: str = ""  # Leitung, Sekretariat: the institution stands right behind, "Leitung Kita Regenbogen"
    stands_for: tuple[str, ...] = ()  # für die {org}, before "nehme ich teil": whatever its name
    posts: tuple[str, ...] = ()  # Leiterin der {org}: who the writer is there
    lead_in: tuple[str, ...] = ()  # für die {org}
    trades: str = ""  # Blumen: with a surname behind it a firm, in a signature or a sender's display name
    relays: str = ""  # Kontaktformular: a sender called so passes on what somebody else wrote
    guardians: str = ""  # Betreuer: such an office is not the institution of the one whom it signs up
    privately: tuple[str, ...] = ()  # als Privatperson: whatever the signature says
    subjects: tuple[str, ...] = ()  # der {org}, with a verb of coming: it takes part
    surnames: str = ""  # of nouns: endings that family names have as well, "Anna Ellinghaus"
    epithets: str = ""  # städtisches: before such a word it is none
    homes: str = ""  # Zimmer: so somebody lives in a house, and does not write for it
    labels: str = ""  # Einrichtung: …
    links: str = ""  # small words inside a name: "Verein für Heimatpflege"
    genitives: str = ""  # endings that a noun loses where the name stands by itself: "des Vereins"
