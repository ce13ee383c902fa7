"""What a Python file says of its scenes, read with `ast`: nothing is executed, nothing imported.

Reading is enough where a file's classes stand at its outermost level, as they nearly always do. Where it is not
enough (a class in a `try`, one that a call makes, a list of scenes that is computed), `Unclear` is raised, and
`darkroom.imported` finds out by running the file in a process of its own.
"""

import ast
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import sys
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from darkroom.errors import BrokenSource, Unreadable, UsageError
from darkroom.newer_syntax import needed_version
from darkroom.tree import shown

ORDER = "SCENES_IN_ORDER"
NO_CONSTRUCT = "has no construct method"
# Calls by which a module can change in ways that its text does not show.
OPAQUE_CALLS = {"exec", "eval", "globals", "locals", "vars", "setattr", "delattr"}
# What decides whether and how a class is listed: set from outside the class, it cannot be read off it.
TELLING = {"construct", "run", "frame_shape", "chapter", "__module__", "__name__", "__doc__", "__bases__"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Unclear(Exception):
    """A file's text alone does not tell its scenes: for this reason."""


@dataclass(frozen=True)
class SceneRef:
    """One scene class: where it stands and what it says of itself."""

    name: str  # of the class; of two with one name in a file, with a number
    file: Path
    root: Path  # the folder ManimGL is to be run from
    doc: str = ""  # first line of the docstring
    chapter: str = ""  # its name in a film's chapter list
    frame_shape: tuple[float, float] | None = None  # width and height of its frame, if its class says so
    key: str = ""  # where its module keeps it, if not under its name: "Other", "SCENES_IN_ORDER[2]"

    def __str__(self) -> str:
        return f"{shown(self.file)}:{self.name}"


class Kind(Enum):
    """What is known of a base class that the project does not define."""

    scene = "one of ManimGL's scenes, or called so"
    other = "no scene"
    unknown = "perhaps a scene"


class Class(NamedTuple):
    """A class that the project defines."""

    module: "Module"
    name: str


class _Scene:
    """Stands for ManimGL's scenes in the line of descent of one that was read."""


class _Unknown:
    """Stands for a base that reading cannot tell."""


class Binding(NamedTuple):
    """One place where a module gives a name a meaning."""

    kind: str  # "class", "def", "import", "assign" or "other"
    node: ast.AST | None  # of an assignment: its value, if there is one
    is_plain: bool  # at the outermost level, and not decorated


class Module:
    """What one source file defines and imports, as far as scenes are concerned.

    Attributes:
        classes: those of its outermost level, by name.
        order: the names in its SCENES_IN_ORDER, if it has one that can be read.
        files: project files imported anywhere in it.
        outside: modules it imports from outside the project.
        unclear: why its text does not tell its scenes, as far as that shows without looking at other files.
    """

    def __init__(self, file: Path, root: Path, tree: ast.Module) -> None:
        self.file = file
        self.root = root
        self.title = first_line(ast.get_docstring(tree))
        self.classes: dict[str, ast.ClassDef] = {}
        self.order: list[str] | None = None
        self.imports: dict[str, tuple[Path, str]] = {}  # a name here -> the project file, and its name there
        self.files: set[Path] = set()
        self.outside: set[str] = set()
        self.unclear = ""
        self._modules: dict[str, str] = {}  # a name here -> the module it stands for
        self._foreign: dict[str, tuple[str, str]] = {}  # a name here -> a module from elsewhere, and its name there
        self._stars: list[Path | str] = []  # what is imported with a star: project files, modules from elsewhere
        self._bindings: dict[str, list[Binding]] = {}
        self._lines: dict[str, type] = {}  # lines of descent, as far as they are known
        self._calls: list[tuple[int, set[str]]] = []  # lines at which something is called, and all names there
        self._inner_classes: list[ast.ClassDef] = []  # in functions
        self._inner_names: set[str] = set()  # arguments and variables of functions
        self._makes_classes = False  # by a call in some function
        self._look_everywhere(tree)
        for node, is_nested in _statements(tree.body):
            self._look_at(node, is_nested)
        for name, bindings in self._bindings.items():
            if all(binding.kind == "class" and binding.is_plain for binding in bindings):
                definition = bindings[-1].node
                assert isinstance(definition, ast.ClassDef)
                self.classes[name] = definition
        self._read_order()

    # Taking it apart

    def _look_everywhere(self, tree: ast.Module) -> None:
        """Find all imports, and what functions might make classes."""
        todo: list[tuple[Any, bool]] = [(tree, False)]
        while todo:
            node, in_function = todo.pop()
            if isinstance(node, list):
                todo += [(item, in_function) for item in node if isinstance(item, ast.AST)]
                continue
            kind = type(node)
            if kind is ast.Import:
                for alias in node.names:
                    self._note(alias.name)
            elif kind is ast.ImportFrom:
                self._note_from(node)
            elif kind in (*FUNCTIONS, ast.Lambda):
                in_function = True
            elif in_function:
                if kind is ast.ClassDef:
                    self._inner_classes.append(node)
                elif kind is ast.arg:
                    self._inner_names.add(node.arg)
                elif kind is ast.Name:
                    if type(node.ctx) is ast.Store:
                        self._inner_names.add(node.id)
                    continue
                elif kind is ast.Call and _makes_class(node):
                    self._makes_classes = True
            todo += [(part, in_function) for part in vars(node).values() if isinstance(part, ast.AST | list)]

    def _look_at(self, node: ast.stmt, is_nested: bool) -> None:
        """Take down what a statement of the module, not of its functions and classes, binds and does."""
        expressions = list(_expressions(node))
        is_decorated = bool(getattr(node, "decorator_list", ()))
        calls = [part for part in expressions if isinstance(part, ast.Call)]
        if calls or is_decorated:
            self._calls.append((node.lineno, {part.id for part in expressions if isinstance(part, ast.Name)}))
        for call in calls:
            if _makes_class(call) or (isinstance(call.func, ast.Name) and call.func.id in OPAQUE_CALLS):
                self._doubt(node, f"{ast.unparse(call.func)} may make classes")
        for part in expressions:
            if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store | ast.Del) and part.attr in TELLING:
                self._doubt(node, f"it sets {part.attr}")
            if isinstance(part, ast.Attribute) and ast.unparse(part) == "sys.modules":
                self._doubt(node, "it uses sys.modules")
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id == ORDER:
                self._doubt(node, f"{ORDER} is computed")
        if isinstance(node, ast.ClassDef):
            odd = is_nested or is_decorated or node.keywords or any(map(_is_computed, node.bases))
            self._bind(node.name, "class", node, not odd)
            if any(isinstance(item, ast.Assign) and _names_module(item) for item in node.body):
                self._doubt(node, "it says __module__")
        elif isinstance(node, FUNCTIONS):
            self._bind(node.name, "def")
            if node.name in ("__getattr__", "__dir__"):
                self._doubt(node, f"it has a {node.name}")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                self._modules[name] = alias.name if alias.asname else name
                self._bind(name, "import")
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name != "*":
                    self._bind(alias.asname or alias.name, "import")
            self._name_from(node)
        elif isinstance(node, ast.Assign) and all(isinstance(target, ast.Name) for target in node.targets):
            for target in node.targets:
                assert isinstance(target, ast.Name)
                self._bind(target.id, "assign", node.value, not is_nested)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if node.value is not None:
                self._bind(node.target.id, "assign", node.value, not is_nested)
        else:
            for part in expressions:
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store | ast.Del):
                    self._bind(part.id, "other")
        for part in expressions:
            if isinstance(part, ast.NamedExpr):
                self._bind(part.target.id, "other")

    def _bind(self, name: str, kind: str, node: ast.AST | None = None, is_plain: bool = False) -> None:
        self._bindings.setdefault(name, []).append(Binding(kind, node, is_plain))
        if name == "__name__":
            self.unclear = self.unclear or "it sets __name__"

    def _doubt(self, node: ast.stmt, reason: str) -> None:
        self.unclear = self.unclear or f"line {node.lineno}: {reason}"

    def _read_order(self) -> None:
        bindings = self._bindings.get(ORDER)
        if not bindings:
            return
        value = bindings[0].node
        if len(bindings) > 1 or not bindings[0].is_plain or not isinstance(value, ast.List | ast.Tuple):
            self.unclear = self.unclear or f"{ORDER} is computed"
        elif not all(isinstance(element, ast.Name) for element in value.elts):
            self.unclear = self.unclear or f"{ORDER} is no plain list of names"
        else:
            self.order = [element.id for element in value.elts if isinstance(element, ast.Name)]

    # Imports

    def _note(self, dotted: str) -> Path | None:
        """Take down that a module is imported; its file, if it is the project's."""
        file = self._file_of(dotted)
        if file:
            self.files.add(file)
        elif dotted:
            self.outside.add(dotted)
        return file

    def _note_from(self, node: ast.ImportFrom) -> None:
        dotted = self._absolute(node)
        if dotted is None:
            return
        self._note(dotted)
        self.files.update(filter(None, (self._file_of(f"{dotted}.{alias.name}") for alias in node.names)))

    def _name_from(self, node: ast.ImportFrom) -> None:
        """Take down what `from ... import ...` makes names mean."""
        dotted = self._absolute(node)
        if dotted is None:
            return
        file = self._file_of(dotted)
        for alias in node.names:
            name = alias.asname or alias.name
            if alias.name == "*":
                self._stars.append(file or dotted)
            elif self._file_of(f"{dotted}.{alias.name}"):  # `from package import module`
                self._modules[name] = f"{dotted}.{alias.name}"
            elif file:
                self.imports[name] = (file, alias.name)
            else:
                self._foreign[name] = (dotted, alias.name)

    def _absolute(self, node: ast.ImportFrom) -> str | None:
        """The module of a `from ... import`, seen from the root; None if that is above the root."""
        dotted = node.module or ""
        if not node.level:
            return dotted
        try:
            base = self.file.parents[node.level - 1].relative_to(self.root)
        except (IndexError, ValueError):
            return None
        return ".".join([*base.parts, *filter(None, [dotted])])

    def _file_of(self, dotted: str) -> Path | None:
        return file_of_module(dotted, self.file, self.root)

    # What names mean

    def home_of(self, name: str) -> Class | None:
        """The class of the project called `name` here; None if there is none, or reading cannot tell."""
        found = self.look_up(name)
        return found if isinstance(found, Class) else None

    def look_up(self, name: str, seen: "set[tuple[Path, str]] | None" = None) -> Class | Kind | None:
        """What a name stands for here, if it were a base class; None if nothing here gives it a meaning."""
        seen = set() if seen is None else seen  # where this look has been: files import each other in circles
        if (self.file, name) in seen:
            return None
        seen.add((self.file, name))
        if name in self.classes:
            return Class(self, name)
        bindings = self._bindings.get(name, [])
        if bindings:
            kinds = {binding.kind for binding in bindings}
            if kinds == {"def"}:
                return Kind.other
            if kinds == {"assign"} and len(bindings) == 1 and bindings[0].is_plain:
                value = bindings[0].node
                if isinstance(value, ast.Name | ast.Attribute):
                    return self.resolve(value, seen)
            if kinds != {"import"}:
                return Kind.unknown
        if name in self.imports:
            file, there = self.imports[name]
            return read_module(file, self.root).look_up(there, seen)
        if name in self._foreign:
            return _from_outside(*self._foreign[name])
        if name in self._modules:
            return Kind.other
        for star in reversed(self._stars):
            if isinstance(star, Path):
                found = read_module(star, self.root).look_up(name, seen)
            elif _top(star) == "manimlib":
                found = Kind.scene if name.endswith("Scene") else None
            else:
                found = Kind.unknown if needs_manimgl(_top(star)) else None
            if found:
                return found
        return None

    def resolve(self, node: ast.expr, seen: "set[tuple[Path, str]] | None" = None) -> Class | Kind:
        """What an expression stands for, if it were a base class."""
        if isinstance(node, ast.Subscript):  # Base[T]
            return self.resolve(node.value, seen)
        if isinstance(node, ast.Name):
            found = self.look_up(node.id, seen)
            if found:
                return found
            return Kind.scene if node.id.endswith("Scene") else Kind.other
        if isinstance(node, ast.Attribute):
            dotted = self._dotted(node.value)
            if dotted is None:
                return Kind.unknown
            file = self._file_of(dotted)
            if file is None:
                return _from_outside(dotted, node.attr)
            return read_module(file, self.root).look_up(node.attr) or Kind.other
        return Kind.unknown

    def _dotted(self, node: ast.expr) -> str | None:
        """The module that an expression such as `package.module` stands for."""
        if isinstance(node, ast.Attribute):
            package = self._dotted(node.value)
            return package and f"{package}.{node.attr}"
        if isinstance(node, ast.Name):
            return self._modules.get(node.id) or ".".join(self._foreign.get(node.id, ())) or None
        return None

    # Scenes

    def line_of(self, name: str, below: tuple[Class, ...] = ()) -> type:
        """A class with the bases of the one called `name`, as far as they are scenes or the project's.

        Each class in its `__mro__` that stands for one of the project's has it as `stands_for`: a `Class`.

        Raises:
            Unclear: such a class cannot be.
        """
        if name in self._lines:
            return self._lines[name]
        own = Class(self, name)
        if any(own.module is one.module and own.name == one.name for one in below):
            raise Unclear(f"{name} is derived from itself")
        bases: list[type] = []
        for node in self.classes[name].bases:
            found = self.resolve(node)
            if isinstance(found, Class):
                bases.append(found.module.line_of(found.name, (*below, own)))
            elif found is not Kind.other:
                bases.append(_Scene if found is Kind.scene else _Unknown)
        try:
            self._lines[name] = type(name, tuple(dict.fromkeys(bases)), {"stands_for": own})
        except TypeError as error:
            raise Unclear(f"{name}: {error}") from None
        return self._lines[name]

    def lineage(self, name: str) -> list[ast.ClassDef]:
        """The class and all its bases that the project defines, in the order in which Python looks them up."""
        owners = [vars(kind)["stands_for"] for kind in self.line_of(name).__mro__ if "stands_for" in vars(kind)]
        return [owner.module.classes[owner.name] for owner in owners]

    def is_scene(self, name: str) -> bool:
        """Whether a class of the outermost level is a scene.

        Raises:
            Unclear: reading cannot tell.
        """
        line = self.line_of(name)
        if issubclass(line, _Unknown):
            raise Unclear(f"{name} has a base that reading cannot tell")
        return issubclass(line, _Scene)

    def scene_names(self) -> list[str]:
        """The scene classes that ManimGL finds in this file, in its order: by name.

        Raises:
            Unclear: reading cannot tell.
        """
        if self.unclear:
            raise Unclear(self.unclear)
        if ORDER in self.imports or any(
            isinstance(star, Path) and read_module(star, self.root).look_up(ORDER) for star in self._stars
        ):
            raise Unclear(f"{ORDER} comes from another file")
        if self._makes_classes or any(map(self._may_be_scene, self._inner_classes)):
            own = {name for name, ones in self._bindings.items() if any(one.kind != "import" for one in ones)}
            for line, named in self._calls:
                if named & own:
                    raise Unclear(f"line {line}: what it calls may make classes")
        for name, bindings in self._bindings.items():
            if name in self.classes:
                continue
            for binding in bindings:
                if isinstance(binding.node, ast.ClassDef) and self._may_be_scene(binding.node):
                    raise Unclear(f"line {binding.node.lineno}: whether {name} is made is seen when the file runs")
        names = {name: name for name in self.classes if self.is_scene(name)}
        for alias, bindings in self._bindings.items():
            found = self.home_of(alias) if bindings[0].kind == "assign" else None
            if found and found.module is self and found.name in names:
                names[found.name] = min(alias, names[found.name])
        return sorted(names, key=names.__getitem__)

    def _may_be_scene(self, node: ast.ClassDef) -> bool:
        for base in node.bases:
            found = Kind.unknown if last_name(base) in self._inner_names else self.resolve(base)
            if isinstance(found, Class):
                line = found.module.line_of(found.name)
                found = Kind.scene if issubclass(line, _Scene | _Unknown) else Kind.other
            if found is not Kind.other:
                return True
        return False

    def is_playable(self, name: str) -> bool:
        """Whether a class is a scene with something to show, rather than a base for others."""
        return self.is_scene(name) and not self.why_base(name)

    def why_base(self, name: str) -> str:
        """Why a scene class is a base for others, not one to be rendered; "" if it is not."""
        return why_base(self.lineage(name))

    def ref(self, name: str) -> SceneRef:
        """The scene of a class of the outermost level.

        Raises:
            Unclear: it says something of itself that has to be computed.
            UsageError: its frame_shape is none.
        """
        node = self.classes[name]
        chapter = _assigned(node, "chapter")
        if chapter is not None and not isinstance(chapter, ast.Constant):
            raise Unclear(f"chapter of {name} is computed")
        return SceneRef(
            name,
            self.file,
            self.root,
            doc=first_line(ast.get_docstring(node)),
            chapter=str(chapter.value) if chapter and chapter.value else words(name),
            frame_shape=self.frame_shape(name),
        )

    def frame_shape(self, name: str) -> tuple[float, float] | None:
        """The width and height of its frame that a class, or the nearest of its bases, says; None if none does.

        Raises:
            Unclear: it is computed.
            UsageError: it is no pair of numbers.
        """
        for node in self.lineage(name):
            value = _assigned(node, "frame_shape")
            if value is None:
                continue
            try:
                said = ast.literal_eval(value)
            except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
                raise Unclear(f"frame_shape of {name} is computed") from None
            return checked_shape(said, name, self.file)
        return None


