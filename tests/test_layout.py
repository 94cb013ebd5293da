"""The shape of the house: the maps are true, rooms know only what they may know, pure rooms touch nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import mailflow

PACKAGE = Path(mailflow.__file__).parent
TOP = PACKAGE.parent
MODULES = {
    ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted(PACKAGE.rglob("*.py"))
}

# Each room with its modules (a package stands for all within it) and the rooms it may know besides the
# ground floor, which everybody may know.
GROUND = ("model", "errors", "__init__", "marks", "complaints", "source")
ROOMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "letter": (("letter",), ()),
    "understand": (("understand", "vocabulary"), ("rules",)),
    "decide": (("decide",), ("rules",)),
    "compose": (("compose",), ("templates",)),
    "rules": (("rules",), ("vocabulary",)),
    "templates": (("templates",), ()),
    "config": (("config", "environment", "settings", "key", "defaults"), ()),
    "store": (("store",), ()),
    "inbox": (("inbox",), ("settings", "tls", "wire")),
    "outbox": (("outbox",), ("settings", "tls", "wire")),
    "doors": (("tls", "wire"), ()),
    "explain": (("explain",), ("rules",)),
    "accord": (("accord",), ("decide", "rules", "templates")),
    "desk": (("desk",), ("letter", "understand", "decide", "compose", "rules", "templates")),
    "service": (
        ("service", "log", "notify", "status"),
        (
            "desk",
            "letter",
            "understand",
            "decide",
            "compose",
            "rules",
            "templates",
            "store",
            "inbox",
            "outbox",
        ),
    ),
}
ABOVE = ("cli", "__main__", "commands", "demo")  # they connect and speak: they may know everything
PURE = ("letter", "understand", "decide", "compose")
EXCEPTIONS = {"understand.bounce": {"logging"}}  # to silence a library that would log pieces of the mail
UNTOUCHED = re.compile(
    r"^(os|io|sys|socket|ssl|logging|random|secrets|time|pathlib|tempfile|subprocess|threading|shutil|"
    r"imaplib|smtplib|imap_tools|yagmail|tinydb|schedule|pydantic_settings)(\.|$)"
)


def room_of(module: str) -> str:
    """The room to which a module belongs."""
    top = module.split(".")[0]
    if top in GROUND or not module:
        return "ground floor"
    if top in ABOVE:
        return "above"
    return next((room for room, (modules, _) in ROOMS.items() if top in modules), "nowhere")


def imports(file: Path) -> Iterator[str]:
    """What a module imports, wherever it says so, type checking apart."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body.clear()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from names if node.module == "mailflow" else [node.module]
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def ours(file: Path) -> Iterator[str]:
    """The modules of ours that it imports."""
    for name in imports(file):
        inside = name.removeprefix("mailflow.")
        if name.startswith("mailflow.") and inside.split(".")[0] in {m.split(".")[0] for m in MODULES}:
            yield inside


def test_every_module_belongs_to_a_room() -> None:
    """A new module is named in ROOMS, so that its arrows are looked at."""
    assert [module for module in MODULES if room_of(module) == "nowhere"] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_knows_only_what_it_may(module: str) -> None:
    """Rooms don't import one another; only the service knows the order; nothing imports cli or service."""
    room = room_of(module)
    if room == "above":
        return
    own, allowed = ROOMS.get(room, ((), ()))
    strange = [
        other
        for other in ours(MODULES[module])
        if room_of(other) not in (room, "ground floor", *allowed)
        and other.split(".")[0] not in (*own, *allowed)
    ]
    assert strange == []


