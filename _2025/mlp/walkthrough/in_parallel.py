"""Act B: the same steps for every token at once."""

from itertools import pairwise

from _2025.mlp.walkthrough.stage import FLAT, FRONT, MAX_VALUE, in_layer
from _2025.mlp.walkthrough.the_stage import SetTheStage
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS

BIRDS_EYE = View(0, -40, 0, (-1.25, -2.5, -1.6), 9.4)
FROM_THE_RIGHT = View(5, -34, 0, (-1.25, -2.5, -1.6), 9.4)
FROM_THE_LEFT = View(-5, -34, 0, (-1.25, -2.5, -1.6), 9.4)


class EverythingInParallel(SetTheStage):
    """Every token takes the same three steps at the same time, and none sees another."""

    lane_y = -1.55  # of what names a token's lane, and lies in it: as high as the cards, clear of nearer ones

    def act(self):
        # Take the same steps for every token behind
        ways, shades, names = self.get_parallel_ways(), self.get_shades(), self.get_lane_names()
        caption = get_caption("Every token takes the same steps, with the same weights").fix_in_frame()
        self.play(self.frame.animate.reorient(*BIRDS_EYE), FadeOut(self.title, run_time=0.6), run_time=2)
        self.play(FadeIn(names), run_time=0.5)
        self.play(
            LaggedStart(*(self.get_spread(way) for way in ways), lag_ratio=0.12),
            FadeIn(shades, time_span=(0, 0.5)),
            FadeIn(caption, time_span=(0, 0.5)),
            run_time=3,
        )
        self.wait(0.8)

        # Go round and see that no way meets another
        self.play(self.frame.animate.reorient(*FROM_THE_RIGHT), run_time=2.5)
        self.play(FadeOut(caption), run_time=0.3)
        second = get_caption("None of them sees another: all of this happens at once").fix_in_frame()
        self.play(self.frame.animate.reorient(*FROM_THE_LEFT), FadeIn(second, time_span=(0, 0.5)), run_time=4)
        self.wait(0.6)

        # Come back to the one token
        self.play(
            self.frame.animate.reorient(*FLAT),
            FadeOut(Group(*ways, shades, names), run_time=0.8),
            FadeOut(second, run_time=0.3),
            FadeIn(self.title, time_span=(1.2, 2)),
            run_time=2,
        )

    def get_parallel_ways(self):
        """For every token but the active one, farthest first, its own way through the block and round it.

        Each is a Group of `wires` and `dots`: a dot for each entry that the active token's vectors show, from
        dark for 0 to white, read from this token's own pass.
        """
        depths = self.get_depths()
        behind = sorted((index for index in range(len(TOKENS)) if index != ACTIVE), key=lambda index: depths[index])
        return Group(*(self.get_way(index, depths[index]) for index in behind))

    def get_lane_names(self):
        """Each token's words beside its own lane, leaning back so that they face a camera above."""
        names = VGroup()
        for index, (token, depth) in enumerate(zip(TOKENS, self.get_depths(), strict=True)):
            name = Text(token.words, font_size=LABEL).set_color(FOCUS if index == ACTIVE else MUTED)
            name.rotate(-36 * DEG, RIGHT).move_to([self.box.get_left()[0], self.lane_y, depth], RIGHT)
            names.add(name)
        return in_layer(names, FRONT)

    def get_shades(self):
        """A dark ground behind each of the active token's vectors, so that they can be read before the others."""
        columns = (*self.vectors, self.output)
        shades = VGroup(SurroundingRectangle(column, buff=0.06) for column in columns)
        return in_layer(shades.set_stroke(width=0).set_fill(BACKGROUND, 0.75), FRONT - 1)

    def get_way(self, index, depth):
        """One token's way, at its depth."""
        seen = self.passes[index]
        columns = (*self.vectors, self.output)
        values = [
            seen.pre[list(VISIBLE_UNITS)],
            seen.neurons[list(VISIBLE_UNITS)],
            seen.update[list(VISIBLE_COORDINATES)],
            seen.output[list(VISIBLE_COORDINATES)],
        ]
        dots = DotCloud([entry.get_center() for column in columns for entry in column.get_entries()], radius=0.055)
        colors = values_to_colors(np.abs(np.concatenate(values)), 0, MAX_VALUE, MAGNITUDE_RAMP, neutral=SCAFFOLD)
        dots.set_rgba_array(np.array([color_to_rgba(color) for color in colors]))
        arrows = VGroup(Line(arrow.arrow.get_start(), arrow.arrow.get_end()) for arrow in self.arrows)
        wires = VGroup(arrows.set_stroke(MUTED, 2, 0.35), self.circuit.get_wires().copy())
        wires[1].set_stroke(width=2, opacity=0.35)
        way = Group(wires, dots).shift(depth * OUT)
        return in_layer(way, self.others[0].z_index + round((depth - min(self.get_depths())) / self.token_gap))

    def get_spread(self, way):
        """An animation: a way comes out of the active token's and moves back to its own depth."""
        way.save_state()
        way.shift((self.embedding.get_z() - way.get_z()) * OUT).set_opacity(0)
        return Restore(way)

    def get_steps_through(self):
        """The animations of four plays: the vectors go dark, then light up in turn as the embedding goes through."""
        yield [vector.animate.set_opacity(0.2) for vector in self.vectors]
        for before, after in pairwise((self.embedding, *self.vectors)):
            flyer = before.copy()
            flyer.generate_target().move_to(after).set_opacity(0)
            yield [MoveToTarget(flyer, remover=True), after.animate(time_span=(0.6, 1)).set_opacity(1)]
