"""What of a project's source a scene can reach: found by reading it, so that a change elsewhere is no change.

The unit is the top-level statement of a module: a function, a class, an assignment. A scene reaches its own
class, whatever that mentions by name, whatever these mention, and so on, through imports and star imports.

What runs when a module is imported is reached by every scene that imports the module, with whatever it mentions,
unless it can do nothing but bind names: imports; functions and classes without decorators; literals, names and
lists of them. That goes for parts of statements too: a default argument that is computed, a computed class
attribute. Nothing is harmless because of what it is called. Comments and layout do not count: statements are
compared as Python understands them.

Where names do not tell (`getattr` on a module, `importlib`, `exec`, `inspect`, `__init_subclass__` ...) a scene
reaches every byte of every project file behind it.
"""

import ast
import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from darkroom.discover import SceneRef, file_of_module, shown
from darkroom.errors import DarkroomError

Signature = tuple[int, int, int]

OURS = Path(__file__).parent  # darkroom itself is nobody's project, even where it lives in one: its version counts

# Who uses one of these may reach anything.
DYNAMIC_NAMES = frozenset(
    {"__builtins__", "__import__", "__loader__", "__spec__", "compile", "eval", "exec", "globals", "locals", "vars"}
)
LISTING_NAMES = frozenset({"dir", "globals", "locals", "vars"})  # what a computed `__all__` may use
DYNAMIC_ATTRIBUTES = frozenset(
    {"__code__", "__globals__", "__subclasses__", "_getframe", "currentframe", "f_globals", "f_lineno", "f_locals"}
    | {"import_module", "meta_path", "path_hooks", "settrace", "setprofile", "tb_frame", "tb_lineno"}
)
DYNAMIC_MODULES = frozenset(
    {"builtins", "cloudpickle", "dill", "gc", "importlib", "imp", "inspect", "joblib", "pickle", "pkgutil"}
    | {"pkg_resources", "runpy", "shelve", "traceback"}
)
# By these Python asks code of the project when it makes a class or looks up an attribute: then nothing is plain.
HOOKS = frozenset({"__class_getitem__", "__init_subclass__", "__mro_entries__", "__prepare__"})
MANIMGL = "manimlib"  # its classes are made by `type` and have none of these hooks: a test looks
CLOCK_ATTRIBUTES = frozenset({"now", "today", "utcnow"})  # of datetime's classes, which cannot be watched
CLOCK_MODULES = frozenset({"arrow", "datetime", "pandas", "pendulum"})  # who has these
# They read files with C code of their own, which nobody hears.
UNHEARD_READERS = frozenset(
    {"av", "cffi", "ctypes", "cv2", "h5py", "netCDF4", "osgeo", "pyarrow", "rasterio", "soundfile", "tables"}
)


@dataclass(frozen=True)
class Reach:
    """What was found.

    Attributes:
        digest: changes with all that the scene can reach.
        files: the project files that are imported on the way, as they were when they were read.
        outside: modules they import from elsewhere.
        whole: why every byte of them counts, if so.
        unrepeatable: why a clip must not stand for a later one, where the reason cannot be seen while it runs.
    """

    digest: str
    files: dict[Path, Signature]
    outside: frozenset[str]
    whole: str = ""
    unrepeatable: str = ""


class UnreadableSource(DarkroomError):
    """One of the files behind a scene cannot be read, so nothing can be said about its clip."""


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


@dataclass(frozen=True)
class _Mentions:
    """What some code names, and what makes names untrustworthy in it, if anything."""

    names: frozenset[str]
    used: frozenset[str]  # those of the names that stand for themselves, and not only in `name.attribute`
    attributes: frozenset[str]
    modules_of: frozenset[str]  # names of which it takes the attribute `modules`
    dynamic: str
    listing: str  # what lists the names of a module

    @classmethod
    def of(cls, code: Sequence[ast.AST]) -> "_Mentions":
        names, used, attributes, modules_of = set(), set(), set(), set()
        dynamic = listing = ""
        nodes = [child for piece in code for child in ast.walk(piece)]
        owners = {id(child.value) for child in nodes if isinstance(child, ast.Attribute)}
        given = {id(child.func) for child in nodes if isinstance(child, ast.Call) and child.args}
        for child in nodes:
            if isinstance(child, ast.Name):
                names.add(child.id)
                if id(child) not in owners:
                    used.add(child.id)
                if child.id in LISTING_NAMES and not (child.id in ("dir", "vars") and id(child) in given):
                    listing = child.id
                elif child.id in DYNAMIC_NAMES - LISTING_NAMES:
                    dynamic = dynamic or child.id
            elif isinstance(child, ast.Attribute):
                attributes.add(child.attr)
                if child.attr in DYNAMIC_ATTRIBUTES:
                    dynamic = dynamic or child.attr
                if child.attr == "modules" and isinstance(child.value, ast.Name):
                    modules_of.add(child.value.id)
            elif isinstance(child, ast.Constant) and isinstance(child.value, str) and child.value in DYNAMIC_ATTRIBUTES:
                dynamic = dynamic or child.value
            elif isinstance(child, ast.Global):
                names.update(child.names)
        return cls(frozenset(names), frozenset(used), frozenset(attributes), frozenset(modules_of), dynamic, listing)


