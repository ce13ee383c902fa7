"""Draws frames as ManimGL does, pixel for pixel, but only what is not there already."""

from collections import Counter
from collections.abc import Iterator
from math import ceil
from typing import Any

import moderngl
import numpy as np
import OpenGL.GL as gl
from manimlib.shader_wrapper import VShaderWrapper
from manimlib.utils.shaders import set_program_uniform

from darkroom.engine.fast.drawlist import Item, OwnWay, frozen, pairs, read_frame
from darkroom.engine.fast.reading import EMPTY, Box, Ints, View, tiles

GAP = 120  # vertices between two pieces of a batch that are cheaper drawn than skipped
TILE = 64  # pixels: the grid on which scattered fills are found
REST = 30  # frames after which we look anew for what stands still

OWN_WAY = "a mobject draws itself in its own way"

# What things cost on llvmpipe, in microseconds: only the choice of what to keep depends on it.
PER_DRAW, PER_TILE, PER_VERTEX, PER_PIXEL = 100.0, 12.0, 1.5, 0.02


class Painter:
    """Stands in for a camera's `capture` and `get_raw_fbo_data`.

    Args:
        camera: of a scene without a window.

    Attributes:
        fallbacks: frames that were drawn in ManimGL's own way throughout, by reason.
    """

    def __init__(self, camera: Any) -> None:
        self.camera = camera
        self.ctx = camera.ctx
        self.fallbacks: Counter[str] = Counter()
        width, height = camera.get_pixel_shape()
        self.screen = Box(0, 0, width, height)
        canvas = VShaderWrapper.get_fill_canvas(self.ctx)[0]
        self._is_canvas_coarse = canvas.width < width or canvas.height < height
        self._view_key: tuple[Any, ...] = ()
        self._items: list[Item] = []
        self._is_drawn = False  # whether the frame buffer holds these items under this view
        self._keeper = _Keeper(self)
        self._programs = _Leftovers()
        self._careful = ""  # why everything has to be drawn, once that is so
        self._can_clear_textures = self.ctx.version_code >= 440
        self._read_stock = camera.get_raw_fbo_data
        self._pixels = np.zeros((height, width * camera.n_channels), np.uint8)
        self._unread = self.screen
        self._raw: bytes | None = None

    def take_down(self, *groups: Any) -> list[Item | OwnWay]:
        """What a frame draws, without drawing it: mobjects and camera are afterwards as if it had been drawn."""
        self.camera.refresh_uniforms()
        return list(read_frame(groups, self.ctx))

    def why_not(self, frame: list[Item | OwnWay]) -> str:
        """Why a frame cannot be drawn in this way; "" if it can."""
        items = [item for item in frame if isinstance(item, Item)]
        return self._reason_for_care(items) or (OWN_WAY if len(items) < len(frame) else "")

    def capture(self, *groups: Any) -> None:
        """Draw a frame."""
        self.draw(self.take_down(*groups))

    def draw(self, frame: list[Item | OwnWay]) -> None:
        """Draw what has just been taken down."""
        camera = self.camera
        view_key = (*frozen(camera.uniforms), *camera.background_rgba, camera.fbo.glo)
        same_view = self._is_drawn and view_key == self._view_key
        items = [item for item in frame if isinstance(item, Item)]
        own_way = len(items) < len(frame)
        if not self._careful:
            self._careful = self._reason_for_care(items)
            if self._careful:
                for item in self._items:  # leave the programs as stock drawing would have
                    item.wrapper.update_program_uniforms(camera.uniforms)
        if self._careful or own_way:
            self.fallbacks[self._careful or OWN_WAY] += 1
            self._draw_all(frame)
            self._items, self._is_drawn = [], False
            self._unread, self._raw = self.screen, None
            self._keeper.forget()
            return
        damage = self._find_damage(items, same_view)
        if not damage.is_empty:
            if camera.samples:
                # Mesa 22.3 tests a scissor rectangle's edges at the samples, which cuts pixels there: with
                # multisampling no edge may lie where something is drawn.
                damage = self.screen
            self._keeper.watch(self._leading(items) if same_view else 0, items, damage)
            self._draw(items, damage)
            self._unread, self._raw = self._unread.joined(damage), None
        self._items, self._view_key, self._is_drawn = items, view_key, True

    def raw(self, dtype: str = "f1") -> bytes:
        """The frame's pixels: RGBA bytes, bottom row first."""
        if dtype != "f1":
            pixels: bytes = self._read_stock(dtype)
            return pixels
        if self._raw is None:
            camera, rows = self.camera, self._unread
            source = camera.fbo
            if camera.samples:
                source = camera.draw_fbo
                self.copy(camera.fbo, source, rows)
            source.read_into(
                self._pixels,
                viewport=(0, rows.bottom, self.screen.right, rows.top - rows.bottom),
                components=camera.n_channels,
                write_offset=rows.bottom * self._pixels.shape[1],
            )
            camera.fbo.use()
            self._unread, self._raw = EMPTY, self._pixels.tobytes()
        return self._raw

    def copy(self, source: Any, target: Any, box: Box, depth: bool = False) -> None:
        """Copy a rectangle from one frame buffer to another; samples are resolved if the target has none."""
        corners = box
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, source.glo)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, target.glo)
        gl.glBlitFramebuffer(*corners, *corners, gl.GL_COLOR_BUFFER_BIT, gl.GL_NEAREST)
        if depth:
            gl.glBlitFramebuffer(*corners, *corners, gl.GL_DEPTH_BUFFER_BIT, gl.GL_NEAREST)

    def _reason_for_care(self, items: list[Item]) -> str:
        """Why everything has to be drawn in this frame and all that follow; "" if it has not."""
        for item in items:
            if item.wrapper.use_clip_plane():
                # Switched on it is never switched off again, and what shaders that do not cut anything make
                # of it is undefined: only the same draws in the same order are sure to look the same.
                return "a clip plane"
            if self._programs.depend_on_order(item.wrapper, self.camera.uniforms):
                return "uniforms that one mobject leaves to the next"
        return ""

    def _find_damage(self, items: list[Item], same_view: bool) -> Box:
        """The rectangle outside which the frame is as the last one; each item learns its place."""
        view = View.of(self.camera.uniforms, (self.screen.right, self.screen.top), self._is_canvas_coarse)
        damage = EMPTY if same_view else self.screen
        for twin, item in pairs(self._items, items):
            if item is None:
                assert twin
                damage = damage.joined(Box.around(twin.rectangles.both))
                continue
            item.place(view, twin, same_view)
            damage = damage.joined(item.damage_since(twin) if twin else Box.around(item.rectangles.both))
        return damage

    def _leading(self, items: list[Item]) -> int:
        """How many items, from the first, are as they were in the last frame."""
        count = 0
        for item, before in zip(items, self._items, strict=False):
            if not item.is_like(before):
                break
            count += 1
        return count

    def _draw_all(self, frame: list[Item | OwnWay]) -> None:
        """Draw everything in stock's way."""
        camera = self.camera
        camera.clear()
        camera.fbo.use()
        for item in frame:
            if isinstance(item, OwnWay):
                item.draws(camera.uniforms)
            else:
                upload(item)
                item.wrapper.update_program_uniforms(camera.uniforms)
                item.wrapper.pre_render()
                item.wrapper.render()

    def _draw(self, items: list[Item], damage: Box) -> None:
        start = self._keeper.restore(damage)
        if not start:
            self.clear_frame(damage)
        self.draw_onto(self.camera.fbo, items[start:], damage)

    def clear_frame(self, box: Box) -> None:
        """Empty `box` of the frame; the whole of it is emptied in a quicker way."""
        viewport = None if box == self.screen else box.viewport
        self.camera.fbo.clear(*self.camera.background_rgba, viewport=viewport)

    def draw_onto(self, fbo: Any, items: list[Item], box: Box) -> None:
        """Draw items, and nothing of them outside `box`."""
        fbo.scissor = None if box == self.screen else box.viewport
        fbo.use()
        for item in items:
            if box.touches(item.rectangles.both).any():
                upload(item)
                item.wrapper.pre_render()
                if isinstance(item.wrapper, VShaderWrapper):
                    self._draw_curves(fbo, item, box)
                else:
                    self._draw_plain(item, box)
        fbo.scissor = None

    def _draw_plain(self, item: Item, box: Box) -> None:
        item.wrapper.update_program_uniforms(self.camera.uniforms)
        for vao in item.wrapper.vaos:
            if item.reading.kind == "unknown":
                vao.render()
            else:
                self._render(vao, item, box.touches(item.rectangles.both))

    def _draw_curves(self, fbo: Any, item: Item, box: Box) -> None:
        if item.wrapper.stroke_behind:
            self._draw_stroke(item, box)
            self._draw_fill(fbo, item, box)
        else:
            self._draw_fill(fbo, item, box)
            self._draw_stroke(item, box)

    def _draw_stroke(self, item: Item, box: Box) -> None:
        touched = box.touches(item.rectangles.stroke)
        if touched.any():
            self._set_uniforms(item, item.wrapper.stroke_program)
            self._render(item.wrapper.stroke_vao, item, touched)

    def _draw_fill(self, fbo: Any, item: Item, box: Box) -> None:
        """As `VShaderWrapper.render_fill`, but clearing, filling and compositing no more than is touched."""
        wrapper, ctx = item.wrapper, self.ctx
        touched = box.touches(item.rectangles.fill)
        if not touched.any():
            return
        canvas, composite, _ = wrapper.fill_canvas
        if _reads_depth(composite):
            wrapper.update_program_uniforms(self.camera.uniforms)
            wrapper.render_fill()
            return
        boxes = _places(item.rectangles.fill[touched], box, may_divide=not self.camera.samples)
        for place in boxes:
            self._clear(canvas, self._on_canvas(place, canvas))
        canvas.scissor = self._on_canvas(box, canvas)
        canvas.use()
        ctx.disable(moderngl.DEPTH_TEST)
        ctx.blend_func = (
            *(moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA),
            *(gl.GL_ONE_MINUS_DST_ALPHA, moderngl.ONE),
        )
        self._set_uniforms(item, wrapper.fill_program)
        self._render(wrapper.fill_vao, item, touched)
        if wrapper.depth_test:
            # Stock draws depths into another texture first and then, without switching back to the canvas, the
            # border as well: with a depth test no border is ever seen.
            ctx.enable(moderngl.DEPTH_TEST)
        elif item.reading.kind == "unknown" or item.reading.border_width[touched].any():
            ctx.blend_func = moderngl.ONE, moderngl.ONE
            ctx.blend_equation = moderngl.MAX
            self._set_uniforms(item, wrapper.fill_border_program)
            self._render(wrapper.fill_border_vao, item, touched)
            ctx.blend_equation = moderngl.FUNC_ADD
        canvas.scissor = None
        ctx.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        fbo.use()
        for place in boxes:
            fbo.scissor = place.viewport
            composite.render()
        fbo.scissor = None if box == self.screen else box.viewport
        ctx.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA

    def _clear(self, canvas: Any, room: tuple[int, int, int, int]) -> None:
        if self._can_clear_textures:  # llvmpipe does this several times faster than glClear in a rectangle
            left, bottom, width, height = room
            texture = canvas.color_attachments[0].glo
            gl.glClearTexSubImage(texture, 0, left, bottom, 0, width, height, 1, gl.GL_RGBA, gl.GL_FLOAT, None)
        else:
            canvas.clear(viewport=room)

    def _on_canvas(self, part: Box, canvas: Any) -> tuple[int, int, int, int]:
        """Where a rectangle of the screen is read from on the canvas of fills, with a margin."""
        x, y = canvas.width / self.screen.right, canvas.height / self.screen.top
        margin = max(2, ceil(x), ceil(y))  # with multisampling, a scissor lets samples of the next pixel through
        left, bottom = max(0, int(part.left * x) - margin), max(0, int(part.bottom * y) - margin)
        right, top = int(part.right * x) + margin + 1, int(part.top * y) + margin + 1
        right, top = min(canvas.width, right), min(canvas.height, top)
        return left, bottom, right - left, top - bottom

    def _set_uniforms(self, item: Item, program: Any) -> None:
        wrapper = item.wrapper
        for uniforms in (wrapper.mobject_uniforms, self.camera.uniforms, wrapper.texture_names_to_ids):
            for name, value in uniforms.items():
                set_program_uniform(program, name, value)

    def _render(self, vao: Any, item: Item, touched: Any) -> None:
        for first, count in pieces(item, touched):
            vao.render(first=first, vertices=count)


