"""Random projects, random edits: whenever what a scene shows differs, its digest must differ.

`python -m tests.darkroom.test_reach_at_random COUNT [FIRST_SEED]` tries as many as you like.
"""

import importlib
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from darkroom import reach as reading
from darkroom.discover import SceneRef
from darkroom.errors import DarkroomError

FILES = ("first.py", "second.py", "parts/__init__.py", "parts/third.py", "scenes.py")
EDITS = 6  # of each project
NUMBERS, LISTS, TABLES = ("N0", "N1", "N2"), ("L0", "L1"), ("T0",)
FUNCTIONS, CLASSES = ("f0", "f1", "f2"), ("C0", "C1", "C2")
NAMES = (*NUMBERS, *LISTS, *TABLES, *FUNCTIONS, *CLASSES)
MODULES = ("first", "second", "parts", "parts.third")
# So that most of what is made runs at all.
OPENING = """\
N0, N1, N2 = 1, 2, 3
L0 = [1]
L1 = [2, 3]
T0 = {"k": 1}
def f0(x=1): return x
def f1(x=N1): return x + 1
def f2(x=2): return f1(x)
class C0:
    size = 1
    def get(self): return self.size
class C1(C0):
    def get(self): return self.size + f0()
class C2: size = 4
def keep(thing): L0.append(len(L0)); return thing
def swap(function): return lambda *x: 17
"""

Statements = list[str]
Project = dict[str, Statements]