class _Code:
    """A piece of source, or some."""

    def __init__(self, nodes: Sequence[ast.AST]) -> None:
        self.nodes = nodes

    @cached_property
    def imports(self) -> list[_Import]:
        return [item for node in self.nodes for item in _imports(node)]

    @cached_property
    def mentions(self) -> _Mentions:
        return _Mentions.of(self.nodes)

    @cached_property
    def text(self) -> str:
        return "\n".join(map(ast.dump, self.nodes))


class _Part(_Code):
    """A top-level statement."""

    def __init__(self, node: ast.stmt) -> None:
        super().__init__([node])
        self.node = node
        self.is_import = isinstance(node, ast.Import | ast.ImportFrom)
        self.binds = set(_bound(node))

    @cached_property
    def bases(self) -> list[ast.expr]:
        """What the classes in it inherit from, those that are made when it is imported."""
        return [base for child in ast.walk(self.node) if isinstance(child, ast.ClassDef) for base in child.bases]

    @cached_property
    def hooks_into_python(self) -> bool:
        """Whether it may have a say in how classes are made, or in what a module has."""
        if "__getattr__" in self.binds:
            return True  # that of a module; a class may have one
        for child in ast.walk(self.node):
            if isinstance(child, ast.FunctionDef) and child.name in HOOKS:
                return True
            if isinstance(child, ast.Attribute) and child.attr in HOOKS:
                return True
            if isinstance(child, ast.Name) and child.id in HOOKS:
                return True
            if isinstance(child, ast.Constant) and isinstance(child.value, str) and child.value in HOOKS:
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
        self.folder = self.file.parent
        for part in self.parts:
            for name in part.binds:
                self.binding.setdefault(name, []).append(part)

    @cached_property
    def running(self) -> "dict[_Part, _Code]":
        """Of each statement, what runs when it is imported and may do more than bind a name; if all bases are plain."""
        found = {part: _running(self, part.node) for part in self.parts}
        return {part: part if pieces == [part.node] else _Code(pieces) for part, pieces in found.items() if pieces}

    @cached_property
    def names_of_sys(self) -> set[str]:
        items = (item for part in self.parts for item in part.imports)
        return {item.bound for item in items if item.dotted == "sys" and not item.attribute}

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
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield "__doc__"
        return
    header: list[ast.AST] = [node]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        header = [*node.decorator_list]
        header += [node.args] if not isinstance(node, ast.ClassDef) else [*node.bases, *node.keywords]
    else:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.withitem | ast.match_case):
                yield from _bound(child)  # type: ignore[arg-type]
    for child in (child for part in header for child in ast.walk(part)):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        elif isinstance(child, ast.MatchAs | ast.MatchStar) and child.name:
            yield child.name
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (item.bound for item in _imports(node))
    if isinstance(node, ast.AnnAssign):
        yield "__annotations__"
    for child in ast.walk(node):
        if isinstance(child, ast.Global):
            yield from child.names


def reach(ref: SceneRef) -> Reach:
    """What a scene can reach.

    Raises:
        UnreadableSource: one of the files behind it cannot be read.
    """
    return _Walk(ref).result()


