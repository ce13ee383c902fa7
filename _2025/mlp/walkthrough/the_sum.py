"""Act K: the update is added, and the same happens everywhere at once, in every layer."""

from _2025.mlp.walkthrough.down_projection import DownProjection
from _2025.mlp.walkthrough.stage import FRONT, in_layer
from manim_imports_ext import *
from truth.toy_mlp import PARAMETERS

SUM_ABOVE = View(2, -4, 0, (0, -1.1, 0), 8)
ALL_LANES = View(2, -40, 0, (-1.3, -2.5, -1.6), 9.4)
ALONG_THE_LANES = View(-2, -50, 0, (-1.4, -2.6, -1.6), 9.3)
ALL_LAYERS = View(0, -46, 0, (-1, -0.6, -2.2), 11.2)
BLOCK_AGAIN = View(2, -4, 0, (0, -1.55, 0), 8)


class AddItUp(DownProjection):
    """Adding "basketball" to a name's vector stores a fact; blocks that do so hold two thirds of a large model."""

    def act(self):
        self.restore_the_stage()
        self.go_through_once_more()
        self.write_the_sum()
        self.do_it_for_all_tokens()
        self.look_into_the_neurons()
        self.count_all_blocks()
        self.say_the_idea()

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
            *(FadeIn(part, time_span=(0.8, 1.6)) for part in self.circuit.get_wires()),
            self.frame.animate.reorient(*SUM_ABOVE),
            run_time=1.6,
        )
        self.play(FadeOut(self.title), run_time=0.4)

    def get_meanings(self):
        """What embedding, update and output say, each above its place in the sum."""
        names = {"Michael": INPUT, "Jordan": INPUT, "Basketball": ACTIVATION}
        lines = ("Michael + Jordan", "Basketball", "Michael + Jordan + Basketball")
        meanings = VGroup(Text(line, font_size=BODY, t2c=names).set_backstroke(BACKGROUND, 4) for line in lines)
        for meaning, term in zip(meanings, self.terms, strict=True):
            meaning.next_to(term, UP, buff=0.25)
        for meaning in meanings[1:]:
            meaning.shift((meanings[0]["M"][0].get_bottom()[1] - meaning[0].get_bottom()[1]) * UP)
        return in_layer(meanings, FRONT + 1)

    def go_through_once_more(self):
        # Say what the embedding means
        self.terms, self.signs = self.get_written_sum((-4.9, -1.45, 3.15))
        VGroup(self.terms, self.signs).shift(0.3 * DOWN)
        self.meanings = self.get_meanings()
        self.play(TransformFromCopy(self.embedding, self.terms[0]), run_time=1)
        self.play(FadeIn(self.meanings[0], 0.2 * UP), run_time=0.6)

        # Send it through one last time
        for step in self.get_steps_through():
            self.play(*step, run_time=0.8)
        self.play(TransformFromCopy(self.vectors[2], self.terms[1]), run_time=1)
        self.play(FadeIn(self.meanings[1], 0.2 * UP), run_time=0.6)

    def write_the_sum(self):
        # Add the update to the embedding
        caption = get_caption("The name goes in, and it comes out with its sport").fix_in_frame()
        self.play(*self.get_flow_into_the_sum(), FadeIn(self.signs, time_span=(0, 0.4)), run_time=1.2)
        self.play(FadeIn(self.terms[2], 0.2 * RIGHT), FadeIn(caption), run_time=0.6)
        self.play(FadeIn(self.meanings[2], 0.2 * UP), run_time=0.6)
        self.wait(2.4)
        leaving = FadeOut(VGroup(self.meanings, caption), time_span=(0, 0.4))
        self.play(*self.get_way_of_the_sum(self.terms, self.signs), leaving, run_time=1)
        self.add(self.circuit)

    def do_it_for_all_tokens(self):
        # Send all tokens the same way
        self.ways, self.shades, self.lane_names = self.get_parallel_ways(), self.get_shades(), self.get_lane_names()
        caption = get_caption("And so for every token, in parallel").fix_in_frame()
        self.play(
            self.frame.animate.reorient(*ALL_LANES),
            LaggedStart(*(self.get_spread(way) for way in self.ways), lag_ratio=0.12),
            FadeIn(self.shades, time_span=(0, 0.5)),
            FadeIn(caption, time_span=(0, 0.5)),
            FadeIn(self.lane_names, time_span=(2, 2.6)),
            run_time=3,
        )
        self.wait(1)
        self.play(FadeOut(caption), run_time=0.3)

    def get_neuron_sheets(self):
        """All neurons of all tokens, a sheet of balls for each token in its own lane, farthest token first.

        A neuron has the same place in every sheet; how bright its ball is is read from the token's own pass: dark
        if it is silent, white at 1 or more.
        """
        depths = self.get_depths()
        sheets = Group()
        for index in np.argsort(depths):
            grey = np.clip(self.passes[index].neurons, 0, 1)
            sheet = DotCloud(self.get_spots() + np.array([0, 0, depths[index]]), radius=0.055).make_3d()
            colors = values_to_colors(grey, 0, 1, MAGNITUDE_RAMP, neutral=SCAFFOLD)
            opacities = np.where(grey > 0, 1.0, 0.22)
            rgba = [color_to_rgba(color, opacity) for color, opacity in zip(colors, opacities, strict=True)]
            sheets.add(sheet.set_rgba_array(np.array(rgba)))
        return sheets

    def get_spots(self):
        """(256, 3): the places of one token's neurons, 64 columns of four, from top to bottom and left to right."""
        xs = np.linspace(self.embedding_x + 0.8, self.vector_xs[2] - 0.65, 64)
        ys = self.lane_y + 0.14 * np.array([1.5, 0.5, -0.5, -1.5])
        return np.array([(x, y, 0.0) for x in xs for y in ys])

    def look_into_the_neurons(self):
        # Open the block and look at the neurons
        self.sheets = self.get_neuron_sheets()
        self.hidden = [*self.vectors[:2], *self.arrows, self.circuit.wire, self.box[-2:]]
        words = "Each row of balls: one token’s 256 neurons, bright where they fire"
        caption = get_caption(words).fix_in_frame()
        self.play(
            FadeOut(Group(self.ways, self.shades, *self.hidden), time_span=(0, 1)),
            LaggedStart(*(FadeIn(sheet) for sheet in self.sheets[::-1]), lag_ratio=0.2, time_span=(0.8, 2.5)),
            FadeIn(caption, time_span=(0.8, 1.3)),
            run_time=2.5,
        )
        self.play(self.frame.animate.reorient(*ALONG_THE_LANES), run_time=4)
        self.wait(0.6)
        self.play(FadeOut(caption), run_time=0.3)

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
        for line, y in zip(lines, (3.35, 2.7, 2.05), strict=True):
            line[0].move_to([-4.6, y, 0], LEFT)
            line[1].match_y(line[0]).align_to([4.6, 0, 0], RIGHT)
        self.play(self.frame.animate.reorient(*ALL_LAYERS), FadeIn(lines[0], time_span=(1, 1.6)), run_time=2)
        self.wait(1)

        # Count all of them
        self.play(TransformFromCopy(lines[0][1], lines[1][1]), FadeIn(lines[1][0]), run_time=0.8)
        self.wait(0.8)
        self.play(FadeIn(lines[2]), run_time=0.6)

        # Compare them with the whole model
        whole = Rectangle(9.2, 0.4).move_to(1.4 * UP).set_stroke(MUTED, 2).fix_in_frame()
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
        self.wait(2.2)
        self.play(FadeOut(VGroup(lines, whole, part, share, caption)), run_time=0.5)

    def say_the_idea(self):
        # Come back to the block
        self.play(
            self.frame.animate.reorient(*BLOCK_AGAIN),
            FadeOut(Group(self.sheets, self.lane_names), time_span=(0, 0.8)),
            *(FadeIn(part, time_span=(0.8, 1.8)) for part in self.hidden),  # one by one: each in its own layer
            run_time=1.8,
        )

        # Say in one sentence what it does
        lines = VGroup(
            Text("Rows ask, a threshold decides,", font_size=HEADING),
            Text("columns answer, and the answer is added.", font_size=HEADING),
        )
        lines.set_color(TEXT).arrange(DOWN, buff=0.25).move_to(2.3 * UP).fix_in_frame()
        phrases = [lines[0]["Rows ask,"], lines[0]["a threshold decides,"], lines[1]["columns answer,"]]
        for phrase, arrow in zip(phrases, self.arrows, strict=True):
            self.play(FadeIn(phrase), arrow.arrow.animate.set_color(FOCUS), run_time=0.7)
            self.wait(0.3)
        last = FadeIn(lines[1]["and the answer is added."], time_span=(0, 0.7))
        self.play(last, *self.get_flow_into_the_sum(), run_time=1.2)
        self.wait(2.6)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.8)
