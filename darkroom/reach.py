"""What of a project's source a scene can reach: found by reading it, so that a change elsewhere is no change.

The unit is the top-level statement of a module: a function, a class, an assignment. A scene reaches its own
class, whatever that mentions by name, whatever these mention, and so on, through imports and star imports.
A statement that acts when its module is imported (a call, a patch of something else) is reached by every scene
that imports the module. Comments and layout do not count: statements are compared as Python understands them.

Where names do not tell (`getattr` on a module, `importlib`, `exec`, `inspect`, metaclasses ...) a scene reaches
every byte of every project file behind it.
"""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from darkroom.discover import SceneRef, file_of_module

Signature = tuple[int, int, int]

OURS = Path(__file__).parent  # darkroom itself is nobody's project, even where it lives in one: its version counts

# Who uses one of these may reach anything.
DYNAMIC_NAMES = frozenset({"__builtins__", "__import__", "compile", "eval", "exec", "globals", "locals", "vars"})
DYNAMIC_ATTRIBUTES = frozenset(
    {"__globals__", "__subclasses__", "_getframe", "currentframe", "import_module", "settrace", "setprofile"}
)
DYNAMIC_MODULES = frozenset(
    {"builtins", "cloudpickle", "dill", "gc", "importlib", "imp", "inspect", "joblib", "pickle", "pkgutil"}
    | {"pkg_resources", "runpy", "shelve", "sys.modules"}
)
# Calls that do nothing but return a value: what is assigned from them at import concerns only who uses it.
VALUES = frozenset(
    {"abs", "all", "any", "bool", "bytes", "cast", "complex", "dict", "divmod", "enumerate", "field", "float"}
    | {"frozenset", "getattr", "globals", "hash", "int", "isinstance", "issubclass", "len", "list", "max", "min"}
    | {"namedtuple", "object", "pow", "range", "repr", "reversed", "round", "set", "slice", "sorted", "str", "sum"}
    | {"super", "tuple", "type", "zip", "Path", "NamedTuple", "TypeVar", "ParamSpec", "NewType"}
)
METHODS = frozenset(
    {"astype", "copy", "endswith", "format", "get", "items", "join", "keys", "lower", "lstrip", "replace", "reshape"}
    | {"rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "title", "tolist", "upper", "values"}
)
LIBRARIES = frozenset({"collections", "functools", "itertools", "math", "np", "numpy", "operator", "re", "torch"})
# ... except what begins like this:
ACTING = ("seed", "set", "manual_seed", "register", "use_", "load", "save", "from", "gen", "memmap", "default_gen")
# Decorators that only change what they decorate.
DECORATORS = frozenset(
    {"abstractmethod", "cache", "cached_property", "classmethod", "contextmanager", "dataclass", "deleter", "final"}
    | {"getter", "lru_cache", "overload", "override", "override_animate", "property", "runtime_checkable", "setter"}
    | {"staticmethod", "total_ordering", "wraps"}
)


@dataclass(frozen=True)
class Reach:
    """What was found.

    Attributes:
        digest: changes with all that the scene can reach.
        files: the project files that are imported on the way, as they were when they were read.
        outside: modules they import from elsewhere.
        whole: why every byte of them counts, if so.
    """

    digest: str
    files: dict[Path, Signature]
    outside: frozenset[str]
    whole: str = ""


def signature(file: Path) -> Signature:
    """Changes when a file is written: when that was (in nanoseconds), its size, and which file it is."""
    status = file.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino


@dataclass(frozen=True)
class _Import:
    """One name bound by an import."""

    bound: str  # "*" for a star import
    dotted: str
    attribute: str  # "" for a module itself
    level: int = 0


class _Part:
    """A top-level statement."""

    def __init__(self, node: ast.stmt) -> None:
        self.node = node
        self.imports = list(_imports(node))
        self.is_import = isinstance(node, ast.Import | ast.ImportFrom)
        self.binds = set(_bound(node))

    @cached_property
    def names(self) -> set[str]:
        return {child.id for child in ast.walk(self.node) if isinstance(child, ast.Name)}

    @cached_property
    def text(self) -> str:
        return ast.dump(self.node)

    @cached_property
    def dynamic(self) -> str:
        """What in it makes names untrustworthy, if anything."""
        for child in ast.walk(self.node):
            if isinstance(child, ast.Name) and child.id in DYNAMIC_NAMES:
                return child.id
            if isinstance(child, ast.Attribute):
                if child.attr in DYNAMIC_ATTRIBUTES:
                    return child.attr
                if child.attr == "modules" and isinstance(child.value, ast.Name) and child.value.id == "sys":
                    return "sys.modules"
        return ""

    @cached_property
    def makes_classes_in_a_way_of_its_own(self) -> bool:
        for child in ast.walk(self.node):
            if isinstance(child, ast.FunctionDef) and child.name == "__init_subclass__":
                return True
            if isinstance(child, ast.FunctionDef) and child.name == "__getattr__" and child is self.node:
                return True  # that of a module; a class may have one
            if isinstance(child, ast.ClassDef) and any(
                word.arg == "metaclass" and ast.unparse(word.value).rpartition(".")[2] not in ("ABCMeta", "EnumMeta")
                for word in child.keywords
            ):
                return True
        return False


@dataclass
class _Source:
    """A file, taken apart."""

    file: Path
    signature: Signature
    data: bytes
    parts: list[_Part]
    binding: dict[str, list[_Part]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for part in self.parts:
            for name in part.binds:
                self.binding.setdefault(name, []).append(part)

    @cached_property
    def exports(self) -> set[str] | None:
        """`__all__`, where it is a plain list; None where it is computed or missing."""
        names: set[str] = set()
        parts = self.binding.get("__all__", [])
        for part in parts:
            try:
                assert isinstance(part.node, ast.Assign)
                names |= set(ast.literal_eval(part.node.value))
            except (AssertionError, ValueError, TypeError):
                return None
        return names if parts else None


def _read(file: Path) -> _Source:
    return _parsed(file, signature(file))


@lru_cache(maxsize=4096)
def _parsed(file: Path, seen: Signature) -> _Source:
    """Its signature is from before it is read: a change in between is noticed later."""
    data = file.read_bytes()
    return _Source(file, seen, data, [_Part(node) for node in ast.parse(data).body])


def _imports(node: ast.AST) -> Iterator[_Import]:
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                bound = alias.asname or alias.name.partition(".")[0]
                yield _Import(bound, alias.name, "")
                if not alias.asname:
                    yield _Import(bound, bound, "")
        elif isinstance(child, ast.ImportFrom):
            for alias in child.names:
                yield _Import(alias.asname or alias.name, child.module or "", alias.name, child.level)


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names of its module that a statement binds."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.ExceptHandler | ast.withitem | ast.match_case):
            yield from _bound(child)  # type: ignore[arg-type]
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (item.bound for item in _imports(node))


def reach(ref: SceneRef) -> Reach | None:
    """What a scene can reach; None if one of the files behind it cannot be read."""
    try:
        return _Walk(ref).result()
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


class _Walk:
    """One scene's way through the source."""

    def __init__(self, ref: SceneRef) -> None:
        self.ref = ref
        self.loaded: dict[Path, _Source] = {}  # in the order in which Python runs them
        self.outside: set[str] = set()
        self.facts: set[str] = set()
        self.reached: set[_Part] = set()
        self.whole = ""
        self._todo: list[tuple[_Source, _Part]] = []
        self._resolved: set[tuple[Path, str]] = set()
        self._entered: set[Path] = set()
        self._files: dict[tuple[Path, str], Path | None] = {}
        self._starring: list[Path] = []  # star imports under way

    def result(self) -> Reach:
        self._load(self.ref.file)
        own = self.loaded[self.ref.file]
        if self.ref.name not in own.binding:
            self.whole = f"{self.ref.name} is not defined in {own.file.name} in so many words"
        for source in self.loaded.values():
            for part in source.parts:
                if part.makes_classes_in_a_way_of_its_own:
                    self.whole = self.whole or f"{source.file.name} has a say in how classes are made"
                if self._acts(source, part):
                    self._enter(source, part)
                    self.facts.add(f"acts {self._place(source.file)}")
        self._resolve(own, self.ref.name)
        while self._todo and not self.whole:
            self._follow(*self._todo.pop())
        return Reach(
            self._digest(),
            {file: source.signature for file, source in self.loaded.items()},
            frozenset(self.outside),
            self.whole,
        )

    def _digest(self) -> str:
        about = f"{self.ref.root} {self._place(self.ref.file)} {self.ref.name}"
        digest = hashlib.sha256(about.encode(errors="surrogateescape"))
        if self.whole:
            for file, source in sorted(self.loaded.items()):
                digest.update(f"\n{self._place(file)} {len(source.data)}\n".encode() + source.data)
            return digest.hexdigest()
        # The order of those that act, because one may undo what another has done.
        acting = [self._place(file) for file in self.loaded if f"acts {self._place(file)}" in self.facts]
        digest.update("\n".join([*sorted(self.facts), *acting]).encode())
        for file, source in sorted(self.loaded.items()):
            for part in source.parts:
                if part in self.reached:
                    digest.update(f"\n{self._place(file)}\n{part.text}".encode())
        return digest.hexdigest()

    def _place(self, file: Path) -> str:
        place = str(file.relative_to(self.ref.root) if file.is_relative_to(self.ref.root) else file)
        return place.encode(errors="backslashreplace").decode()  # a file name need not be text

    def _load(self, file: Path) -> None:
        """Take down a file and all that it imports, anywhere in it, those first that are run first."""
        if file in self._entered:
            return
        self._entered.add(file)
        for folder in reversed(file.parents):
            if folder.is_relative_to(self.ref.root) and (package := folder / "__init__.py").is_file():
                self._load(package)
        source = _read(file)
        for part in source.parts:
            for item in part.imports:
                for target in self._targets(source, item):
                    self._load(target)
        self.loaded[file] = source

    def _dotted(self, source: _Source, item: _Import) -> str:
        if not item.level:
            return item.dotted
        base = source.file.parents[item.level - 1]
        return ".".join([*base.relative_to(self.ref.root).parts, *filter(None, [item.dotted])])

    def _targets(self, source: _Source, item: _Import) -> list[Path]:
        """The files that an import runs, in the project."""
        dotted = self._dotted(source, item)
        file = self._file(source, dotted)
        part = self._file(source, f"{dotted}.{item.attribute}") if item.attribute not in ("", "*") else None
        if file is None and part is None:
            self.outside.add(dotted)
        return [found for found in (file, part) if found]

    def _file(self, source: _Source, dotted: str) -> Path | None:
        key = source.file.parent, dotted
        if key not in self._files:
            file = file_of_module(dotted, source.file, self.ref.root)
            self._files[key] = None if file and file.is_relative_to(OURS) else file
        return self._files[key]

    def _resolve(self, source: _Source, name: str) -> bool:
        """Enter all that a name may stand for in a module; whether there is anything in the project."""
        if (source.file, name) in self._resolved:
            return True
        self._resolved.add((source.file, name))
        found = False
        for part in source.binding.get(name, []):
            found = True
            if not part.is_import:
                self._enter(source, part)
            for item in part.imports:
                if item.bound == name:
                    self._go(source, item)
        for part in source.parts:
            for item in part.imports:
                if item.bound == "*":
                    found |= self._through_star(source, item, name)
        if not found:
            self._resolved.discard((source.file, name))
        return found

    def _through_star(self, source: _Source, item: _Import, name: str) -> bool:
        dotted = self._dotted(source, item)
        self.facts.add(f"{self._place(source.file)} has all of {dotted}")
        file = self._file(source, dotted)
        if file is None or file == source.file or file in self._starring:
            return False
        target = self.loaded[file]
        if target.exports is not None and name not in target.exports:
            return False
        for part in target.binding.get("__all__", []):
            if target.exports is None:
                self.facts.add(f"{self._place(file)} exports {part.text}")
        self._starring.append(file)
        try:
            return self._resolve(target, name)
        finally:
            self._starring.pop()

    def _go(self, source: _Source, item: _Import) -> None:
        """Follow one imported name."""
        dotted = self._dotted(source, item)
        self.facts.add(f"{self._place(source.file)}: {item.bound} is {dotted} {item.attribute}")
        if dotted.partition(".")[0] in DYNAMIC_MODULES and self._file(source, dotted) is None:
            self.whole = self.whole or f"{self._place(source.file)} uses {dotted}"
        if item.attribute and (file := self._file(source, dotted)):
            self._resolve(self.loaded[file], item.attribute)
        part = self._file(source, f"{dotted}.{item.attribute}" if item.attribute else dotted)
        if part and item.attribute != "*":
            module = self.loaded[part]
            for statement in module.parts:
                self._enter(module, statement)

    def _enter(self, source: _Source, part: _Part) -> None:
        if part not in self.reached:
            self.reached.add(part)
            self._todo.append((source, part))

    def _follow(self, source: _Source, part: _Part) -> None:
        if part.dynamic and "__all__" not in part.binds:
            self.whole = f"{self._place(source.file)} uses {part.dynamic}"
        for name in part.names:
            self._resolve(source, name)
        for item in part.imports:
            if item.bound == "*":
                for target in self._targets(source, item):
                    for statement in self.loaded[target].parts:
                        self._enter(self.loaded[target], statement)
            else:
                self._go(source, item)

    # What acts

    def _acts(self, source: _Source, part: _Part) -> bool:
        return not self._is_quiet(source, part.node)

    def _is_quiet(self, source: _Source, node: ast.stmt) -> bool:
        """Whether running a statement does nothing but bind names."""
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass | ast.Global):
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = [value for value in (*node.args.defaults, *node.args.kw_defaults) if value]
            return self._are_values(source, given) and all(map(_is_quiet_decorator, node.decorator_list))
        if isinstance(node, ast.ClassDef):
            given = [*node.bases, *(word.value for word in node.keywords)]
            return (
                self._are_values(source, given)
                and all(map(_is_quiet_decorator, node.decorator_list))
                and all(self._is_quiet(source, item) for item in node.body)
            )
        if isinstance(node, ast.Expr):
            return isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return all(map(_is_plain, targets)) and (node.value is None or self._are_values(source, [node.value]))
        if isinstance(node, ast.If):
            return self._are_values(source, [node.test]) and all(
                self._is_quiet(source, item) for item in (*node.body, *node.orelse)
            )
        if isinstance(node, ast.Try):
            handled = [item for handler in node.handlers for item in handler.body]
            return all(
                self._is_quiet(source, item) for item in (*node.body, *handled, *node.orelse, *node.finalbody)
            )
        return False

    def _are_values(self, source: _Source, expressions: list[ast.expr]) -> bool:
        """Whether expressions can be evaluated with no effect but their value."""
        todo: list[ast.AST] = list(expressions)
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Lambda):
                continue
            if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
                return False
            if isinstance(node, ast.Call) and not self._is_value(source, node.func):
                return False
            todo += ast.iter_child_nodes(node)
        return True

    def _is_value(self, source: _Source, called: ast.expr) -> bool:
        words = ast.unparse(called).split(".")
        if isinstance(called, ast.Name):
            if called.id in VALUES and called.id not in source.binding:
                return True
            home = self._class(source, called.id)
            return home is not None and _is_record(home)
        if isinstance(called, ast.Attribute):
            if words[0] in LIBRARIES and all(word.isidentifier() for word in words):
                return "random" not in words and not words[-1].startswith(ACTING)
            return called.attr in METHODS
        return False

    def _class(self, source: _Source, name: str, depth: int = 0) -> ast.ClassDef | None:
        """The only class that a name can stand for, where that is plain."""
        parts = source.binding.get(name, [])
        if len(parts) > 1 or depth > 8:
            return None
        if not parts:
            stars = (item for part in source.parts for item in part.imports if item.bound == "*")
            found = list(filter(None, (self._class_from(source, item, name, depth) for item in stars)))
            return found[0] if len(found) == 1 else None
        part = parts[0]
        if isinstance(part.node, ast.ClassDef):
            return part.node
        imported = [item for item in part.imports if part.is_import and item.bound == name and item.attribute]
        return self._class_from(source, imported[0], imported[0].attribute, depth) if imported else None

    def _class_from(self, source: _Source, item: _Import, name: str, depth: int) -> ast.ClassDef | None:
        file = self._file(source, self._dotted(source, item))
        return self._class(self.loaded[file], name, depth + 1) if file else None


def _is_quiet_decorator(node: ast.expr) -> bool:
    called = node.func if isinstance(node, ast.Call) else node
    return ast.unparse(called).rpartition(".")[2] in DECORATORS


def _is_plain(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_is_plain, target.elts))
    return isinstance(target, ast.Name)


def _is_record(node: ast.ClassDef) -> bool:
    """A dataclass or named tuple whose making runs no code of its own."""
    decorators = [ast.unparse(d.func if isinstance(d, ast.Call) else d).rpartition(".")[2] for d in node.decorator_list]
    bases = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
    own = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
    return (
        ((decorators == ["dataclass"] and not bases) or (not decorators and bases == ["NamedTuple"]))
        and not own & {"__init__", "__new__", "__post_init__", "__setattr__"}
        and "default_factory" not in ast.unparse(node)
    )
