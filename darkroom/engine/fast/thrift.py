"""The same results with less Python: parts of ManimGL 1.7.2 that work out again what they could remember.

Nothing here changes what a function returns, or which of two things compare equal.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from manimlib.mobject.mobject import Mobject
from manimlib.mobject.types.vectorized_mobject import VMobject
from manimlib.shader_wrapper import ShaderWrapper, VShaderWrapper
from manimlib.utils.iterables import resize_array

_PROGRAM_ATTRIBUTES = (
    *("stroke_program", "fill_program", "fill_border_program", "fill_depth_program"),
    *("stroke_vert_format", "stroke_vert_attributes", "fill_vert_format", "fill_vert_attributes"),
    *("fill_border_vert_format", "fill_border_vert_attributes", "fill_depth_vert_format", "fill_depth_vert_attributes"),
)

_printed: dict[tuple[Any, ...], str] = {}
_print_options: dict[str, Any] = {}
_programs: dict[tuple[Any, ...], tuple[Any, dict[str, Any]]] = {}
_curve_code: dict[str, str | None] = {}

_stock = {
    "init_program": VShaderWrapper.init_program,
    "init_program_code": VShaderWrapper.init_program_code,
    "resize_points": Mobject.resize_points,
    "read_in": ShaderWrapper.read_in,
}


def _print(value: Any) -> str:
    """`repr(value)`, remembered for arrays, which take their time."""
    if type(value) is not np.ndarray:
        return repr(value)
    key = (value.tobytes(), value.dtype.str, value.shape)
    text = _printed.get(key)
    if text is None:
        if len(_printed) > 10_000:
            _printed.clear()
        text = _printed[key] = repr(value)
    return text


def refresh_id(self: Any) -> None:
    """Wrappers share an id if shaders and printed uniforms are the same: as stock, without printing again.

    What is printed decides, rounding included: two that differ in a ninth digit are one batch.
    """
    options = np.get_printoptions()
    if options != _print_options:
        _print_options.clear()
        _print_options.update(options)
        _printed.clear()
    self.id = hash(
        (
            *self.program_code.values(),
            *((name, _print(value)) for name, value in self.mobject_uniforms.items()),
            self.depth_test,
            self.render_primitive,
            str(self.texture_paths),
            getattr(self, "stroke_behind", None),
        )
    )


def init_program_code(self: Any) -> None:
    """The curves' shaders are always the same nine files."""
    if not _curve_code:
        _stock["init_program_code"](self)
        _curve_code.update(self.program_code)
    self.program_code = dict(_curve_code)


def init_program(self: Any) -> None:
    """Stock looks its four programs up by texts of thousands of characters, one of them made anew."""
    key = (id(self.ctx), *self.program_code.values())
    if key not in _programs:
        _stock["init_program"](self)
        _programs[key] = self.ctx, {name: getattr(self, name) for name in _PROGRAM_ATTRIBUTES}
    self.__dict__.update(_programs[key][1])
    self.programs = [self.stroke_program, self.fill_program, self.fill_border_program, self.fill_depth_program]


def read_in(self: Any, data_list: Any) -> None:
    """As stock; what fast drawing knows of the vertices is no longer so (a mobject that draws itself does this)."""
    self.reading = self.uploaded = None
    _stock["read_in"](self, data_list)


def get_subpath_end_indices_from_points(self: Any, points: Any) -> Any:
    """Stock goes through the curves one by one."""
    a0, h, a1 = points[0:-1:2], points[1::2], points[2::2]
    is_end = (a0 == h).all(1) & (abs(h - a1) > 1e-4).any(1)
    return np.append(2 * np.flatnonzero(is_end), len(points) - 1)


def note_changed_data(self: Any, recurse_up: bool = True) -> Any:
    """Stock calls itself for every group above; where many numbers count, that is most of its calls."""
    self._data_has_changed = True
    above = self.parents if recurse_up else ()
    while above:
        higher: list[Any] = []
        for mobject in above:
            if type(mobject).note_changed_data is note_changed_data:
                mobject._data_has_changed = True
                higher += mobject.parents
            else:
                mobject.note_changed_data()
        above = higher
    return self


def resize_points(self: Any, new_length: int, resize_func: Callable[..., Any] = resize_array) -> Any:
    """With a quicker `resize_array`, unless it is to be another one."""
    return _stock["resize_points"](self, new_length, _repeated if resize_func is resize_array else resize_func)


def _repeated(array: Any, length: int) -> Any:
    """`resize_array`: the array over and over, cut to length. NumPy is slow to join records with named fields."""
    if not 0 < len(array) != length:
        return resize_array(array, length)
    return array[np.arange(length) % len(array)]


_PATCHES: list[tuple[Any, str, Callable[..., Any]]] = [
    (ShaderWrapper, "refresh_id", refresh_id),
    (VShaderWrapper, "refresh_id", refresh_id),
    (VShaderWrapper, "init_program_code", init_program_code),
    (VShaderWrapper, "init_program", init_program),
    (ShaderWrapper, "read_in", read_in),
    (Mobject, "note_changed_data", note_changed_data),
    (Mobject, "resize_points", resize_points),
    (VMobject, "get_subpath_end_indices_from_points", get_subpath_end_indices_from_points),
]
_originals = [getattr(owner, name) for owner, name, _ in _PATCHES]


def use(wanted: bool) -> None:
    """Put these in stock's place, or stock's back."""
    for (owner, name, ours), original in zip(_PATCHES, _originals, strict=True):
        if getattr(owner, name) in (ours, original):  # else somebody else has been there
            setattr(owner, name, ours if wanted else original)