def why_base(lineage: list[ast.ClassDef]) -> str:
    """Why a scene class is a base for others, not one to be rendered; "" if it is not.

    It is one if nothing in it is made to play: no `construct` anywhere in its lineage, or one that only raises;
    or if a method it calls is left to others: marked as abstract, or one that only raises NotImplementedError.

    Args:
        lineage: the class and its bases, without ManimGL's, in the order in which Python looks them up.
    """
    methods: dict[str, ast.stmt] = {}
    for node in lineage:
        for item in node.body:
            for name in _bound_by(item):
                methods.setdefault(name, item)
    start = methods.get("construct")
    if start is None and "run" not in methods:
        parts = [part for name in ("setup", "tear_down") if name in methods for part in ast.walk(methods[name])]
        if not any(isinstance(part, ast.Attribute) and part.attr in ("play", "wait") for part in parts):
            return NO_CONSTRUCT
    if isinstance(start, FUNCTIONS) and _raised(start):
        return "has a construct method that only raises"
    open_ones = {name for name, item in methods.items() if isinstance(item, FUNCTIONS) and _is_left_open(item)}
    if open_ones:
        called = {part.attr for node in lineage for part in ast.walk(node) if isinstance(part, ast.Attribute)}
        for name in methods:
            if name in open_ones & called:
                return f"leaves its method {name} to classes derived from it"
    return ""


