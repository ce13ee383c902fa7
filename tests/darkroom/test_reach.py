"""What a scene can reach changes its digest, and nothing else does."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from darkroom.discover import SceneRef
from darkroom.reach import Reach, UnreadableSource, reach
from tests.darkroom.conftest import write

PROJECT = {
    "custom_config.yml": "",
    "manim_imports_ext.py": "from manimlib import *\nfrom helpers import *\n",
    "helpers/__init__.py": """
        from helpers.shapes import disc, ring
        from helpers.words import caption

        __all__ = [name for name, thing in globals().items() if not name.startswith("_")]
        """,
    "helpers/shapes.py": """
        import numpy as np
        from helpers.sizes import SMALL, LARGE

        WEIGHTS = np.array([1, 2])

        def disc(size=SMALL):
            return Circle(radius=size * np.pi)

        def ring():
            return _Ring(LARGE)

        class _Ring(Annulus):
            width = 2
        """,
    "helpers/sizes.py": "SMALL = 1\nLARGE = 2\n",
    "helpers/words.py": "def caption(text):\n    return Text(text)\n",
    "base.py": "class Base(InteractiveScene):\n    tempo = 1\n",
    "scenes.py": """
        from manim_imports_ext import *
        from base import Base

        class Discs(Base):
            # Show one
            def construct(self):
                self.add(disc())
                self.wait()

        class Captions(Base):
            def construct(self):
                self.add(caption("yes"))
                self.wait()

        FACTOR = 3
        """,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in PROJECT.items():
        write(tmp_path / name, textwrap.dedent(text))
    return tmp_path


def look(project: Path, scene: str = "Discs") -> Reach:
    return reach(SceneRef(scene, project / "scenes.py", project))


def edit(project: Path, name: str, old: str, new: str) -> None:
    file = project / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("scenes.py", "disc()", "disc(3)"),
        ("base.py", "tempo = 1", "tempo = 2"),
        ("helpers/shapes.py", "radius=size", "radius=1 + size"),
        ("helpers/sizes.py", "SMALL = 1", "SMALL = 3"),
        ("helpers/sizes.py", "SMALL = 1", "SMALL = 1\nif LARGE:\n    SMALL = 2\n"),
        # The same name from somewhere else
        ("helpers/__init__.py", "from helpers.shapes import disc, ring", "from helpers.shapes import ring as disc"),
        ("helpers/shapes.py", "from helpers.sizes import SMALL", "from elsewhere import SMALL"),
        ("helpers/shapes.py", "import numpy as np", "import torch as np"),
        ("manim_imports_ext.py", "from manimlib import *", "from manimlib import *\nfrom others import *"),
        ("scenes.py", "FACTOR = 3", "def disc(): ..."),
        # Statements that act when they are imported, wherever they stand
        ("helpers/words.py", "def caption", "Text.default_font = 'Mono'\n\ndef caption"),
        ("helpers/words.py", "def caption", "register(1)\n\ndef caption"),
        ("helpers/words.py", "def caption", "@registered\ndef caption"),
        ("helpers/words.py", "def caption", "@registered\nclass Plugin: ...\n\ndef caption"),
        ("scenes.py", "FACTOR = 3", "Discs.tempo = 5"),
        ("scenes.py", "FACTOR = 3", "FACTOR = setup()"),
        ("scenes.py", "FACTOR = 3", "LIST += [1]"),
        ("scenes.py", "class Captions(Base):", "class Captions(Base):\n    style = install()"),
        # ... whatever it is called
        ("scenes.py", "FACTOR = 3", "FACTOR = np.add(WEIGHTS, 1, out=WEIGHTS)"),
        ("scenes.py", "FACTOR = 3", "FACTOR = list(map(register, WEIGHTS))"),
        ("scenes.py", "FACTOR = 3", "FACTOR = STATE.get('key')"),
        ("scenes.py", "FACTOR = 3", "FACTOR = STATE.key"),
        ("scenes.py", "FACTOR = 3", "FACTOR = STATE['key']"),
        ("scenes.py", "FACTOR = 3", "FACTOR = STATE + OTHER"),
        ("scenes.py", "FACTOR = 3", "FACTOR = {STATE: 1}"),
        ("scenes.py", "FACTOR = 3", "FACTOR = f'{STATE}'"),
        ("scenes.py", "FACTOR = 3", "FACTOR, OTHER = STATE"),
        ("scenes.py", "FACTOR = 3", "def install(size=np.clip(STATE, 0, 1, out=STATE)): ..."),
        ("scenes.py", "FACTOR = 3", "def install(size: STATE.pop()): ..."),
        ("scenes.py", "FACTOR = 3", "STATE = [1]\n\ndef install(size: STATE[0]): ..."),
        ("scenes.py", "FACTOR = 3", "@property\ndef install(): ..."),
        ("scenes.py", "FACTOR = 3", "class Plugin(make_base()): ..."),
        ("scenes.py", "FACTOR = 3", "class Plugin(Base, metaclass=Registry): ..."),
        ("scenes.py", "FACTOR = 3", "from enum import Enum\n\nclass Plugin(Enum): ..."),
        ("scenes.py", "FACTOR = 3", "if FACTOR > 3:\n    pass"),
        ("scenes.py", "FACTOR = 3", "for x in STATE:\n    pass"),
        ("scenes.py", "FACTOR = 3", "try:\n    FACTOR = STATE()\nexcept OSError:\n    pass"),
        ("scenes.py", "FACTOR = 3", "import plugin"),
    ],
)
def test_what_is_reached_counts(project: Path, file: str, old: str, new: str) -> None:
    before = look(project)
    edit(project, file, old, new)
    assert look(project).digest != before.digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("scenes.py", "# Show one", "# Show a single one"),
        ("scenes.py", 'caption("yes")', 'caption("no")'),
        ("scenes.py", "FACTOR = 3", "FACTOR = 4"),
        ("scenes.py", "FACTOR = 3", "class Third(Base):\n    numbers = [1, -2.5, {'a': (TEAL, None)}]\n"),
        ("scenes.py", "FACTOR = 3", "SCENES_IN_ORDER = [Captions, Discs]"),
        ("scenes.py", "FACTOR = 3", "def other(size: float = 2 * 3, *parts: Base | list[Base]) -> np.ndarray: ..."),
        ("helpers/words.py", "Text(text)", "Text(text, font_size=20)"),
        ("helpers/words.py", "def caption", "import itertools\n\ndef caption"),
        ("helpers/sizes.py", "LARGE = 2", "LARGE = 3"),
        ("helpers/shapes.py", "width = 2", "width = 3"),
        ("helpers/__init__.py", "from helpers.words import caption", "from helpers.words import caption, other"),
    ],
)
def test_what_is_not_reached_does_not(project: Path, file: str, old: str, new: str) -> None:
    before = look(project)
    edit(project, file, old, new)
    after = look(project)
    assert (after.digest, after.whole) == (before.digest, "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from helpers.words import *\nW[0] = 1", "W[0] = 1\nfrom helpers.words import *"),
        (
            "from helpers.sizes import *\nfrom helpers.shapes import *",
            "from helpers.shapes import *\nfrom helpers.sizes import *",
        ),
        ("def disc(): ...\nfrom helpers.shapes import *", "from helpers.shapes import *\ndef disc(): ..."),
        ("def disc(): ...\nfrom manimlib import *", "from manimlib import *\ndef disc(): ..."),
        ("import plugin\nW[0] = 1", "W[0] = 1\nimport plugin"),
    ],
)
def test_the_order_of_imports_counts_where_it_matters(project: Path, before: str, after: str) -> None:
    write(project / "helpers/words.py", "register(1)\n")
    edit(project, "scenes.py", "FACTOR = 3", before)
    first = look(project)
    edit(project, "scenes.py", before, after)
    assert look(project).digest != first.digest


def test_a_class_attribute_that_is_computed_does_not_bring_in_the_methods_of_its_class(project: Path) -> None:
    attributes = "class Captions(Base):\n    size = 2\n    area = compute(size)\n"
    edit(project, "scenes.py", "class Captions(Base):", attributes)
    before = look(project)
    edit(project, "scenes.py", 'caption("yes")', 'caption("no")')
    assert look(project).digest == before.digest
    edit(project, "scenes.py", "    size = 2", "    size = 3")
    assert look(project).digest != before.digest


def test_a_package_has_its_modules_as_attributes(project: Path) -> None:
    write(project / "helpers/__init__.py", "from helpers.shapes import disc, ring\nfrom helpers.words import caption\n")
    edit(project, "scenes.py", "disc()", "words.caption('x')")
    before = look(project)
    edit(project, "helpers/words.py", "Text(text)", "Tex(text)")
    assert look(project).digest != before.digest


@pytest.mark.parametrize("how", ["from sys import modules", "import sys as s\nmodules = s.modules"])
def test_another_name_for_all_modules(project: Path, how: str) -> None:
    edit(project, "scenes.py", "FACTOR = 3", how)
    edit(project, "scenes.py", "disc()", "modules[__name__]")
    assert look(project).whole


def test_a_library_whose_reading_cannot_be_seen_is_named_where_it_is_used(project: Path) -> None:
    edit(project, "scenes.py", "FACTOR = 3", "import h5py")
    assert not look(project).unrepeatable
    edit(project, "scenes.py", "disc()", "h5py.File('data.h5')")
    assert look(project).unrepeatable == "it uses h5py, which reads files unseen"


def test_a_clock_that_cannot_be_watched_is_named(project: Path) -> None:
    assert not look(project).unrepeatable
    edit(project, "scenes.py", "disc()", "Text(str(datetime.now()))")
    edit(project, "scenes.py", "FACTOR = 3", "from datetime import datetime")
    assert "what time it is (now)" in look(project).unrepeatable
    assert not look(project, "Captions").unrepeatable


@pytest.mark.slow
def test_manimgl_makes_its_classes_in_the_plain_way() -> None:
    """`reach` takes it that nothing of the project's runs when a class of ManimGL's gets a subclass."""
    code = """
        import abc, enum
        from darkroom import engine
        from darkroom.reach import HOOKS
        engine.load(["-w"])
        import manimlib
        classes = {thing for thing in vars(manimlib).values() if isinstance(thing, type)}
        own = {c for c in classes if c.__module__.startswith("manimlib")}
        assert len(own) > 200
        assert {type(c) for c in own} <= {type, abc.ABCMeta, enum.EnumMeta}
        assert not [c for c in own for base in c.__mro__[:-1] for hook in HOOKS if hook in vars(base) if base in own]
        """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)


def test_an_effect_reaches_on(project: Path) -> None:
    write(project / "helpers/words.py", "from helpers.sizes import LARGE\nText.size = LARGE\ndef caption(t): ...\n")
    before = look(project)
    edit(project, "helpers/sizes.py", "LARGE = 2", "LARGE = 3")
    assert look(project).digest != before.digest


def test_a_module_as_a_name_is_all_of_it(project: Path) -> None:
    edit(project, "scenes.py", "from base import Base", "from base import Base\nfrom helpers import words as w")
    edit(project, "scenes.py", "disc()", "getattr(w, 'cap' + 'tion')('x')")
    before = look(project)
    edit(project, "helpers/words.py", "Text(text)", "Tex(text)")
    assert look(project).digest != before.digest


def test_an_import_inside_a_function_counts(project: Path) -> None:
    edit(project, "helpers/shapes.py", "return Circle", "from helpers.words import caption as c; return Circle")
    before = look(project)
    edit(project, "helpers/words.py", "Text(text)", "Tex(text)")
    assert look(project).digest != before.digest


def test_a_plain_all_hides_names(project: Path) -> None:
    write(project / "helpers/__init__.py", "from helpers.shapes import disc, ring\n__all__ = ['disc']\n")
    before = look(project)
    edit(project, "helpers/__init__.py", "['disc']", "['disc', 'ring']")
    assert look(project).digest == before.digest
    edit(project, "helpers/__init__.py", "['disc', 'ring']", "['ring']")
    assert look(project).digest != before.digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("scenes.py", "self.add(disc())", "exec('self.add(disc())')"),
        ("helpers/shapes.py", "return Circle", "return importlib.import_module('x') or Circle"),
        ("helpers/shapes.py", "return Circle", "from inspect import getsource; return Circle"),
        ("base.py", "tempo = 1", "tempo = globals()"),
        ("helpers/words.py", "def caption", "class Plugin:\n    def __init_subclass__(cls): ...\n\ndef caption"),
        ("helpers/words.py", "def caption", "def __getattr__(name): ...\n\ndef caption"),
    ],
)
def test_where_names_do_not_tell_every_byte_counts(project: Path, file: str, old: str, new: str) -> None:
    edit(project, file, old, new)
    before = look(project)
    assert before.whole
    edit(project, "helpers/sizes.py", "LARGE = 2", "LARGE = 2  # a remark")
    assert look(project).digest != before.digest


def test_a_file_that_does_not_parse_is_no_basis(project: Path) -> None:
    write(project / "helpers/words.py", "def caption(")
    with pytest.raises(UnreadableSource, match="cannot be read"):
        reach(SceneRef("Discs", project / "scenes.py", project))


def test_a_file_that_takes_the_place_of_a_package(project: Path) -> None:
    edit(project, "helpers/shapes.py", "return Circle", "import scipy\n    return scipy.x or Circle")
    before = look(project)
    assert "scipy" in before.outside
    write(project / "scipy.py", "x = 1\n")
    assert look(project).digest != before.digest