class Maker:
    """Makes statements at random."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def one(self, *choices: str) -> str:
        return self.chance.choice(choices)

    def digit(self) -> str:
        return str(self.chance.randrange(9))

    def value(self) -> str:
        """An expression for a number."""
        n, f, c, m = self.one(*NUMBERS), self.one(*FUNCTIONS), self.one(*CLASSES), self.one("first", "second", "parts")
        return self.one(
            *[self.digit(), n, f"{n} + {self.digit()}", f"{f}()", f"{f}({self.digit()})", f"len({self.one(*LISTS)})"],
            *[f"{self.one(*LISTS)}[0]", f"{c}.size", f"{c}().size", 'T0["k"]', f"{m}.{n}", f"getattr({m}, '{n}')"],
            *[f"sum({self.one(*LISTS)})", f"(lambda: {n})()", f"[{f}(i) for i in (1, 2)][-1]", f"{m}.{f}()"],
        )

    def acting(self) -> str:
        """A statement that may change what another has made."""
        n, f, c = self.one(*NUMBERS), self.one(*FUNCTIONS), self.one(*CLASSES)
        a, m, v = self.one(*LISTS), self.one("first", "second", "parts"), self.value()
        return self.one(
            *[
                f"{a}.append({v})",
                f"{n} = {a}.pop() if {a} else 0",
                f"{a}[:] = [{v}]",
                f"{a} += [{v}]",
                f"{c}.size = {v}",
            ],
            *[f'T0["k"] = {v}', f"T0.update(k={v})", f'{n} = T0.setdefault("q", {v})', f"setattr({c}, 'size', {v})"],
            *[f"{f} = swap({f})", f"{m}.{n} = {v}", f"setattr({m}, '{n}', {v})", f"{m}.{f} = lambda *x: {v}"],
            *[f"for i in range(2): {a}.append(i + {v})", f"{n} = list(map({a}.append, [{v}]))"],
            *[f"if {v} > 2: {n} = {v}\nelse: {a}.append({v})", f"try: {a}.remove({v})\nexcept ValueError: {n} = {v}"],
            *[
                f"@keep\ndef {f}(x=1): return {v}",
                f"def {f}(x={a}.append({v})): return {v}",
                f"{n} = ({a}.append({v}), {v})[1]",
            ],
            *[f"def {f}(x: {a}.append({v}) = 1): return {v}", f"@keep\nclass {c}({self.one(*CLASSES)}): size = {v}"],
            *[
                f"class {c}:\n    size = {a}.append({v}) or {v}\n    def get(self): return {v}",
                f"assert {a}.append({v}) is None",
            ],
            *[f"class {c}(C0, metaclass=type('M', (type,), {{'__init__': lambda *x: {a}.append({v})}})): size = {v}"],
            *[f"while len({a}) < 3: {a}.append({v})"],
            *[f"def {f}(*x):\n    global {n}\n    {n} = {v}\n    return {v}\n{f}()", f"del {n}\n{n} = {v}"],
            *[f"match {v}:\n    case {n}: {a}.append({v})", f"{n}: {a}.append({v}) = {v}"],
            *[f"print(end='' if {a}.append({v}) else '')", f"__all__ = ['{n}', '{f}', '{c}', 'keep', 'swap']"],
        )

    def dynamic(self) -> str:
        """A statement where names do not tell."""
        n, c, a, v = self.one(*NUMBERS), self.one(*CLASSES), self.one(*LISTS), self.value()
        return self.one(
            *[
                f"globals()['{n}'] = {v}",
                f"exec('{n} = {v}')",
                f"def __getattr__(name): return {v}",
                f"__getattr__ = lambda n: {v}",
            ],
            *[
                f"C0.__init_subclass__ = classmethod(lambda c: {a}.append({v}))",
                f"{n} = len(dir())",
                "from sys import modules",
            ],
            *[
                f"class {c}:\n    def __init_subclass__(cls): {a}.append({v})\n    size = {v}",
                f"{n} = len(C0.__subclasses__())",
            ],
            *["import sys as s", f"s.modules['first'].{n} = {v}", f"import sys\nsys.modules[__name__].{n} = {v}"],
        )

    def plain(self) -> str:
        """A statement that binds a name."""
        n, f, c, v = self.one(*NUMBERS), self.one(*FUNCTIONS), self.one(*CLASSES), self.value()
        return self.one(
            *[
                f"{n} = {self.digit()}",
                f"{n} = {self.one(*NUMBERS)}",
                f"{n} = {v}",
                f"{self.one(*LISTS)} = [{self.digit()}, 1]",
            ],
            *[f"{self.one(*LISTS)} = {self.one(*LISTS)}", f"def {f}(x={self.one(n, self.digit())}): return {v}"],
            *[f"def {f}(*x):\n    {self.one(*LISTS)}.append({v})\n    return {v}", f"{f} = {self.one(*FUNCTIONS)}"],
            *[
                f"class {c}:\n    size = {self.one(n, self.digit())}\n    def get(self): return {v}",
                f"T0 = {{'k': {v}}}",
            ],
            *[f"class {c}({self.one(*CLASSES)}): size = {self.digit()}", f"class {c}({self.one(*CLASSES)}): pass"],
            *[f"{f} = lambda *x: {v}", f"'{self.digit()}'", f"def {f}(*x): return len(__doc__ or '') + {v}"],
            *[f"def {f}(*x):\n    from {self.one(*MODULES)} import {n}\n    return {n}", f"N0, N1 = {v}, {v}"],
            *[f"def {f}(*x): return {c}().get()", f"class {c}(C0):\n    def get(self): return super().get() + {v}"],
        )

    def importing(self) -> str:
        n, m = self.one(*NAMES), self.one(*MODULES)
        return self.one(
            *[
                f"from {m} import *",
                f"from {m} import {n}",
                f"from {m} import {n} as {self.one(*NUMBERS)}",
                f"import {m}",
            ],
            *["import first, second, parts", f"try: from {m} import {n}\nexcept ImportError: {n} = {self.digit()}"],
            *[f"from {m} import {n}, {self.one(*NAMES)}", "from parts import third", "import parts.third as third"],
        )

    def statement(self) -> str:
        kind = self.chance.choices((self.acting, self.plain, self.importing, self.dynamic), (30, 40, 10, 2))[0]
        return kind()

    def project(self) -> Project:
        made: Project = {}
        for number, name in enumerate(FILES):
            # Those further up are imported by those further down, seldom the other way.
            opening = [f"import {module}" for module in ("first", "second", "parts")]
            stars = [f"from {module} import *" for module in MODULES[: min(number, 4)] if self.chance.random() < 0.8]
            body = [self.statement() for _ in range(self.chance.randrange(1, 6))]
            made[name] = [*(opening if number > 2 or self.chance.random() < 0.7 else []), *stars, *body]
            if number == 0 or (number < 4 and self.chance.random() < 0.3):
                made[name][0:0] = OPENING_STATEMENTS
            elif "from first import *" not in made[name]:
                made[name].insert(0, "from first import *")
        if self.chance.random() < 0.4:
            shown = "[look(lambda: x() if callable(x) else x) for x in [" + ", ".join(NAMES) + "]]"
        else:
            shown = ", ".join(f"look(lambda: {self.value()})" for _ in range(self.chance.randrange(2, 8)))
        made["scenes.py"] += [
            f"class S({self.one('object', 'C0', 'C1')}):\n    def construct(self): return {shown},",
            f"class Other({self.one('object', 'C0', 'S')}):\n    def construct(self): return {self.value()},",
        ]
        made["scenes.py"] += [LOOK, *[self.statement()] * self.chance.randrange(2)]
        return made

    def edited(self, project: Project) -> Project:
        after = {name: list(statements) for name, statements in project.items()}
        name = self.one(*FILES)
        statements = after[name]
        at = self.chance.randrange(len(statements))
        how = self.chance.randrange(5)
        if how == 0:
            statements.insert(at, self.statement())
        elif how == 1:
            del statements[at]
        elif how == 2:
            other = self.chance.randrange(len(statements))
            statements[at], statements[other] = statements[other], statements[at]
        elif how == 3:
            statements[at] = self.statement()
        else:
            digits = [
                i for i, letter in enumerate(statements[at]) if letter.isdigit() and not statements[at][i - 1].isalpha()
            ]
            if digits:
                i = self.chance.choice(digits)
                statements[at] = statements[at][:i] + self.digit() + statements[at][i + 1 :]
        return after


def _statements(text: str) -> Statements:
    import ast

    return [ast.unparse(node) for node in ast.parse(text).body]


OPENING_STATEMENTS = _statements(OPENING)
LOOK = """\
def look(at):
    try: return repr(at()).partition(" at 0x")[0]
    except Exception as error: return type(error).__name__"""


def write_project(root: Path, project: Project) -> None:
    for name, statements in project.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("\n".join(statements) + "\n")


def shown(root: Path) -> str | None:
    """What the scene shows; None if it fails."""
    for name in list(sys.modules):
        if name.partition(".")[0] in ("first", "second", "parts", "scenes"):
            del sys.modules[name]
    importlib.invalidate_caches()
    sys.path.insert(0, str(root))
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        return repr(importlib.import_module("scenes").S().construct())
    except Exception:
        return None
    finally:
        sys.dont_write_bytecode = kept
        sys.path.remove(str(root))


def digest(root: Path) -> str:
    reading._parsed.cache_clear()  # two writes within the clock's tick look alike
    try:
        found = reading.reach(SceneRef("S", root / "scenes.py", root))
    except DarkroomError:
        return "unreadable"
    return ("whole " if found.whole else "") + found.digest


def attempt(seed: int, root: Path, tell: Callable[[str], None] = print) -> Iterator[str]:
    """Try one project and some edits: what came of each, "stale" being the one thing that must not."""
    maker = Maker(seed)
    before = maker.project()
    write_project(root, before)
    first, first_digest = shown(root), digest(root)
    if first is None:
        yield "did not run"
        return
    for _ in range(EDITS):
        after = maker.edited(before)
        write_project(root, after)
        second, second_digest = shown(root), digest(root)
        same = first_digest == second_digest
        if second is None:
            yield "no longer runs, known" if same else "no longer runs, rendered"
        elif first != second and same:
            tell(f"seed {seed}: {first} became {second}")
            for name in FILES:
                if before[name] != after[name]:
                    tell("\n".join([name, "-- before", *before[name], "-- after", *after[name]]))
            yield "stale"
        else:
            whole = " (every byte counted)" if second_digest.startswith("whole") else ""
            yield ("differs, rendered" if first != second else "same, known" if same else "same, rendered") + whole


def try_many(seeds: range, root: Path) -> Counter[str]:
    return Counter(outcome for seed in seeds for outcome in attempt(seed, root))


def test_the_digest_differs_whenever_what_is_shown_does(tmp_path: Path) -> None:
    outcomes = try_many(range(80), tmp_path)
    assert not outcomes["stale"]
    # and it is no test if nothing runs, or nothing is ever known
    assert outcomes["differs, rendered"] > 20, outcomes
    assert outcomes["same, known"] > 20, outcomes


if __name__ == "__main__":
    count, first_seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as folder:
        print(try_many(range(first_seed, first_seed + count), Path(folder).resolve()))