def checked_shape(said: object, name: str, file: Path) -> tuple[float, float] | None:
    """A frame_shape as two numbers; None if it says: as configured.

    Raises:
        UsageError: it is neither.
    """
    if said is None:
        return None
    try:
        width, height = map(float, said)  # type: ignore[call-overload]
    except (ValueError, TypeError):
        width = height = 0.0
    if isinstance(said, str) or not 0 < width < float("inf") or not 0 < height < float("inf"):
        raise UsageError(
            f"{shown(file)}: frame_shape of {name} is no pair of numbers.",
            "Write it as width and height of the frame:  frame_shape = (9, 16)",
        )
    return width, height


def _statements(body: list[ast.stmt], is_nested: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """Each statement that runs when a module is imported, and whether it stands inside another."""
    for node in body:
        if isinstance(node, ast.If) and _never_runs(node.test):
            yield from _statements(node.orelse, True)
            continue
        yield node, is_nested
        if isinstance(node, (ast.ClassDef, *FUNCTIONS)):
            continue
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.stmt):
                yield from _statements([part], True)
            elif isinstance(part, ast.ExceptHandler | ast.match_case):
                yield from _statements(part.body, True)


def _never_runs(test: ast.expr) -> bool:
    """Is it the test of `if __name__ == "__main__"` or of `if TYPE_CHECKING`?"""
    if isinstance(test, ast.Compare):
        return ast.unparse(test) == "__name__ == '__main__'"
    return last_name(test) == "TYPE_CHECKING"