@pytest.mark.parametrize("module", [name for name in MODULES if room_of(name) in PURE])
def test_a_pure_room_touches_nothing(module: str) -> None:
    """No file, socket, clock, log or randomness is even within reach."""
    touched = {name for name in imports(MODULES[module]) if UNTOUCHED.match(name)}
    assert touched - EXCEPTIONS.get(module, set()) == set()
    calls = [
        node for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    named = {ast.unparse(call.func) for call in calls}
    assert named & {"open", "print", "input", "datetime.now", "datetime.utcnow", "date.today"} == set()


# --- maps ---------------------------------------------------------------------------------------------


def tree(text: str) -> str:
    """The map in a text: the lines under `mailflow/`."""
    found = re.search(r"^ *mailflow/\n((?:[ ]+\S.*\n)+)", text, re.MULTILINE)
    assert found, "no map"
    lines = found[1].splitlines()
    indent = min(len(line) - len(line.lstrip()) for line in lines)
    return "\n".join(line[indent:].rstrip() for line in lines)


def mapped(text: str) -> list[str]:
    """The names in a map."""
    return re.findall(r"(?<![\w./*])(\w+(?:\.py|/))(?=[\s,]|$)", text)


def test_the_map_of_the_package_is_true() -> None:
    """Every module and folder of mailflow/ stands in the docstring's map once, and nothing else."""
    here = [f.name for f in PACKAGE.glob("*.py") if f.stem != "__init__"] + [
        f.parent.name + "/" for f in PACKAGE.glob("*/__init__.py")
    ]
    assert sorted(mapped(tree(mailflow.__doc__ or ""))) == sorted(here)


def test_the_readme_shows_the_same_map() -> None:
    """Two maps, one truth."""
    assert tree((TOP / "README.md").read_text("utf-8")) == tree(mailflow.__doc__ or "")


@pytest.mark.parametrize("init", sorted(PACKAGE.glob("*/**/__init__.py")), ids=lambda file: file.parent.name)
def test_each_room_of_several_modules_has_its_map(init: Path) -> None:
    """The docstring of a package names each of its modules."""
    said = ast.get_docstring(ast.parse(init.read_text("utf-8"))) or ""
    named = set(re.findall(r"\b(\w+\.py)\b", said))
    assert named == {file.name for file in init.parent.glob("*.py")} - {"__init__.py"}


def test_top_level_holds_only_what_every_project_has() -> None:
    """What git knows, that is: a new folder here would be a new idea."""
    allowed = {"mailflow", "rules", "templates", "tests", ".ci"}
    found = {p.name for p in TOP.iterdir() if p.is_dir() and not p.name.startswith(".") and _tracked(p)}
    assert found <= allowed


def test_top_level_holds_no_stray_file() -> None:
    """A download or an export that lands there is easily committed with the rest."""
    ours = {"README.md", "LICENSE", "CHANGELOG.md", "Makefile", "pyproject.toml", "config.example.toml"}
    ignored = (TOP / ".gitignore").read_text("utf-8").split()
    files = {p.name for p in TOP.iterdir() if p.is_file() and not p.name.startswith(".")}
    locks = {name for name in files if name.startswith("requirements") and name.endswith(".lock")}
    assert {name for name in files if f"/{name}" not in ignored} <= ours | locks


def _tracked(folder: Path) -> bool:
    ignored = (TOP / ".gitignore").read_text("utf-8").split()
    return not {f"{folder.name}/", f"/{folder.name}/"} & set(ignored) and folder.suffix != ".egg-info"


# --- sizes and manners ---------------------------------------------------------------------------------


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_short_and_says_its_job(module: str) -> None:
    """At most 300 lines, functions of at most 40, a docstring at the head."""
    text = MODULES[module].read_text("utf-8")
    parsed = ast.parse(text)
    assert text.count("\n") <= 300
    assert ast.get_docstring(parsed)
    functions = [n for n in ast.walk(parsed) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 40 + _docstring_lines(f)]
    assert long == []


def _docstring_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (ast.get_docstring(function) or "").count("\n")


def test_nothing_names_this_machine() -> None:
    """No path of a developer's machine and no host of a package registry in what is handed on."""
    secret = re.compile(
        "/wo" + "rk/(shared|main)|" + "pypi[.]org|" + "python" + "hosted|" + "/ro" + "ot/|[.]lib" + "rary/"
    )
    files = [
        p
        for name in ("mailflow", "rules", "templates", "tests")
        for p in (TOP / name).rglob("*")
        if p.is_file()
    ]
    files += [p for p in TOP.iterdir() if p.is_file()]
    text_files = [p for p in files if p.suffix in {".py", ".toml", ".md", ".txt", ".lock", ".html", ""}]
    assert [str(p) for p in text_files if secret.search(p.read_text("utf-8", "replace"))] == []