def _places(rectangles: Ints, box: Box, may_divide: bool) -> list[Box]:
    """Boxes that together hold what rectangles cover of `box`: one around them all, or many if that is cheaper."""
    whole = Box.around(rectangles).within(box)
    if may_divide and len(rectangles) > 1 and PER_PIXEL * whole.area > 20 * PER_TILE:
        many = tiles(rectangles, whole, TILE)
        if sum(PER_PIXEL * tile.area + PER_TILE for tile in many) < PER_PIXEL * whole.area:
            return many
    return [whole]


def pieces(item: Item, touched: Any) -> Iterator[tuple[int, int]]:
    """The runs of vertices (first, count) that hold all touched parts of a batch."""
    reading = item.reading
    if reading.kind == "unknown" or touched.all():
        yield 0, len(reading.data)
        return
    indices = np.flatnonzero(touched)
    starts, ends = reading.starts[indices], reading.ends[indices]
    breaks = np.flatnonzero(starts[1:] - ends[:-1] > GAP)
    firsts, lasts = starts[np.append(0, breaks + 1)], ends[np.append(breaks, len(ends) - 1)]
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        yield first, last - first


def upload(item: Item) -> None:
    """Let the wrapper's vertex buffer hold this item's vertices, in the way of `ShaderWrapper.read_in`."""
    wrapper, data = item.wrapper, item.reading.data
    if getattr(wrapper, "uploaded", None) is item.reading:
        return
    wrapper.uploaded = item.reading
    if wrapper.vbo is not None and wrapper.vbo.size != data.nbytes:
        wrapper.release()
    if not len(data):
        return
    if wrapper.vbo is None:
        wrapper.vbo = wrapper.ctx.buffer(data)
        wrapper.generate_vaos()
    else:
        wrapper.vbo.write(data)


