"""What is wrong with a folder of templates, told with file, line and a plain sentence.

Rules: everything that can be seen without rendering is looked for in every branch of every file (unknown
names, missing snippets, syntax); then each answer is rendered with sample values (`values`). All
complaints come at once.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import Environment, TemplateError, TemplateSyntaxError, meta, nodes

from mailflow.complaints import likely
from mailflow.templates import FRAME, Rendered, Templates, make_environment
from mailflow.templates.values import KNOWN_FIELDS, SAMPLE, samples

WITH_ACCESS = frozenset({"access", "practice", "changed", "again"})
WITHOUT_ACCESS = frozenset(
    {"idea", "cancelled", "question", "over", "unclear", "person", "alarm", "repair", "locked", "stuck"}
)
_FILE_NAME = re.compile(r"_?[a-z][a-z0-9_]*\.[a-z]{2,3}(?:-[a-z]{2,8})?\.txt")
_FRAME_NAMES = frozenset({"language", "direction", "subject", "body"})

_SYNTAX = (  # a part of Jinja2's words, and ours
    ("Unexpected end of template", "Zu einem {% if %} oder {% for %} fehlt {% endif %} oder {% endfor %}."),
    ("unexpected '}'", "Eine geschweifte Klammer ist zu viel oder fehlt; richtig ist: {{ name }}."),
    (
        "expected token 'end of print statement'",
        "Im Platzhalter steht etwas zu viel; richtig ist: {{ name }}.",
    ),
    (
        "Encountered unknown tag",
        "Diesen Befehl gibt es nicht; es gibt {% if %}, {% for %} und {% include %}.",
    ),
    ("unexpected char", "In den geschweiften Klammern steht ein Zeichen, das dort nicht sein darf."),
    ("Missing end of", "Eine Klammer ist nicht geschlossen."),
)


def read_files(folder: Path) -> tuple[dict[str, str], list[str]]:
    """The texts of all template files by file name, and complaints about those that can't be read."""
    if not folder.is_dir():
        return {}, [f"{folder}: Diesen Ordner mit Vorlagen gibt es nicht."]
    files: dict[str, str] = {}
    complaints: list[str] = []
    for path in sorted((*folder.glob("*.txt"), *folder.glob(FRAME))):
        try:
            files[path.name] = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            complaints.append(f"{path}: Die Datei ist nicht als UTF-8 gespeichert; bitte so speichern.")
        except OSError as error:
            complaints.append(f"{path}: Die Datei kann nicht gelesen werden ({error.strerror}).")
    return files, complaints


def complaints_about(templates: Templates) -> list[str]:
    """Every fault of the files, in order of their names."""
    if not templates.files:
        return [] if not templates.folder.is_dir() else [f"{templates.folder}: Hier liegen keine Vorlagen."]
    faults = [
        f"{templates.folder / file}{fault}"
        for file in sorted(templates.files)
        for fault in _seen(file, templates.files)
    ]
    if FRAME not in templates.files:
        faults.append(f"{templates.folder / FRAME}: Die Datei fehlt: der Rahmen der HTML-Fassung.")
    return faults or [
        f"{templates.folder / file}{fault}"
        for file in sorted(templates.files)
        if file.endswith(".txt") and not file.startswith("_")
        for fault in _tried(file, templates)
    ]


def _seen(file: str, files: Mapping[str, str]) -> Iterator[str]:
    """What a look at one file shows."""
    if file != FRAME and not _FILE_NAME.fullmatch(file):
        yield ": Der Name muss die Form NAME.SPRACHE.txt haben, zum Beispiel access.de.txt."
        return
    environment = make_environment(files, None)
    try:
        tree = environment.parse(files[file])
    except TemplateSyntaxError as error:
        yield f", Zeile {error.lineno}: {_syntax(error.message or '')}"
        return
    if file != FRAME and not file.startswith("_") and not files[file].startswith("Subject:"):
        yield ", Zeile 1: Die erste Zeile muss mit „Subject:“ beginnen."
    yield from _unknown(file, tree)
    for name in meta.find_referenced_templates(tree):
        if name is not None and name not in files:
            line = files[file][: files[file].find(name)].count("\n") + 1
            yield f", Zeile {line}: Die Datei „{name}“ gibt es nicht.{likely(name, list(files))}"
    yield from _refused_filters(environment, tree)


def _unknown(file: str, tree: nodes.Template) -> Iterator[str]:
    """Names that no answer has, with the likely typo."""
    known = list(_FRAME_NAMES if file == FRAME else SAMPLE)
    names = list(tree.find_all(nodes.Name))
    known += [node.name for node in names if node.ctx == "store"]  # of {% for %} and {% set %}
    for name, line in dict.fromkeys((node.name, node.lineno) for node in names if node.name not in known):
        yield f", Zeile {line}: „{name}“ gibt es nicht.{likely(name, known)}"
    for each in tree.find_all(nodes.Getattr):
        of = each.node.name if isinstance(each.node, nodes.Name) else ""
        if of in KNOWN_FIELDS and each.attr not in KNOWN_FIELDS[of]:
            near = likely(f"{of}.{each.attr}", [f"{of}.{field}" for field in KNOWN_FIELDS[of]])
            yield f", Zeile {each.lineno}: „{of}.{each.attr}“ gibt es nicht.{near}"


def _refused_filters(environment: Environment, tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all(nodes.Filter):
        if node.name not in environment.filters:
            near = likely(node.name, list(environment.filters))
            yield f", Zeile {node.lineno}: Den Filter „{node.name}“ gibt es nicht.{near}"


def _tried(file: str, templates: Templates) -> Iterator[str]:
    """Render one answer with sample values. An answer that we don't know may want access data or not."""
    name, language, _ = file.split(".")
    fault = ""
    for access in (True, False):
        if name in (WITHOUT_ACCESS if access else WITH_ACCESS):
            continue
        fault = _first_fault(name, language, templates, access=access)
        if not fault:
            return
    yield fault


def _first_fault(name: str, language: str, templates: Templates, *, access: bool) -> str:
    for values in samples(access=access):
        try:
            fault = _incomplete(templates.render(name, language, values, default=language))
        except TemplateError as error:
            fault = f"{_line(error)}: {_failure(error)}"
        except Exception as error:  # a template may divide by zero or add a word to a number
            fault = f"{_line(error)}: Die Vorlage lässt sich nicht ausfüllen ({error})."
        if fault:
            return fault
    return ""


def _incomplete(rendered: Rendered) -> str:
    if not rendered.subject:
        return ", Zeile 1: Der Betreff ist leer."
    return "" if rendered.text.strip() else ": Der Text ist leer."


def _line(error: Exception) -> str:
    """Where in a template an error was raised, from the traceback that Jinja2 rewrites to template lines."""
    place, trace = "", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            place = f", Zeile {trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _failure(error: TemplateError) -> str:
    if "'None' has no attribute" in str(error):
        return "Diese Antwort hat keine Zugangsdaten; „access“ darf hier nicht vorkommen."
    return f"Die Vorlage lässt sich nicht ausfüllen ({error})."


def _syntax(message: str) -> str:
    """Jinja2's complaint in plain words."""
    rest = f"Der Aufbau ist nicht richtig ({message})."
    return next((words for theirs, words in _SYNTAX if theirs in message), rest)
