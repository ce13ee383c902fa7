"""Text and formulas: methods that are gone, fonts that are missing, templates of a repository's own."""

import re
from difflib import get_close_matches
from functools import lru_cache, wraps
from html import escape, unescape
from pathlib import Path
from typing import Any

from darkroom.engine.repairs.registry import repair


@repair("manimlib.mobject.svg.string_mobject")
def labelled_strings(string_mobject: Any) -> None:
    """`Code`, `MarkupText` and `Tex(use_labelled_svg=False)` call two methods that are gone: once strings
    went through files, now through SVG text. The old names lead to the new methods.
    """
    base = string_mobject.StringMobject
    base.get_file_path_by_content = lambda self, content: self.get_svg_string_by_content(content)
    svg_mobject = string_mobject.SVGMobject
    svg_mobject.mobjects_from_file = svg_mobject.mobjects_from_svg_string


@repair("manimlib.mobject.svg.text_mobject")
def markup(text_mobject: Any) -> None:
    """`Code` and `MarkupText` also call a `validate_markup_string` that is gone. Nothing takes its place:
    `markup_to_svg` asks Pango whether the markup is valid.
    """
    text_mobject.MarkupText.validate_markup_string = staticmethod(lambda markup: None)


missing_fonts: dict[str, None] = {}  # a sentence about each that was asked for in this process


@repair("manimlib.mobject.svg.text_mobject")
def missing_font(text_mobject: Any) -> None:
    """Pango draws a font it does not have in another one and says nothing; the picture then stays wrong, even
    with the font installed later, because it is cached. We say it, once per font, and darkroom's summary says it
    again. With `missing_font: error` under `text:` in custom_config.yml, or `darkroom ... --strict`, it is an error.
    """
    from manimlib.config import manim_config

    stock = text_mobject.markup_to_svg
    generic = {"", "sans", "sans-serif", "serif", "monospace", "cursive", "fantasy", "system-ui"}

    @lru_cache
    def check(family: str) -> None:
        known = text_mobject.manimpango.list_fonts()
        present = generic.union(map(str.lower, known))
        if any(name.strip().lower() in present for name in family.split(",")):
            return
        near = get_close_matches(family, known, n=1)
        message = f"the font {family!r} is not installed" + (f"; did you mean {near[0]!r}?" if near else ".")
        message += " See `fc-list : family`, and `font` under `text:` in custom_config.yml."
        if manim_config.text.missing_font == "error":
            raise ValueError(message)
        missing_fonts[message.partition(" See ")[0]] = None
        text_mobject.log.warning(message)

    @wraps(stock)
    def markup_to_svg(markup_str: str, *args: Any, **kwargs: Any) -> str:
        for family in re.findall(r"(?:font_family|\bface)=(['\"])(.*?)\1", markup_str):
            check(family[1])
        return str(stock(markup_str, *args, **kwargs))

    text_mobject.markup_to_svg = markup_to_svg


# Where no font has a character, Pango strokes a box; letters and lines under them are filled.
_BOX = re.compile(r"<path[^>]*(?:fill:none|fill=\"none\")")


@repair("manimlib.mobject.svg.text_mobject")
def missing_glyph(text_mobject: Any) -> None:
    """A character that no installed font has is drawn as a box with its number in it, and nobody is told. We
    say it, as for a missing font: once per character, or as an error with `missing_font: error`.
    """
    from manimlib.config import manim_config

    stock = text_mobject.markup_to_svg
    known: set[str] = set()

    def is_missing(char: str) -> bool:
        return _BOX.search(str(stock(escape(char))).rpartition("</defs>")[2]) is not None

    @wraps(stock)
    def markup_to_svg(markup_str: str, *args: Any, **kwargs: Any) -> str:
        svg = str(stock(markup_str, *args, **kwargs))
        if _BOX.search(svg.rpartition("</defs>")[2]) is None:
            return svg
        chars = dict.fromkeys(unescape(re.sub(r"<[^>]*>", "", markup_str)))
        missing = [char for char in chars if not char.isspace() and is_missing(char)]
        if missing:
            listed = ", ".join(f"{char!r} (U+{ord(char):04X})" for char in missing)
            message = f"no installed font has {listed}. See `fc-list :charset={ord(missing[0]):x} family`: "
            message += "install a font that has it, or write something else."
            if manim_config.text.missing_font == "error":
                raise ValueError(message)
            if not known.issuperset(missing):
                known.update(missing)
                text_mobject.log.warning(message)
        return svg

    text_mobject.markup_to_svg = markup_to_svg


@repair("manimlib.utils.tex_file_writing")
def tex_templates(tex_file_writing: Any) -> None:
    """Templates are a file inside the package: a repository cannot add one, and a misspelt name falls back to
    `default` with a warning. Here `templates` under `tex:` in custom_config.yml are found first, and where
    a repository has any, an unknown name is an error.
    """
    from manimlib.config import manim_config

    stock = tex_file_writing.get_tex_template_config

    @wraps(stock)
    def get_tex_template_config(template_name: str) -> Any:
        own = manim_config.tex.templates
        if not own or template_name in own:
            return own[template_name] if own else stock(template_name)
        yaml, get_manim_dir = tex_file_writing.yaml, tex_file_writing.get_manim_dir
        shipped = yaml.safe_load(Path(get_manim_dir(), "manimlib", "tex_templates.yml").read_text("utf-8"))
        if template_name.replace(" ", "_").lower() in shipped:
            return stock(template_name)
        near = get_close_matches(template_name, [*own, *shipped], n=1)
        raise ValueError(
            f"no LaTeX template is called {template_name!r}"
            + (f"; did you mean {near[0]!r}?" if near else ".")
            + f" Those of this repository: {', '.join(own)} (`templates` under `tex:` in custom_config.yml)."
        )

    tex_file_writing.get_tex_template_config = get_tex_template_config