def _reads_depth(composite: Any) -> bool:
    """Whether compositing fills looks at the depths drawn for them.

    In ManimGL 1.7.2 it does not: nobody tells its program which texture holds them, so it reads the fill's
    own colour instead. What nobody reads we need not draw.
    """
    program = composite.program
    return bool(program["DepthTexture"].value != program["Texture"].value)


class _Keeper:
    """Keeps a picture of the leading items that stand still, to start from instead of an empty frame."""

    def __init__(self, painter: Painter) -> None:
        self.painter = painter
        self.fbo: Any = None
        self.has_depth = False
        self.forget()

    def forget(self) -> None:
        self._kept: list[Item] = []  # what is in the picture
        self._start_watching()

    @property
    def count(self) -> int:
        """How many leading items are in the picture; 0 if there is none."""
        return len(self._kept)

    def _start_watching(self) -> None:
        self._candidate: int | None = None  # leading items that have stood still since we watch
        self._spent = 0.0  # on drawing them again and again
        self._frames = 0

    def watch(self, still: int, items: list[Item], damage: Box) -> None:
        """Learn that `still` leading items are as before, and take their picture if that pays.

        It is taken when redrawing has cost as much as taking it: at worst we lose that much again.
        """
        # Not told of frames in which nothing is drawn: in these, too, others may have come to lead.
        leads = len(items) >= self.count and all(map(Item.is_like, items, self._kept))
        if still < self.count or not leads:
            self.forget()
        if still <= self.count:
            self._start_watching()
            return
        if self._candidate is None or still < self._candidate or self._frames > REST:
            self._start_watching()
            self._candidate = still
        self._frames += 1
        candidates = items[self.count : self._candidate]
        self._spent += sum(_cost(item, damage) for item in candidates)
        screen = self.painter.screen
        if self._spent > sum(_cost(item, screen) for item in candidates) + PER_PIXEL * screen.area / 10:
            self._take(items[: self._candidate])

    def _take(self, items: list[Item]) -> None:
        camera, screen = self.painter.camera, self.painter.screen
        if self.fbo is None:
            self.fbo = camera.get_fbo(camera.samples)
        if not self.count:
            self.fbo.clear(*camera.background_rgba)
            self.has_depth = False
        self.painter.draw_onto(self.fbo, items[self.count :], screen)
        self._kept = items
        self.has_depth = any(item.wrapper.depth_test for item in items)
        self._start_watching()

    def restore(self, box: Box) -> int:
        """Put the picture into `box` of the frame; returns how many items that has drawn."""
        camera = self.painter.camera
        if self.count:
            if not self.has_depth:
                self.painter.clear_frame(box)
            self.painter.copy(self.fbo, camera.fbo, box, depth=self.has_depth)
        return self.count


