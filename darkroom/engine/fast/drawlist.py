"""What a frame draws, in order, and what of it is not as it was in the frame before."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import cache
from typing import Any

import moderngl
import numpy as np
from manimlib.mobject.mobject import Mobject
from manimlib.mobject.types.vectorized_mobject import VMobject
from manimlib.shader_wrapper import ShaderWrapper, VShaderWrapper

from darkroom.engine.fast.reading import EMPTY, FAMILIES, Box, Ints, Reading, Rectangles, View

_PLAIN = (float, int, str, np.number)  # what never changes by itself


class Item:
    """One batch of one frame: whose wrapper draws it, from which vertices, with which uniforms."""

    def __init__(self, wrapper: Any, reading: Reading, state: tuple[Any, ...]) -> None:
        self.wrapper = wrapper
        self.reading = reading
        self.state = state
        self.rectangles: Rectangles

    def place(self, view: View, twin: "Item | None", same_view: bool) -> None:
        """Find out where it can show; `twin` is the same batch in the frame before."""
        if twin and same_view and self.is_like(twin):
            self.rectangles = twin.rectangles
        else:
            self.rectangles = Rectangles.of(self.reading, self.wrapper.mobject_uniforms, view)

    def is_like(self, twin: "Item") -> bool:
        """Whether both draw the same, under the same camera."""
        return self.wrapper is twin.wrapper and self.reading is twin.reading and self.state == twin.state

    def damage_since(self, twin: "Item") -> Box:
        """Where this may look different from its twin."""
        if self.state != twin.state:
            return Box.around(self.rectangles.both).joined(Box.around(twin.rectangles.both))
        if self.reading is twin.reading:
            return EMPTY
        now, then = self.rectangles.both, twin.rectangles.both
        if self.reading.previous is twin.reading:
            now, then = now[self.reading.changed], then[self.reading.changed]
        return Box.around(now).joined(Box.around(then))


class OwnWay:
    """A mobject, or a wrapper, that draws itself in a way of its own: drawn anew in every frame."""

    def __init__(self, draws: Any) -> None:
        self.draws = draws  # called with the camera's uniforms


def read_frame(groups: Iterable[Any], ctx: Any) -> Iterator[Item | OwnWay]:
    """The batches of a frame, in drawing order, reading in what its mobjects say has changed.

    As `Mobject.render` does, but without drawing and without sending the vertices anywhere yet.
    """
    for group in groups:
        kind = type(group)
        if kind.render is not Mobject.render or kind.get_shader_wrapper_list is not Mobject.get_shader_wrapper_list:
            yield OwnWay(lambda uniforms, group=group: group.render(ctx, uniforms))
            continue
        if group._data_has_changed:
            group.shader_wrappers = list(_read_group(group, ctx))
            group._data_has_changed = False
        for wrapper in group.shader_wrappers:
            reading: Any = getattr(wrapper, "reading", None)  # None if stock has read its vertices in
            if type(wrapper) not in (ShaderWrapper, VShaderWrapper) or (wrapper.programs and reading is None):
                yield OwnWay(lambda uniforms, wrapper=wrapper: _draw_wrapper(wrapper, uniforms))
            elif wrapper.programs:  # a camera frame, a value tracker and their like draw nothing
                yield Item(wrapper, reading, snapshot(wrapper))


def _draw_wrapper(wrapper: Any, uniforms: dict[str, Any]) -> None:
    wrapper.update_program_uniforms(uniforms)
    wrapper.pre_render()
    wrapper.render()


def _read_group(group: Any, ctx: Any) -> Iterator[Any]:
    """Batch a group's family as `Mobject.get_shader_wrapper_list` does, and read each batch."""
    batches: list[list[Any]] = []
    last = None
    for mobject in group.get_family():
        if len(mobject.data) == 0:
            continue
        wrapper = mobject.shader_wrapper or mobject.get_shader_wrapper(ctx)
        if wrapper.id != last or not batches:
            batches.append([])
            last = wrapper.id
        batches[-1].append(mobject)
    for batch in batches:
        wrapper = batch[0].shader_wrapper
        # Data of another kind (`become` and its like can bring it) is read by stock, which makes its own sense of it.
        fits = all(mobject.data.dtype.names == wrapper.vert_attributes for mobject in batch)
        if type(wrapper) in (ShaderWrapper, VShaderWrapper) and fits:
            read_batch(wrapper, batch)
        else:
            wrapper.read_in([mobject.get_shader_data() for mobject in batch])
        yield wrapper


def read_batch(wrapper: Any, batch: list[Any]) -> None:
    """Give `wrapper` the reading of its mobjects, the very object it has if they are as they were."""
    kinds = {type(mobject) for mobject in batch}
    if all(kind.get_shader_data is VMobject.get_shader_data for kind in kinds) and all(
        kind.get_shader_vert_indices is VMobject.get_shader_vert_indices for kind in kinds
    ):
        data, counts = _curves(batch)
    else:
        pieces = [mobject.get_shader_data() for mobject in batch]
        data, counts = _joined(pieces), np.array([len(piece) for piece in pieces])
    starts = (np.cumsum(counts) - counts)[counts > 0]
    reading = Reading(data, starts, _kind(wrapper, data))
    wrapper.reading = reading.after(getattr(wrapper, "reading", None))


