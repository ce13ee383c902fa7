"""Act K: the update is added, and the same happens everywhere at once, in every layer."""

from _2025.mlp.walkthrough.down_projection import DownProjection
from _2025.mlp.walkthrough.stage import FRONT, STRIP_TOP, in_layer
from manim_imports_ext import *
from truth.toy_mlp import PARAMETERS

ALONG_THE_WIRE = View(13, -8, 0, (0.1, -2.3, 0), 7.4)
ROOM_FOR_NAMES = View(4, -6, 0, (-0.6, -1.75, 0), 7.7)
WHOLE_SUM = View(-3, -5, 0, (0, -1.7, 0), 7.9)
HIGH_RIGHT = View(14, -14, 0, (-0.2, -2.2, -1.5), 8)
FAR_RIGHT = View(40, -23, 0, (0, -2.9, -1.5), 9)
CLOUD_FROM_RIGHT = View(11, -6, 0, (-0.1, -2.4, -1), 7.6)
CLOUD_FROM_LEFT = View(-13, -8, 0, (-0.3, -2.4, -1), 7.7)
ALL_LAYERS = View(-3, -6, 0, (-0.3, -1.05, -1), 8.7)


class AddItUp(DownProjection):
    """Adding "basketball" to a name's vector stores a fact; blocks that do so hold two thirds of a large model."""

    def act(self):
        self.restore_the_stage()
        self.add_the_update()
        self.read_the_sum()
        self.do_it_for_all_tokens()
        self.look_into_the_neurons()
        self.count_all_blocks()

    def restore_the_stage(self):
        # Light the stage again
        standing = [self.box, *self.others, self.card, self.embedding, *self.vectors, *self.arrows, self.title]
        fresh_embedding = self.get_embedding()
        fresh = [self.get_box(), *self.get_others(), self.get_card(fresh_embedding), fresh_embedding]
        fresh += [*self.get_vectors(), *self.get_arrows(), self.get_box_title()]
        self.remove(self.circuit)
        self.circuit = self.get_circuit()
        self.output = self.circuit.output
        self.play(
            *(Transform(old, new) for old, new in zip(standing, fresh, strict=True)),
            self.frame.animate.reorient(*ALONG_THE_WIRE),
            run_time=1.6,
        )

    def add_the_update(self):
        # Draw the way round the block once more
        self.play(ShowCreation(self.circuit.wire), run_time=1)
        rest = (ShowCreation(self.circuit.branch), FadeIn(self.circuit.plus), ShowCreation(self.circuit.stub))
        self.play(*rest, run_time=0.6)

        # Add the update to the embedding
        caption = get_caption("The update is added to the embedding, entry by entry").fix_in_frame()
        self.play(FadeIn(caption), run_time=0.4)
        for step in self.get_addition(self.circuit):
            self.play(*step)
        self.add(self.circuit)
        self.wait(1.4)
        self.play(FadeOut(caption), run_time=0.3)

    def get_sum_label(self, words):
        """Names of directions, one above the other, with a plus before each but the first."""
        lines = [words[0], *(f"+ {word}" for word in words[1:])]
        label = VGroup(Text(line, font_size=LABEL) for line in lines)
        label.arrange(DOWN, buff=0.14, aligned_edge=LEFT)
        for line, color in zip(label, (INPUT, INPUT, ACTIVATION), strict=False):
            line.set_color(color)
        return in_layer(label, FRONT)

    def read_the_sum(self):
        # Read what went in
        went_in = self.get_sum_label(["first name Michael", "last name Jordan"])
        went_in.move_to([self.embedding_x - 0.65, STRIP_TOP + 0.7, 0], aligned_edge=DL)
        self.play(self.frame.animate.reorient(*ROOM_FOR_NAMES), FadeIn(went_in, 0.2 * DOWN), run_time=1.2)
        self.wait(0.6)
        drops = went_in.copy()
        drops.generate_target().scale(0.3).move_to(self.embedding).set_opacity(0)
        self.play(MoveToTarget(drops, remover=True), run_time=1)

        # Send it through, and read what comes out
        for step in self.get_steps_through():
            self.play(*step, run_time=0.8)
        ways = VGroup(self.circuit.wire, self.circuit.branch, self.circuit.stub)
        self.play(
            LaggedStart(*(ShowPassingFlash(way.copy().set_stroke(FOCUS, 8)) for way in ways), lag_ratio=0.5),
            run_time=1.4,
        )
        self.play(FlashAround(self.output, color=FOCUS), run_time=0.8)
        came_out = self.get_sum_label(["first name Michael", "last name Jordan", "Basketball"])
        came_out.move_to([self.output.get_right()[0] + 0.35, STRIP_TOP + 0.7, 0], aligned_edge=DR)
        self.play(
            self.frame.animate.reorient(*WHOLE_SUM),
            *(TransformFromCopy(a, b, path_arc=-0.6) for a, b in zip(went_in, came_out, strict=False)),
            run_time=1.4,
        )
        sport = came_out[2]
        sport.save_state()
        sport.scale(0.5).move_to(self.vectors[2]).set_opacity(0)
        self.play(Restore(sport, path_arc=-0.8), run_time=1)
        self.wait(1.6)
        self.play(FadeOut(VGroup(went_in, came_out, self.title)), run_time=0.5)

    def do_it_for_all_tokens(self):
        # Send all tokens the same way
        self.ways, self.shades = self.get_parallel_ways(), self.get_shades()
        caption = get_caption("And so for every token, in parallel").fix_in_frame()
        self.play(
            self.frame.animate.reorient(*HIGH_RIGHT),
            LaggedStart(*(self.get_spread(way) for way in self.ways), lag_ratio=0.12),
            FadeIn(self.shades, time_span=(0, 0.5)),
            FadeIn(caption, time_span=(0, 0.5)),
            run_time=3,
        )
        self.play(self.frame.animate.reorient(*FAR_RIGHT), run_time=4)
        self.play(FadeOut(caption), run_time=0.3)

    def get_neuron_clouds(self):
        """All neurons of all tokens, a ball for each, farthest token first: dark if silent, white at 1 or more.

        Where a ball floats means nothing; how bright it is is read from its token's pass.
        """
        rng = np.random.default_rng(0)
        depths = self.get_depths()
        clouds = Group()
        for index in np.argsort(depths):
            grey = np.clip(self.passes[index].neurons, 0, 1)
            spots = self.get_spots(rng) + np.array([0, 0, depths[index]])
            cloud = DotCloud(spots, radius=0.075).make_3d()
            colors = values_to_colors(grey, 0, 1, MAGNITUDE_RAMP, neutral=SCAFFOLD)
            opacities = np.where(grey > 0, 1.0, 0.25)
            rgba = [color_to_rgba(color, opacity) for color, opacity in zip(colors, opacities, strict=True)]
            clouds.add(cloud.set_rgba_array(np.array(rgba)))
        return clouds

    def get_spots(self, rng):
        """(256, 3): a place for each neuron, one in each cell of a grid, in no order."""
        low = np.array([self.embedding_x + 0.95, self.floor_y + 0.25, -0.3])
        high = np.array([self.vector_xs[2] - 0.6, STRIP_TOP - 0.25, 0.3])
        columns, rows = 32, 8
        cells = np.array([(x, y) for y in range(rows) for x in range(columns)]) + rng.uniform(0, 1, (columns * rows, 2))
        places = np.column_stack([cells / [columns, rows], rng.uniform(0, 1, len(cells))])
        return low + rng.permutation(places) * (high - low)

    def look_into_the_neurons(self):
        # Open the front and look at the neurons
        clouds = self.get_neuron_clouds()
        wires = self.circuit.get_wires()
        self.play(
            self.frame.animate.reorient(*CLOUD_FROM_RIGHT),
            FadeOut(Group(self.ways, self.shades, *self.vectors[:2], *self.arrows), time_span=(0, 1)),
            *(wire.animate.set_stroke(opacity=0.2) for wire in wires.family_members_with_points()),
            Rotate(self.box[-1], 100 * DEG, axis=RIGHT, about_point=[0, self.floor_y, self.front_z]),
            LaggedStart(*(FadeIn(cloud) for cloud in clouds), lag_ratio=0.1, time_span=(1, 3)),
            run_time=3,
        )
        words = "Each ball is one token’s neuron: bright if it fires, dark if it is silent"
        caption = get_caption(words).fix_in_frame()
        self.play(
            self.frame.animate.reorient(*CLOUD_FROM_LEFT),
            FadeOut(self.box[-1], time_span=(0, 0.5)),
            FadeIn(caption, time_span=(0.3, 0.8)),
            run_time=5,
        )
        self.wait(0.8)
        self.play(FadeOut(caption), run_time=0.3)
        self.clouds = clouds

    def get_count_line(self, words, value, name):
        """A whole number and what it counts, in a line, fixed in the frame."""
        text = Text(words, font_size=BODY).set_color(TEXT)
        number = get_number(value, 0, source=name, group_with_commas=True, font_size=HEADING, edge_to_fix=RIGHT)
        return VGroup(text, number.set_color(PARAMETER)).fix_in_frame()

    def count_all_blocks(self):
        # Count the parameters of one block of a large model
        counts = PARAMETERS
        lines = VGroup(
            self.get_count_line("one such block of GPT-3", np.array(counts.block), "parameters of a block"),
            self.get_count_line(
                f"all {counts.n_layers} of them", np.array(counts.all_blocks), "parameters of all blocks"
            ),
            self.get_count_line("the whole of GPT-3", np.array(counts.total), "parameters of GPT-3"),
        )
        lines[1][0].sources = [Source("blocks of GPT-3", (), lambda: counts.n_layers)]
        for line, y in zip(lines, (3.1, 2.4, 1.7), strict=True):
            line[0].move_to([-4.6, y, 0], LEFT)
            line[1].match_y(line[0]).align_to([4.6, 0, 0], RIGHT)
        self.play(self.frame.animate.reorient(*ALL_LAYERS), FadeIn(lines[0], time_span=(1, 1.6)), run_time=2)
        self.wait(1)

        # Count all of them
        self.play(TransformFromCopy(lines[0][1], lines[1][1]), FadeIn(lines[1][0]), run_time=0.8)
        self.wait(0.8)
        self.play(FadeIn(lines[2]), run_time=0.6)

        # Compare them with the whole model
        whole = Rectangle(9.2, 0.4).move_to(0.9 * UP).set_stroke(MUTED, 2).fix_in_frame()
        part = Rectangle(9.2 * counts.share, 0.4).set_stroke(width=0).set_fill(PARAMETER, 1)
        part.align_to(whole, LEFT).match_y(whole).fix_in_frame()
        share = get_number(
            np.array(100 * counts.share), 0, source="share of all parameters, in percent", font_size=BODY
        )
        share = VGroup(share, Tex(R"\%", font_size=BODY)).arrange(RIGHT, buff=0.08).next_to(part, RIGHT, buff=0.2)
        self.play(FadeIn(whole), run_time=0.4)
        self.play(GrowFromEdge(part, LEFT), run_time=1.2)
        caption = get_caption("Two thirds of its parameters are in blocks like this").fix_in_frame()
        self.play(FadeIn(share.fix_in_frame()), FadeIn(caption), run_time=0.5)
        self.wait(2.4)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.6)