def _cost(item: Item, box: Box) -> float:
    touched = box.touches(item.rectangles.both)
    if not touched.any():
        return 0.0
    vertices = sum(count for _, count in pieces(item, touched))
    filled: Ints = item.rectangles.fill[touched]
    return PER_DRAW + PER_VERTEX * vertices + PER_PIXEL * Box.around(filled).within(box).area


class _Leftovers:
    """Watches for uniforms that some mobjects set and others, drawn by the same program, do not.

    Those draw with whatever was set last, so that skipping a draw could change another.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[Any, ...], bool] = {}
        self._given: dict[int, set[str]] = {}
        self._missing: dict[int, set[str]] = {}

    def depend_on_order(self, wrapper: Any, camera_uniforms: dict[str, Any]) -> bool:
        programs = [program for program in wrapper.programs if program]
        key = (*map(id, programs), tuple(wrapper.mobject_uniforms), tuple(wrapper.texture_names_to_ids))
        if key not in self._seen:
            names = {*wrapper.mobject_uniforms, *camera_uniforms, *wrapper.texture_names_to_ids}
            for program in programs:
                uses = {name for name in program if isinstance(program[name], moderngl.Uniform)}
                given = self._given.setdefault(id(program), set())
                missing = self._missing.setdefault(id(program), set())
                given |= uses & names
                missing |= uses - names
            self._seen[key] = any(self._given[id(p)] & self._missing[id(p)] for p in programs)
        return self._seen[key]