def _joined(pieces: list[Any]) -> Any:
    """`np.concatenate`, which is slow for records with named fields unless it need not look at them."""
    if len({piece.dtype for piece in pieces}) > 1:
        return np.concatenate(pieces)
    raw = np.dtype((np.void, pieces[0].dtype.itemsize))
    return np.concatenate([piece.view(raw) for piece in pieces]).view(pieces[0].dtype)


def _curves(batch: list[Any]) -> tuple[Any, Ints]:
    """What `get_shader_data` of many VMobjects gives, joined, and how many vertices are whose."""
    for mobject in batch:
        if mobject.needs_new_joint_angles:
            mobject.get_joint_angles()
    joined = _joined([mobject.data for mobject in batch])
    points = np.array([len(mobject.data) for mobject in batch])
    firsts = np.cumsum(points) - points
    owners = np.repeat(np.arange(len(batch)), points)
    within = np.arange(len(joined)) - firsts[owners]

    # Every other base normal is a base point, where the triangles of a fill begin: the mobject's first point.
    anchors = np.flatnonzero(within % 2 == 0)
    bases = joined["point"][firsts[owners[anchors]]]
    stale = (joined["base_normal"][anchors] != bases).any(axis=1)
    for owner in np.unique(owners[anchors[stale]]).tolist():
        data = batch[owner].data
        data["base_normal"][0::2] = data["point"][0]
    joined["base_normal"][anchors] = bases

    # Of each, the vertices 0 1 2, 2 3 4, 4 5 6, ...
    counts = points // 2 * 3
    order = (np.arange(1, counts.sum() + 1) - np.repeat(np.cumsum(counts) - counts, counts)) * 2 // 3
    return joined[order + np.repeat(firsts, counts)], counts


def _kind(wrapper: Any, data: Any) -> str:
    """What is known about where it draws: nothing, if somebody has changed its shaders."""
    draws_curves = isinstance(wrapper, VShaderWrapper)
    if wrapper.program_code != _code_on_file(draws_curves, str(wrapper.shader_folder)):
        return "unknown"
    if draws_curves:
        return "curves" if data.dtype == VMobject.data_dtype else "unknown"
    kind = FAMILIES.get(str(wrapper.shader_folder), "unknown")
    primitive = moderngl.POINTS if kind == "dots" else moderngl.TRIANGLES
    return kind if wrapper.render_primitive == primitive else "unknown"  # a strip cannot be divided


@cache
def _code_on_file(draws_curves: bool, folder: str) -> dict[str, str | None]:
    model: Any = object.__new__(VShaderWrapper if draws_curves else ShaderWrapper)
    model.shader_folder = folder
    model.init_program_code()
    code: dict[str, str | None] = model.program_code
    return code


def snapshot(wrapper: Any) -> tuple[Any, ...]:
    """All that decides how vertices are drawn, apart from the camera. Two that are equal draw the same."""
    return (
        wrapper.depth_test,
        getattr(wrapper, "stroke_behind", None),
        tuple(wrapper.programs),
        tuple(wrapper.textures) if _are_from_files(wrapper) else object(),
        *frozen(wrapper.mobject_uniforms),
    )


def frozen(uniforms: dict[str, Any]) -> Iterator[Any]:
    """Names and values of uniforms as they are now, comparable with how they will be."""
    for name, value in uniforms.items():
        yield name
        if isinstance(value, np.ndarray):
            yield value.tobytes()
        elif isinstance(value, _PLAIN) or (isinstance(value, tuple) and all(isinstance(v, _PLAIN) for v in value)):
            yield value
        else:
            yield object()  # we cannot tell: it is never what it was


def pairs(old: list[Item], new: list[Item]) -> list[tuple[Item | None, Item | None]]:
    """Match the items of two frames by their wrappers, keeping the order of both; None where one has no twin."""
    a, b = [id(item.wrapper) for item in old], [id(item.wrapper) for item in new]
    if a == b:
        return list(zip(old, new, strict=True))
    result: list[tuple[Item | None, Item | None]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            result += zip(old[i1:i2], new[j1:j2], strict=True)
        else:
            result += [(item, None) for item in old[i1:i2]]
            result += [(None, item) for item in new[j1:j2]]
    return result


def _are_from_files(wrapper: Any) -> bool:
    """Whether all its textures are pictures on disk; others might change without our knowing."""
    if isinstance(wrapper, VShaderWrapper):
        return len(wrapper.textures) == 2  # the canvas of fills and its depth, ManimGL's own
    return len(wrapper.textures) == len(wrapper.texture_paths)