class _Walk:
    """One scene's way through the source."""

    def __init__(self, ref: SceneRef) -> None:
        self.ref = ref
        self.loaded: dict[Path, _Source] = {}
        self.outside: set[str] = set()
        self.facts: set[str] = set()
        self.reached: set[_Part] = set()  # with all that is in them
        self.running: dict[_Part, _Code] = {}  # those of which something runs when they are imported
        self.followed: dict[_Part, set[str]] = {}  # imports that some name has led through
        self.whole = ""
        self.clock = ""
        self.reader = ""
        self._todo: list[tuple[_Source, _Code, _Part]] = []
        self._resolved: set[tuple[Path, str]] = set()
        self._entered: set[Path] = set()
        self._behind: dict[Path, set[Path]] = {}  # the files that each imports itself
        self._known_behind: dict[tuple[Path, frozenset[Path]], set[Path]] = {}
        self._files: dict[tuple[Path, str], Path | None] = {}
        self._known_targets: dict[tuple[Path, _Import], list[Path]] = {}
        self._modules: dict[Path, dict[str, Path]] = {}  # of each package, by name
        self._plain_bases: dict[tuple[Path, str], bool] = {}
        self._starring: list[Path] = []  # star imports under way

    def result(self) -> Reach:
        self._load(self.ref.file)
        own = self.loaded[self.ref.file]
        if self.ref.name not in own.binding:
            self.whole = f"{self.ref.name} is not defined in {own.file.name} in so many words"
        for source in self.loaded.values():
            for part in source.parts:
                if part.hooks_into_python:
                    self.whole = self.whole or f"{source.file.name} has a say in how Python makes classes"
                if all(self._is_plain_base(source, base) for base in part.bases):
                    code = source.running.get(part)
                else:
                    code = part
                if code:
                    self.running[part] = code
                    self._todo.append((source, code, part))
                    if code is part:
                        self.reached.add(part)
        self._resolve(own, self.ref.name)
        while self._todo and not self.whole:
            self._follow(*self._todo.pop())
        unrepeatable = f"it uses {self.reader}, which reads files unseen" if self.reader else ""
        if self.clock and any(name.partition(".")[0] in CLOCK_MODULES for name in self.outside):
            unrepeatable = f"it asks what time it is ({self.clock})"
        return Reach(
            self._digest(),
            {file: source.signature for file, source in self.loaded.items()},
            frozenset(self.outside),
            self.whole,
            unrepeatable,
        )

    def _digest(self) -> str:
        about = f"{self.ref.root} {self._place(self.ref.file)} {self.ref.name}"
        digest = hashlib.sha256(about.encode(errors="surrogateescape"))
        if self.whole:
            for file, source in sorted(self.loaded.items()):
                digest.update(f"\n{self._place(file)} {len(source.data)}\n".encode() + source.data)
            return digest.hexdigest()
        digest.update("\n".join(sorted({*self.facts, *self._elsewhere()})).encode())
        acting = {file for file, source in self.loaded.items() if any(part in self.running for part in source.parts)}
        for file, source in sorted(self.loaded.items()):
            # In the order in which they stand: one may undo what another has done.
            packages = frozenset(folder / "__init__.py" for folder in file.parents)  # which run before it
            ran = set(packages)
            for part in source.parts:
                lines = []
                if part in self.reached:
                    lines.append(part.text)
                elif part in self.running:
                    lines.append(self.running[part].text)
                lines += sorted(self.followed.get(part, ()))
                for target in (target for item in part.imports for target in self._targets(source, item)):
                    runs = self._all_behind(target, packages)
                    if runs & acting - ran:
                        lines.append(f"runs {self._place(target)}")
                    if part.is_import:
                        ran |= runs
                if part.is_import and (file in acting or ran & acting - packages):
                    lines += sorted(self._elsewhere(source, part))
                if lines:
                    digest.update("\n".join(["", self._place(file), *lines]).encode())
        return digest.hexdigest()

    def _elsewhere(self, source: _Source | None = None, part: _Part | None = None) -> set[str]:
        """What is imported that is neither the project's nor Python's own: by a statement, or by any."""
        parts = [(source, part)] if source and part else [(s, p) for s in self.loaded.values() for p in s.parts]
        items = ((home, item) for home, each in parts for item in each.imports)
        known = {MANIMGL, *sys.stdlib_module_names}
        return {
            f"runs {item.dotted} {item.attribute}"
            for home, item in items
            if not item.level and item.dotted.partition(".")[0] not in known and not self._targets(home, item)
        }

    def _all_behind(self, file: Path, without: frozenset[Path]) -> set[Path]:
        """A file and all that are imported on its behalf, by others than some."""
        if (file, without) in self._known_behind:
            return self._known_behind[file, without]
        found: set[Path] = set()
        todo = [file]
        while todo:
            current = todo.pop()
            if current not in found and current not in without:
                found.add(current)
                todo += self._behind[current]
        self._known_behind[file, without] = found
        return found

    def _place(self, file: Path) -> str:
        place = str(file.relative_to(self.ref.root) if file.is_relative_to(self.ref.root) else file)
        return place.encode(errors="backslashreplace").decode()  # a file name need not be text

    def _load(self, file: Path) -> None:
        """Take down a file and all that it imports, anywhere in it."""
        if file in self._entered:
            return
        self._entered.add(file)
        behind = self._behind.setdefault(file, set())
        for folder in reversed(file.parents):
            if folder.is_relative_to(self.ref.root) and (package := folder / "__init__.py").is_file():
                behind.add(package)
                self._load(package)
        try:
            source = _read(file)
        except (OSError, SyntaxError, ValueError, RecursionError) as error:
            raise UnreadableSource(f"{shown(file)} cannot be read ({error})") from None
        for part in source.parts:
            for item in part.imports:
                for target in self._targets(source, item):
                    behind.add(target)
                    self._load(target)
        self.loaded[file] = source
        name, folder = (
            (file.parent.name, file.parent.parent) if file.name == "__init__.py" else (file.stem, file.parent)
        )
        self._modules.setdefault(folder / "__init__.py", {})[name] = file

    def _dotted(self, source: _Source, item: _Import) -> str:
        if not item.level:
            return item.dotted
        base = source.file.parents[item.level - 1]
        place = base.relative_to(self.ref.root).parts if base.is_relative_to(self.ref.root) else (str(base),)
        return ".".join([*place, *filter(None, [item.dotted])])

    def _targets(self, source: _Source, item: _Import) -> list[Path]:
        """The files that an import runs, in the project."""
        if (known := self._known_targets.get((source.folder, item))) is not None:
            return known
        dotted = self._dotted(source, item)
        file = self._file(source, dotted)
        part = self._file(source, f"{dotted}.{item.attribute}") if item.attribute not in ("", "*") else None
        beside = file and not file.is_relative_to(self.ref.root.joinpath(*dotted.split(".")[:1]))
        if part is None and (file is None or (beside and file.parent != self.ref.root)):
            self.outside.add(dotted)  # an installed one goes first, if there is one
        self._known_targets[source.folder, item] = targets = [found for found in (file, part) if found]
        return targets

    def _file(self, source: _Source, dotted: str) -> Path | None:
        key = source.folder, dotted
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
                    self._go(source, part, item)
        for part in source.parts:
            for item in part.imports:
                if item.bound == "*":
                    found |= self._through_star(source, part, item, name)
        if file := self._modules.get(source.file, {}).get(name):
            found = True  # whoever imports a package's module gives the package this name
            self._enter_all(file)
        if not found:
            self._resolved.discard((source.file, name))
        return found

    def _through_star(self, source: _Source, part: _Part, item: _Import, name: str) -> bool:
        dotted = self._dotted(source, item)
        self.followed.setdefault(part, set()).add(f"all of {dotted}")
        file = self._file(source, dotted)
        if file is None or file == source.file or file in self._starring:
            return False
        target = self.loaded[file]
        if target.exports is not None and name not in target.exports:
            return False
        for naming in target.binding.get("__all__", []):
            if target.exports is None:
                self.facts.add(f"{self._place(file)} exports {naming.text}")
        self._starring.append(file)
        try:
            return self._resolve(target, name)
        finally:
            self._starring.pop()

    def _go(self, source: _Source, part: _Part, item: _Import) -> None:
        """Follow one imported name."""
        dotted = self._dotted(source, item)
        self.followed.setdefault(part, set()).add(f"{item.bound} is {dotted} {item.attribute}")
        if self._file(source, dotted) is None:
            if dotted.partition(".")[0] in DYNAMIC_MODULES:
                self.whole = self.whole or f"{self._place(source.file)} uses {dotted}"
            if dotted.partition(".")[0] in UNHEARD_READERS:
                self.reader = self.reader or dotted
            if dotted == "sys" and item.attribute in {"modules", *DYNAMIC_ATTRIBUTES}:
                self.whole = self.whole or f"{self._place(source.file)} uses sys.{item.attribute}"
        if item.attribute and (file := self._file(source, dotted)):
            self._resolve(self.loaded[file], item.attribute)
        module = self._file(source, f"{dotted}.{item.attribute}" if item.attribute else dotted)
        if module and item.attribute != "*":
            self._enter_all(module)

    def _enter_all(self, file: Path) -> None:
        """Reach all of a module, which has become a name; of a package also its modules, which are its attributes."""
        below = file.parent if file.name == "__init__.py" else None
        for other, module in self.loaded.items():
            if other == file or (below and other.is_relative_to(below)):
                for statement in module.parts:
                    self._enter(module, statement)

    def _enter(self, source: _Source, part: _Part) -> None:
        if part not in self.reached:
            self.reached.add(part)
            self._todo.append((source, part, part))

    def _follow(self, source: _Source, code: _Code, part: _Part) -> None:
        mentions = code.mentions
        dynamic = mentions.dynamic or ("" if "__all__" in part.binds else mentions.listing)
        if source.names_of_sys & (mentions.used | mentions.modules_of):
            dynamic = "sys.modules"
        if dynamic:
            self.whole = self.whole or f"{self._place(source.file)} uses {dynamic}"
        if found := CLOCK_ATTRIBUTES & mentions.attributes:
            self.clock = self.clock or min(found)
        for name in mentions.names:
            self._resolve(source, name)
        for item in code.imports:
            if item.bound == "*":
                for target in self._targets(source, item):
                    self._enter_all(target)
            else:
                self._go(source, part, item)

    def _is_plain_base(self, source: _Source, node: ast.expr) -> bool:
        """Whether making a class of this base runs nothing of the project's, nor tells anybody."""
        if isinstance(node, ast.Name):
            return self._is_plain_class(source, node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            items = [item for part in source.binding.get(node.value.id, []) for item in part.imports]
            return bool(items) and all(item.dotted.partition(".")[0] == MANIMGL for item in items)
        return False

    def _is_plain_class(self, source: _Source, name: str) -> bool:
        key = source.file, name
        if key not in self._plain_bases:
            self._plain_bases[key] = True  # meanwhile: through itself, it is as plain as the rest says
            self._plain_bases[key] = self._has_plain_class(source, name)
        return self._plain_bases[key]

    def _has_plain_class(self, source: _Source, name: str) -> bool:
        """Whether a name can only stand for a class that `type` has made: the project's, ManimGL's, a built-in."""
        for part in source.binding.get(name, []):
            node = part.node
            if part.is_import:
                if not all(self._imports_plain_class(source, item) for item in part.imports if item.bound == name):
                    return False
                continue
            if not isinstance(node, ast.ClassDef) or node.decorator_list or node.keywords:
                return False
            if not all(self._is_plain_base(source, base) for base in node.bases):
                return False
        stars = [item for part in source.parts for item in part.imports if item.bound == "*"]
        return all(self._imports_plain_class(source, item, name) for item in stars)

    def _imports_plain_class(self, source: _Source, item: _Import, name: str = "") -> bool:
        file = self._file(source, self._dotted(source, item))
        if file is None:
            return not item.level and item.dotted.partition(".")[0] == MANIMGL
        return bool(name or item.attribute) and self._is_plain_class(self.loaded[file], name or item.attribute)


TYPE_ALIAS: type[ast.AST] = getattr(ast, "TypeAlias", ast.Pass)  # since Python 3.12; evaluated when asked for


def _is_plain_binding(target: ast.expr, value: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return (
            isinstance(value, ast.Tuple | ast.List)
            and len(target.elts) == len(value.elts)
            and all(_is_plain_binding(*pair) for pair in zip(target.elts, value.elts, strict=True))
        )
    return isinstance(target, ast.Name) and _is_plain(value)


def _is_plain(node: ast.expr) -> bool:
    """Whether an expression is a literal, a name or a function, or made of these in a way that runs nothing."""
    if isinstance(node, ast.Constant | ast.Name):
        return True
    if isinstance(node, ast.Tuple | ast.List):
        return all(map(_is_plain, node.elts))
    if isinstance(node, ast.Dict):
        return all(isinstance(key, ast.Constant) for key in node.keys) and all(map(_is_plain, node.values))
    if isinstance(node, ast.Set):
        return all(isinstance(item, ast.Constant) for item in node.elts)
    if isinstance(node, ast.UnaryOp):
        return _is_number(node)
    if isinstance(node, ast.BinOp):
        return _is_number(node)
    if isinstance(node, ast.Lambda):
        return all(_is_plain(value) for value in (*node.args.defaults, *node.args.kw_defaults) if value)
    return False


def _is_number(node: ast.expr) -> bool:
    """Whether it is one, or sums and products of some, which cannot fail."""
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub | ast.UAdd) and _is_number(node.operand)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Div):
            return _is_number(node.left) and isinstance(node.right, ast.Constant) and bool(node.right.value)
        return isinstance(node.op, ast.Add | ast.Sub | ast.Mult) and _is_number(node.left) and _is_number(node.right)
    return isinstance(node, ast.Constant) and type(node.value) in (int, float, complex)


