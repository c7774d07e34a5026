"""Rules of the floor plan as functions from source text to offences; standard library only."""

import ast
import functools
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("auditserver", "chains", "standards", "audits")
LONGEST_FILE = 400
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "core", "misc"}
GATES = {"permission_classes", "authentication_classes", "filter_backends"}
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.auth.signals")
SIGNALS += ("celery.signals", "django.test.signals", "django.db.backends.signals")
# What each pure room may import besides the standard library (DESIGN.md §4).
PURE = {
    "standards/spec": {"numpy", "scipy", "msgspec", "yaml", "standards.spec"},
    "audits/scoring": {"numpy", "scipy", "msgspec", "audits.scoring", "standards.spec"},
    "chains/problems.py": {"chains.problems"},
    "standards/problems.py": {"chains.problems"},
    "audits/problems.py": {"chains.problems"},
}


# Words after which rows are no longer everybody's: one person's, or those that hang on a row asked for before.
NARROWING = {"visible_to", "readable_by", "released_to", "to_review_by", "auditors_sent_by", "none"}
NARROWING |= {"visible", "for_roles"} | {"filter", "get"}


@dataclass(frozen=True)
class Source:
    """A Python file: its path from the root of the repository, and its text."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return parsed(self)

    @property
    def room(self) -> str:
        return self.path.split("/")[0]

    def at(self, node: ast.AST, what: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)} {what}"


@functools.cache
def parsed(source: Source) -> ast.Module:
    """The syntax tree, made once: every rule walks it."""
    return ast.parse(source.text, source.path)


@functools.cache
def sources(*folders: str) -> list[Source]:
    """All Python files below the folders, migrations left out: Django writes those."""
    paths = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [
        Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in paths
        if "migrations" not in path.parts
    ]


def imported(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every imported module by its full name, with the node that imports it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{'.' * node.level}{node.module or ''}.{alias.name}") for alias in node.names)


def imports_inside_functions(source: Source) -> list[str]:
    """An import inside a function hides who depends on whom."""
    functions = (n for n in ast.walk(source.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))
    return sorted(
        {source.at(node, f"imports {name} inside a function") for f in functions for node, name in imported(f)}
    )


def models_by_name(source: Source) -> list[str]:
    """`apps.get_model` goes around the import contracts."""
    return [
        source.at(node, "asks for a model by its name")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr == "get_model"
    ]


def signals(source: Source) -> list[str]:
    """Signals as plumbing: what happens cannot be read where it begins."""
    return [source.at(n, f"imports {name}") for n, name in imported(source.tree) if name.startswith(SIGNALS)]


def too_long(source: Source) -> list[str]:
    """A longer file wants a split by meaning."""
    lines = len(source.text.splitlines())
    return [f"{source.path} has {lines} lines"] if lines > LONGEST_FILE else []


def says_nothing(source: Source) -> list[str]:
    """File and folder names say what is in them."""
    parts = {Path(part).stem for part in source.path.split("/")}
    return [f"{source.path} is named {name}" for name in sorted(parts & NAMES_THAT_SAY_NOTHING)]


def impure_imports(source: Source) -> list[str]:
    """Pure rooms import the standard library and what PURE lists."""
    allowed = next(
        (names for place, names in PURE.items() if source.path == place or source.path.startswith(f"{place}/")), None
    )
    if allowed is None:
        return []
    return [
        source.at(node, f"imports {name}")
        for node, name in imported(source.tree)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not any(name == a or name.startswith(f"{a}.") for a in allowed)
    ]


def replaced_gates(source: Source) -> list[tuple[str, str, str]]:
    """(file, class or function, gate) wherever a view sets aside a default gate, by attribute or decorator."""
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            found += [(source.path, node.name, name) for name in assigned(node.body) if name in GATES]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found += [(source.path, node.name, name) for name in map(called, node.decorator_list) if name in GATES]
        if isinstance(node, ast.keyword) and node.arg in GATES:
            found.append((source.path, f"line {node.value.lineno}", str(node.arg)))
    return found


def assigned(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Names that a class body assigns or defines."""
    for statement in body:
        if isinstance(statement, ast.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id
        elif isinstance(statement, ast.FunctionDef) and statement.name.startswith("get_"):
            yield {"get_permissions": "permission_classes", "get_authenticators": "authentication_classes"}.get(
                statement.name, statement.name
            )


def called(node: ast.expr) -> str:
    """The last name of what a decorator calls."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def unnarrowed_rows(source: Source) -> list[tuple[str, str]]:
    """(file, model) of every `Model.objects` chain that is offered whole.

    A chain is narrowed where it says `visible_to` or another word of NARROWING, or is handed to such a function.
    One that is filtered hangs on rows narrowed before; whether it does rightly, the table of authorization tests tells.
    """
    parents = {child: node for node in ast.walk(source.tree) for child in ast.iter_child_nodes(node)}
    found = []
    for start in (node for node in parents if isinstance(node, ast.Attribute) and node.attr == "objects"):
        words: set[str] = set()
        above: ast.AST = start
        while isinstance(parent := parents.get(above), ast.Attribute | ast.Call):
            if isinstance(parent, ast.Call) and parent.func is not above:
                words.add(called(parent.func))
                break
            if isinstance(parent, ast.Attribute):
                words.add(parent.attr)
            above = parent
        if not words & NARROWING:
            found.append((source.path, ast.unparse(start.value)))
    return found
