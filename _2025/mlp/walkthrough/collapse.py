"""Act H: the up projection in one line of letters, put away under the first arrow."""

from _2025.mlp.walkthrough.counting import CountParameters
from _2025.mlp.walkthrough.stage import FRONT, in_layer
from manim_imports_ext import *


class CollapseUpProjection(CountParameters):
    """All those numbers are one short line: a matrix, the embedding, a bias.

    State, for acts I and J: `docked` has all that acts H to J put away under the strip's embedding and arrows.
    """

    letters_view = View(center=(-1.75, 0.6, 0), height=6.6)
    first_step_view = View(center=(-4, -2, 0), height=5)  # the strip as far as it is lit
    up_line_tex = R"W_{\uparrow} E_i + B_{\uparrow}"
    up_letters = {R"W_{\uparrow}": PARAMETER, "E_i": FOCUS, R"B_{\uparrow}": PARAMETER}

    def act(self):
        self.write_letters_for_numbers()
        self.dock_the_line()

    def get_line(self, tex, letters, arrow):
        """A line of TeX in its place under one of the strip's arrows.

        Args:
            tex: the line.
            letters: its letters, and the colour of each.
            arrow: which arrow, from the left.
        """
        line = Tex(tex, isolate=list(letters), font_size=30).next_to(self.get_arrows()[arrow].arrow, DOWN, buff=0.25)
        for letter, color in letters.items():
            line[letter].set_color(color)
        return in_layer(line, FRONT)

    def get_letters_in(self, line, letters, blocks):
        """Copies of a line's letters, large, each between the brackets of the block of numbers it stands for."""
        return VGroup(
            line[tex].copy().scale(min(2.2, 0.55 * block.get_width() / line[tex].get_width())).move_to(block)
            for tex, block in zip(letters, blocks, strict=True)
        )

    def get_docking(self, line, letters, large, plus):
        """Animations: large letters, and the plus between them, fly to their places in the line."""
        pairs = (Transform(letter, line[tex]) for tex, letter in zip(letters, large, strict=True))
        return [*pairs, Transform(plus, line["+"][0])]

    def write_letters_for_numbers(self):
        # Write a letter for each block of numbers
        self.up_line = self.get_line(self.up_line_tex, self.up_letters, arrow=0)
        self.blocks = VGroup(self.up_matrix, self.up_vector, self.up_bias)
        self.letters = self.get_letters_in(self.up_line, self.up_letters, self.blocks)
        numbers = VGroup(block.cells for block in self.blocks)
        self.play(
            self.frame.animate.reorient(*self.letters_view),
            FadeOut(numbers, time_span=(0.3, 0.8)),
            *map(self.darken, (self.card, self.embedding)),
            *self.say("The up projection, in letters; i says which token"),
            run_time=1,
        )
        self.play(LaggedStartMap(FadeIn, self.letters, scale=0.8, lag_ratio=0.5), run_time=1.2)
        self.wait(1.4)

    def dock_the_line(self):
        # Put the line away under the first arrow, and what came out behind it
        name = in_layer(self.up_line["E_i"].copy().next_to(self.card, DOWN, buff=0.12), FRONT)
        brackets = VGroup(block.brackets for block in self.blocks)
        self.play(
            *self.get_docking(self.up_line, self.up_letters, self.letters, self.up_plus),
            TransformFromCopy(self.letters[1], name),
            FadeOut(VGroup(self.up_equals, brackets), time_span=(0, 0.5)),
            Restore(self.arrows[0]),
            Transform(self.up_result, self.vectors[0].saved_state),
            self.frame.animate.reorient(*self.first_step_view),
            *map(Restore, (self.card, self.embedding)),
            *self.hush(),
            run_time=1.6,
        )
        self.remove(self.letters, self.up_plus, self.blocks)
        self.docked = in_layer(VGroup(name, self.up_line), FRONT)
        self.add(self.docked)
        self.remove(self.up_result)
        self.vectors[0].restore()
        self.wait(0.6)