def _running(source: _Source, node: ast.stmt) -> list[ast.AST]:
    """The parts of a statement that run when it is imported and may do more than bind a name.

    The bases of classes are not looked at.
    """
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass | ast.Global | TYPE_ALIAS):
        return []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [node] if node.decorator_list else _running_in_header(source, node.args, node.returns)
    if isinstance(node, ast.ClassDef):
        if node.decorator_list or node.keywords:
            return [node]
        return _running_in_body(source, node.body)
    if isinstance(node, ast.Expr):
        return [] if isinstance(node.value, ast.Constant) else [node]
    if isinstance(node, ast.Assign):
        return [] if all(_is_plain_binding(target, node.value) for target in node.targets) else [node]
    if isinstance(node, ast.AnnAssign):
        quiet = isinstance(node.target, ast.Name) and (node.value is None or _is_plain(node.value))
        return [] if quiet and _is_plain_annotation(source, node.annotation) else [node]
    blocks: list[list[ast.stmt]] = []
    if isinstance(node, ast.If) and _is_plain(node.test):
        blocks = [node.body, node.orelse]
    elif isinstance(node, ast.Try) and all(h.type is None or _is_plain(h.type) for h in node.handlers):
        blocks = [node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody]
    quiet = bool(blocks) and not any(_running(source, item) for block in blocks for item in block)
    return [] if quiet else [node]


