"""Formulas that LaTeX cannot make: what is missing, where to get it, and which template works without it."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Any

from darkroom.engine.repairs.registry import repair

# Debian's packages for what ManimGL's own templates load; tlmgr's are mostly named like the file.
_DEBIAN_OF_PROGRAM = {"latex": "texlive-latex-base", "xelatex": "texlive-xetex", "dvisvgm": "dvisvgm"}
_DEBIAN_OF_FILE = {
    "texlive-latex-base": (
        "amsmath amssymb avant babel bm chancery fontenc graphicx helvet inputenc newcent palatino pifont textcomp"
    ),
    "texlive-latex-recommended": "fontspec mathrsfs microtype ragged2e setspace xcolor",
    "texlive-latex-extra": "calligra cancel mathastext relsize standalone txgreeks",
    "texlive-fonts-recommended": "pxfonts txfonts wasysym",
    "texlive-fonts-extra": (
        "antpolt aurical baskervald bbm comfortaa droidsans droidserif dsfont electrum epigrafica fourier frcursive "
        "libertine libgreek libris romande venturis vollkorn"
    ),
    "texlive-science": "physics siunitx",
    "texlive-lang-chinese": "ctex xeCJK",
    "preview-latex-style": "preview",
    "lmodern": "lmodern",
    "tipa": "tipa",
}
_COMPILERS = ("latex", "xelatex")  # those that ManimGL can use
_TRIALS = 3  # templates that are tried, of those whose files are all here


@repair("manimlib.utils.tex_file_writing")
def latex_failures(tex_file_writing: Any) -> None:
    """A dvisvgm that fails leaves an empty picture in the cache, for good: after it is mended, every formula
    still fails ("Must specify either a file_name or svg_string"). A program or a LaTeX package that is not
    installed ends in a stack trace or in TeX's own words, which name one of those that are missing. Here nothing
    empty is cached or believed, and the error names all that is missing, what to install, and a template that
    works without it. An exception from inside ManimGL's function keeps its result out of the cache, so we look
    over the shoulder of the programs it runs.
    """
    stock = tex_file_writing.full_tex_to_svg
    latex_error = tex_file_writing.LatexError

    class NotInstalled(latex_error):  # type: ignore[misc, valid-type]
        """`program` is missing."""

        def __init__(self, program: str) -> None:
            super().__init__(f"{program} is not installed, or not on the PATH.")
            self.program = program

    class Watched:
        """`subprocess`, as that module sees it."""

        @staticmethod
        def run(command: list[Any], **options: Any) -> Any:
            program = command[0]
            try:
                process = subprocess.run(command, **options)
            except FileNotFoundError:
                raise NotInstalled(program) from None
            if program == "dvisvgm" and (process.returncode or not process.stdout.strip()):
                said = process.stderr.decode(errors="replace").strip()
                raise latex_error(f"dvisvgm made no picture of this formula. {said}")
            return process

    tex_file_writing.subprocess = Watched

    @wraps(stock)
    def full_tex_to_svg(full_tex: str, *args: Any, **kwargs: Any) -> str:
        try:
            svg = stock(full_tex, *args, **kwargs)
            if not svg:
                from manimlib.utils import cache

                cache._cache.delete(cache.hash_string(f"{stock.__name__}{(full_tex, *args)}{kwargs}"))
                svg = stock(full_tex, *args, **kwargs)
        except latex_error as error:
            named = re.search(r"File [`']([^']+)' not found", str(error))
            if named is None and not isinstance(error, NotInstalled):
                raise
            programs = [error.program] if isinstance(error, NotInstalled) else []
            files = list(dict.fromkeys([*([named[1]] if named else []), *missing(loaded_by(full_tex))]))
            reason = str(error) if programs else f"LaTeX has no {_listed(files)}."
            fixes = [*_installing(programs, files), *_another_template(tex_file_writing, stock, full_tex)]
            explained = latex_error("\n".join([reason, *(f"  {fix}" for fix in fixes)]))
            explained.reason, explained.fixes = reason, fixes
            raise explained from None
        return str(svg)

    tex_file_writing.full_tex_to_svg = full_tex_to_svg


def loaded_by(tex: str) -> list[str]:
    """The files that a LaTeX source loads by name, such as `amsmath.sty`."""
    source = re.sub(r"(?<!\\)%.*", "", tex)
    found = re.findall(r"\\(documentclass|usepackage|RequirePackage)\s*(?:\[[^\]]*\])?\s*\{([^}]*)\}", source)
    return list(
        dict.fromkeys(
            name.strip() + (".cls" if command == "documentclass" else ".sty")
            for command, names in found
            for name in names.split(",")
            if name.strip()
        )
    )


def missing(files: Sequence[str]) -> list[str]:
    """Those that this machine's LaTeX does not have; all of them, where there is no LaTeX."""
    if not files:
        return []
    try:
        found = subprocess.run(["kpsewhich", *files], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        return list(files)
    present = {Path(line).name for line in found.stdout.splitlines()}
    return [file for file in files if file not in present]


def _installing(programs: Sequence[str], files: Sequence[str]) -> Iterator[str]:
    """What to type to have them."""
    known = {file: package for package, names in _DEBIAN_OF_FILE.items() for file in names.split()}
    packages = [_DEBIAN_OF_PROGRAM.get(program, "texlive-latex-base") for program in programs]
    packages += [known[Path(file).stem] for file in files if Path(file).stem in known]
    if packages:
        yield f"Debian, Ubuntu:  apt-get install {' '.join(dict.fromkeys(packages))}"
    for file in files:
        if Path(file).stem not in known:
            yield f"Debian, Ubuntu:  apt-file search /{file}     (which package has it)"
    if programs:
        yield "macOS:           brew install --cask basictex"
    if files:
        stems = " ".join(Path(file).stem for file in files)
        yield f"elsewhere:       tlmgr install {stems}     (or: tlmgr search --global --file /{files[0]})"


def _another_template(tex_file_writing: Any, stock: Any, full_tex: str) -> Iterator[str]:
    """A template that works here, best with this very formula, in a line to type; nothing if there is none."""
    used, _, rest = full_tex.partition("\\begin{document}")
    formula = rest.rpartition("\\end{document}")[0].strip()
    templates = _templates_with_all_files(tex_file_writing)
    if any(preamble.strip() and preamble.strip() in used for _, preamble in templates.values()):
        return  # the template is not to blame, but what this formula adds to it

    for content, but in ((formula, ""), ("$x$", ", though not for this formula")):
        for name, (compiler, preamble) in islice(templates.items(), _TRIALS):
            try:
                works = stock(tex_file_writing.get_full_tex(content, preamble), compiler, "")
            except tex_file_writing.LatexError:
                continue
            if works:
                yield f"Works here:      the template {name!r}{but}:  tex: {{template: {name}}}  in custom_config.yml"
                return


def _templates_with_all_files(tex_file_writing: Any) -> dict[str, tuple[str, str]]:
    """Compiler and preamble of each template whose program and files are all here, this project's own first."""
    from manimlib.config import manim_config

    shipped = Path(tex_file_writing.get_manim_dir(), "manimlib", "tex_templates.yml").read_text("utf-8")
    templates = {**(manim_config.tex.templates or {}), **tex_file_writing.yaml.safe_load(shipped)}
    first = [*(manim_config.tex.templates or {}), "default", "basic"]
    names = [*first, *(name for name in templates if name not in first)]
    sources = {
        name: (templates[name]["compiler"], templates[name]["preamble"])
        for name in names
        if templates[name]["compiler"] in _COMPILERS and shutil.which(templates[name]["compiler"])
    }
    files = {name: loaded_by(tex_file_writing.get_full_tex("", preamble)) for name, (_, preamble) in sources.items()}
    absent = set(missing(sorted(set().union(*files.values()))))
    return {name: source for name, source in sources.items() if not absent.intersection(files[name])}


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