def _expressions(node: ast.stmt) -> Iterator[ast.AST]:
    """All parts of a statement that are worked out when it runs, without the statements inside it."""
    todo: list[ast.AST] = [node]
    while todo:
        part = todo.pop()
        for child in ast.iter_child_nodes(part):
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                continue
            yield child
            if not isinstance(child, ast.Lambda):
                todo.append(child)


def _makes_class(call: ast.Call) -> bool:
    """Is it a call that makes a class, or runs what cannot be read?"""
    name = last_name(call.func)
    if name in ("exec", "globals", "new_class"):
        return True
    maker = call.func.func if isinstance(call.func, ast.Call) else call.func  # type(A)("B", (A,), {})
    return len(call.args) >= 3 and last_name(maker) in ("type", "__new__")


def _is_computed(base: ast.expr) -> bool:
    return not isinstance(base, ast.Name | ast.Attribute | ast.Subscript)


def _names_module(item: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "__module__" for target in item.targets)


def _bound_by(item: ast.stmt) -> Iterator[str]:
    """The names that a statement of a class body gives a meaning."""
    for node, _ in _statements([item]):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield node.name
        else:
            for part in _expressions(node):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    yield part.id


def _raised(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The name of what a function raises that does nothing else; "" if it does something else."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body or not isinstance(body[0], ast.Raise) or body[0].exc is None:
        return ""
    raised = body[0].exc
    return last_name(raised.func if isinstance(raised, ast.Call) else raised) or "?"


def _is_left_open(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    marks = {last_name(mark.func if isinstance(mark, ast.Call) else mark) for mark in function.decorator_list}
    return _raised(function) == "NotImplementedError" or bool(marks & {"abstractmethod", "abstractproperty"})


def _assigned(node: ast.ClassDef, name: str) -> ast.expr | None:
    """What a class body assigns to a name.

    Raises:
        Unclear: it does so inside an `if` or the like, or in another way.
    """
    found: ast.expr | None = None
    for item in node.body:
        if name not in _bound_by(item):
            continue
        target = item.targets[0] if isinstance(item, ast.Assign) else getattr(item, "target", None)
        if not (isinstance(item, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name)):
            raise Unclear(f"{name} of {node.name} is computed")
        found = item.value or found
    return found


def _top(dotted: str) -> str:
    return dotted.partition(".")[0]


def _from_outside(dotted: str, name: str) -> Kind:
    """What a name of a module from outside the project stands for."""
    top = _top(dotted)
    if top in sys.stdlib_module_names:
        return Kind.other
    if top == "manimlib":
        return Kind.scene if name.endswith("Scene") else Kind.other
    if needs_manimgl(top):
        return Kind.unknown
    return Kind.scene if name.endswith("Scene") and not _is_installed(top) else Kind.other


@cache
def _is_installed(top: str) -> bool:
    try:
        return importlib.util.find_spec(top) is not None
    except (ImportError, ValueError, AttributeError):
        return False


@cache
def needs_manimgl(top: str) -> bool:
    """Whether an installed package may hold scenes: it says that it needs ManimGL, or it does not say what it needs."""
    if top in sys.stdlib_module_names or not _is_installed(top):
        return False
    homes = _homes().get(top)
    if not homes:
        return True
    needs = (line for home in homes for line in importlib.metadata.requires(home) or ())
    return any(re.match(r"manimgl\b", line) for line in needs)


@cache
def _homes() -> dict[str, list[str]]:
    return dict(importlib.metadata.packages_distributions())


def file_of_module(dotted: str, importer: Path, root: Path) -> Path | None:
    """The project file that `import dotted` in a file would run; None if it is a module from elsewhere."""
    for base in (root, importer.parent):
        place = base.joinpath(*dotted.split("."))
        for file in (place.with_name(f"{place.name}.py") if dotted else place, place / "__init__.py"):
            if file.is_file():
                return file
    return None


@cache
def read_module(file: Path, root: Path) -> Module:
    """Take a file apart.

    Raises:
        Unreadable: it cannot be read.
        BrokenSource: it does not parse.
    """
    return Module(file, root, parse(file))


def parse(file: Path) -> ast.Module:
    """A file's syntax tree, in whatever encoding the file says it has.

    Raises:
        Unreadable: it cannot be read.
        BrokenSource: it does not parse.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Unreadable(shown(file), error) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are the author's business, when the file is run
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BrokenSource(shown(file), error, _needed(data)) from None


def _needed(data: bytes) -> tuple[int, int] | None:
    try:
        lines = iter(data.splitlines(keepends=True))
        encoding, _ = tokenize.detect_encoding(lambda: next(lines, b""))
        return needed_version(data.decode(encoding))
    except (SyntaxError, ValueError, LookupError):
        return None


def closure(file: Path, root: Path) -> tuple[set[Path], set[str]]:
    """All project files a file imports, itself among them, and the modules they take from elsewhere."""
    files: set[Path] = set()
    outside: set[str] = set()
    todo = [file]
    while todo:
        current = todo.pop()
        if current in files:
            continue
        files.add(current)
        try:
            module = read_module(current, root)
        except UsageError:
            continue
        outside |= module.outside
        todo += module.files
        todo += [
            package
            for folder in current.parents
            if folder.is_relative_to(root) and (package := folder / "__init__.py").is_file()
        ]
    return files, outside


def fingerprint(ref: SceneRef) -> str:
    """Changes when the scene's source does: its file, all project modules behind it, the configuration."""
    digest = hashlib.sha256(f"{ref.name} {ref.key}".encode())
    files, _ = closure(ref.file, ref.root)
    config = ref.root / "custom_config.yml"
    for file in sorted({*files, *([config] if config.exists() else [])}):
        digest.update(os.fsencode(file))
        try:
            digest.update(file.read_bytes())
        except OSError as error:
            digest.update(str(error.errno).encode())
    return digest.hexdigest()


def first_line(doc: str | None) -> str:
    """The first line of a docstring that has a letter in it; a ruler (`=====`) has none."""
    return next((line.strip() for line in (doc or "").splitlines() if any(map(str.isalpha, line))), "")


def last_name(node: ast.expr) -> str:
    """`Scene` of both `Scene` and `manimlib.Scene`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def words(name: str) -> str:
    """`ChainRuleScene` -> `Chain Rule`; `MLPAutogradScene` -> `MLP Autograd`; `show_all` -> `Show all`."""
    name = name.removesuffix("Scene") or name
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    text = " ".join(parts) or name
    return text[0].upper() + text[1:]