def _running_in_header(source: _Source, arguments: ast.arguments, returns: ast.expr | None) -> list[ast.AST]:
    defaults = [value for value in (*arguments.defaults, *arguments.kw_defaults) if value]
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    annotations = [each.annotation for each in given if each and each.annotation] + ([returns] if returns else [])
    return [
        *(value for value in defaults if not _is_plain(value)),
        *(value for value in annotations if not _is_plain_annotation(source, value)),
    ]


def _running_in_body(source: _Source, body: Sequence[ast.stmt]) -> list[ast.AST]:
    """Of a class body: what runs in it, and what of it this mentions."""
    pieces = {id(piece): piece for item in body for piece in _running(source, item)}
    if not pieces:
        return []
    chosen: set[int] = set()
    names: set[str] = set()
    while True:
        names |= _Mentions.of(list(pieces.values())).names
        more = [item for item in body if id(item) not in chosen and names & set(_bound(item))]
        if not more:
            break
        for item in more:
            chosen.add(id(item))
            pieces[id(item)] = item
    order = {id(child): at for at, child in enumerate(child for item in body for child in ast.walk(item))}
    return sorted(pieces.values(), key=lambda piece: order[id(piece)])


def _is_plain_annotation(source: _Source, node: ast.expr) -> bool:
    """Whether it only names types: `np.ndarray`, `list[Style] | None`. What it takes apart is no value of ours."""
    if isinstance(node, ast.Constant | ast.Name):
        return True
    if isinstance(node, ast.Tuple | ast.List):
        return all(_is_plain_annotation(source, item) for item in node.elts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _is_plain_annotation(source, node.left) and _is_plain_annotation(source, node.right)
    if isinstance(node, ast.Subscript) and not _is_plain_annotation(source, node.slice):
        return False
    if isinstance(node, ast.Attribute | ast.Subscript):
        if not isinstance(node.value, ast.Name):
            return _is_plain_annotation(source, node.value)
        kinds = (ast.ClassDef, ast.Import, ast.ImportFrom)
        return all(isinstance(part.node, kinds) for part in source.binding.get(node.value.id, []))
    return False
