from manim_imports_ext import *
from truth.attention import get_toy_pattern
from truth.facts import FACTS
from truth.toy_mlp import ACTIVE, DIRECTIONS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp


def get_name_arrows(size):
    """Two directions at right angles and their sum, as the toy block has them: Michael, Jordan, Michael Jordan."""
    m, j = DIRECTIONS["M"], DIRECTIONS["J"]
    across, up = (m - j) / np.linalg.norm(m - j), (m + j) / np.linalg.norm(m + j)  # the plane of the two
    arrows = VGroup(
        Arrow(ORIGIN, size * 0.68 * np.array([v @ across, v @ up, 0]), buff=0, thickness=3.5).set_color(color)
        for v, color in ((m, PARAMETER), (j, INPUT), (m + j, ACTIVATION))
    )
    for arrow in arrows[:2]:
        side = DashedLine(arrow.get_end(), arrows[2].get_end(), dash_length=0.08).set_stroke(SCAFFOLD, 2)
        arrows.add(side)
    return arrows


def get_chapter_card(number, picture, height=3.5):
    """A chapter as a card: its number in the corner, a picture in the middle."""
    card = RoundedRectangle(1.5 * height, height, corner_radius=0.07 * height)
    card.set_fill(PANEL, 1).set_stroke(TEXT, 3)
    label = Text(str(number), font_size=17 * height).set_color(MUTED)
    label.move_to(card.get_corner(UL) + 0.13 * height * DR)
    return VGroup(card, picture.move_to(card), label)


def get_earlier_chapters(height=3.5):
    """The cards of the two chapters before: words as vectors, and attention."""
    pattern = get_toy_pattern()
    return VGroup(
        get_chapter_card(5, get_name_arrows(0.72 * height), height),
        get_chapter_card(6, get_attention_icon(pattern, 0.76 * height), height),
    )


class LastTwoChapters(InteractiveScene):
    """Between the attention blocks of a transformer stand perceptron blocks, and facts seem to live in them."""

    chapter = "The last two chapters"

    n_layers = 5
    attention_color, mlp_color = mix_colors(SCAFFOLD, FOCUS, 0.55), PARAMETER
    face = (5.0, 3.0)  # of a block
    depths = (0.5, 0.9)  # of an attention block and of a perceptron block
    gap = 0.11
    floor = -1.75  # the height of the blocks' middles
    height = 11.0  # of the frame while there are blocks
    column_x = 3.7

    def setup(self):
        super().setup()
        self.set_floor_plane("xz")

    def construct(self):
        self.recall_two_chapters()
        self.stack_the_blocks()
        self.part_the_two_kinds()
        self.show_what_attention_does()
        self.show_the_perceptron()
        self.feed_it_facts()
        self.ask()

    def get_blocks(self):
        """Attention and perceptron in turn, from the back to the front."""
        kinds = [(self.attention_color, self.depths[0]), (self.mlp_color, self.depths[1])] * self.n_layers
        blocks = VGroup(
            Block(*self.face, depth, color=color, z_index=place + 1) for place, (color, depth) in enumerate(kinds)
        )
        blocks.arrange(OUT, buff=self.gap).move_to(self.floor * UP)
        for block in blocks:
            block.add_updater(lambda b: b.sort_faces(self.frame))
        return blocks

    def get_network(self):
        """A part of the toy block with "Michael Jordan" going through: enough of it to give the true update."""
        mlp, places, units = get_toy_mlp(), list(VISIBLE_COORDINATES), [*VISIBLE_UNITS[:7], 7, 8, VISIBLE_UNITS[-1]]
        return get_mlp_icon(
            mlp.up[np.ix_(units, places)],
            mlp.down[np.ix_(places, units)],
            TOKENS[ACTIVE].embedding[places],
            up_bias=mlp.up_bias[units],
            down_bias=mlp.down_bias[places],
            height=2.6,
            layer_buff=1.7,
        )

    def get_heading(self, words, column):
        """What a column of blocks is called, above it."""
        heading = Text(words, font_size=HEADING).set_color(TEXT).fix_in_frame()
        return heading.move_to(self.get_screen_point(column[-1].get_face("front").get_top()) + 0.62 * UP)

    def get_screen_point(self, point):
        """Where the camera sees a point: in units of what is fixed in the frame."""
        x, y, depth = self.frame.get_inverse_camera_rotation_matrix() @ (point - self.frame.get_center())
        distance = self.frame.get_focal_distance()
        return np.array([x, y, 0]) * distance / (distance - depth) * FRAME_HEIGHT / self.frame.get_height()

    def recall_two_chapters(self):
        # Recall two chapters
        self.cards = get_earlier_chapters().arrange(RIGHT, buff=0.9).fix_in_frame()
        told = ("Chapter 5: words are vectors", "Chapter 6: attention")
        self.names = VGroup(
            Text(words, font_size=BODY).next_to(card, DOWN, buff=0.3).fix_in_frame()
            for words, card in zip(told, self.cards, strict=True)
        )
        for card in self.cards:
            card.set_z_index(30)
        self.play(
            LaggedStartMap(FadeIn, self.cards, shift=UP, lag_ratio=0.4),
            FadeIn(self.names, time_span=(0.8, 1.5)),
            run_time=1.5,
        )
        self.wait(1.5)

    def stack_the_blocks(self):
        # Stack the blocks of a transformer
        self.blocks = self.get_blocks()
        self.title = Text("Transformer", font_size=TITLE).set_color(TEXT).fix_in_frame().move_to(2.9 * UP)
        corners = VGroup(card.copy().scale(0.5) for card in self.cards)
        for corner in corners:
            corner[0].set_stroke(width=1.5)
        corners[0].to_corner(UL, buff=SAFE_AREA)
        corners[1].to_corner(UR, buff=SAFE_AREA)
        self.add(*self.blocks)
        self.play(
            FadeOut(self.names, time_span=(0, 0.4)),
            *(
                card.animate(time_span=(0.2, 1.2)).become(corner)
                for card, corner in zip(self.cards, corners, strict=True)
            ),
            self.frame.animate(time_span=(0.2, 1.2)).reorient(-32, -14, 0, 0.7 * DOWN, self.height),
            *(  # no LaggedStart: it would make one group of them, painted fills first and outlines over all
                FadeIn(block, UP, scale=1.6, time_span=(0.7 + 0.25 * place, 1.45 + 0.25 * place))
                for place, block in enumerate(self.blocks)
            ),
            FadeIn(self.title, 0.3 * UP, time_span=(0.7, 1.5)),
            run_time=3.8,
        )
        self.wait(0.6)

    def part_the_two_kinds(self):
        # Part the two kinds of blocks
        self.attention, self.perceptrons = self.blocks[0::2], self.blocks[1::2]
        self.play(
            self.frame.animate.reorient(-3, -2, 0, ORIGIN, self.height),
            *(block.animate.shift(self.column_x * LEFT) for block in self.attention),
            *(block.animate.shift(self.column_x * RIGHT) for block in self.perceptrons),
            run_time=2,
        )

    def show_what_attention_does(self):
        # Show the pattern of attention
        front = self.attention[-1].get_face("front")
        self.pattern = get_attention_icon(get_toy_pattern(), 2.5).move_to(front.get_center() + 0.02 * OUT)
        for dot in self.pattern.get_family():
            dot.set_z_index(20)
        self.headings = VGroup(self.get_heading("Attention", self.attention))
        self.play(
            FadeIn(self.pattern, lag_ratio=0.05),
            FadeIn(self.headings[0], 0.2 * UP),
            self.title.animate.scale(0.75).set_opacity(0.5),
            run_time=1.5,
        )
        self.wait(0.5)

    def show_the_perceptron(self):
        # Write a network on the front perceptron
        self.network = self.get_network()
        self.network.move_to(self.perceptrons[-1].get_face("front").get_center() + 0.02 * OUT)
        for part in self.network.get_family():
            part.set_z_index(20)
        long_name = self.get_heading("Multilayer Perceptron", self.perceptrons)
        colors = {"white": ACTIVATION, "orange": NEGATIVE_RAMP[1]}
        legend = Text("white: above zero, orange: below", font_size=LABEL, t2c=colors).fix_in_frame()
        self.legend = legend.next_to(long_name, UP, buff=0.3)
        self.play(
            FadeIn(self.network.layers, lag_ratio=0.1),
            ShowCreation(self.network.edges, lag_ratio=0.02),
            FadeIn(long_name, 0.2 * UP),
            FadeIn(self.legend, time_span=(1, 1.6)),
            run_time=2,
        )
        self.wait(0.6)

        # Shorten its name
        short_name = self.get_heading("MLP", self.perceptrons)
        initials = [long_name[0], long_name[10]]
        rest = VGroup(glyph for glyph in long_name if not any(glyph is initial for initial in initials))
        self.play(
            FadeOut(rest, run_time=0.4),
            *(
                initial.animate(time_span=(0.2, 1)).move_to(short_name[place])
                for initial, place in zip(initials, (0, 2), strict=True)
            ),
            FadeIn(short_name[1], time_span=(0.5, 1)),
            run_time=1,
        )
        self.remove(long_name, *initials)
        self.add(short_name)
        self.headings.add(short_name)
        self.wait(0.5)

    def get_sentences(self):
        """The facts, scattered over the space above the blocks so that none covers another."""
        rng = np.random.default_rng(3)
        sentences = VGroup()
        for place, (first, last, sport) in enumerate(FACTS):
            sentence = Text(f"{first} {last} plays {sport}", font_size=LABEL, t2c={sport: ACTIVATION})
            x = (3.3, -3.3)[place % 2] + rng.uniform(-0.35, 0.35)
            y = 1.1 + 0.75 * (place // 2 % 4)  # the lower ones leave first
            sentences.add(sentence.move_to([x, y, 0]).fix_in_frame())
        for part in sentences.get_family():
            part.set_z_index(40)
        return sentences

    def get_flight(self, sentence, goal, start):
        """From `start` seconds on: the sentence comes, is read, shrinks and flies to the goal, where it vanishes."""
        whole = sentence.copy()

        def fly(mobject, alpha):
            time = alpha * (start + 2.2) - start
            coming, shrinking, going, sinking = (
                smooth(np.clip((time - begin) / (end - begin), 0, 1))
                for begin, end in ((0, 0.4), (1.1, 1.5), (1.3, 2.1), (2, 2.2))
            )
            mobject.become(whole)
            mobject.scale(1 - 0.65 * shrinking).move_to(interpolate(whole.get_center(), goal, going))
            mobject.set_opacity(coming * (1 - sinking))

        return UpdateFromAlphaFunc(sentence, fly, rate_func=linear, run_time=start + 2.2)

    def get_traces(self):
        """A light for each fact on the front perceptron, left and right of its network: what a fact leaves there."""
        front = self.perceptrons[-1].get_face("front")
        traces = VGroup()
        for place in range(len(FACTS)):
            x, y = (2.2, -2.2)[place % 2], 1.05 - 0.3 * (place // 2)
            traces.add(Dot(front.get_center() + np.array([x, y, 0.03]), radius=0.09).set_fill(ACTIVATION, 1))
        for trace in traces:
            trace.set_z_index(21)
        return traces

    def feed_it_facts(self):
        # Let facts sink into the perceptrons
        sentences, self.traces = self.get_sentences(), self.get_traces()
        self.play(FadeOut(self.cards), FadeOut(self.title), FadeOut(self.legend), run_time=0.4)
        starts = 0.3 * np.arange(len(sentences))
        goals = [self.get_screen_point(trace.get_center()) for trace in self.traces]
        self.play(
            *(self.get_flight(*flight) for flight in zip(sentences, goals, starts, strict=True)),
            *(
                FadeIn(trace, time_span=(start + 2, start + 2.2))
                for trace, start in zip(self.traces, starts, strict=True)
            ),
        )
        self.remove(sentences)

    def ask(self):
        # Ask whether facts live in the perceptrons
        corners = [self.get_screen_point(corner) for block in self.perceptrons for corner in block.get_all_points()]
        corners += list(self.headings[1].get_bounding_box())
        frame = (
            SurroundingRectangle(VMobject().set_points_as_corners(corners), buff=0.15)
            .set_stroke(FOCUS, 4)
            .fix_in_frame()
        )
        question = Text("Do facts live here?", font_size=80).set_color(FOCUS).fix_in_frame().move_to(2.5 * UP)
        arrow = Arrow(question.get_bottom() + 0.2 * DOWN, frame.get_top(), thickness=5, buff=0.1)
        arrow.set_color(FOCUS).fix_in_frame()
        for mobject in (frame, question, arrow):
            mobject.set_z_index(40)
        self.play(
            *(block.animate.dim() for block in self.attention),
            self.pattern.animate.set_opacity(0.3),
            self.headings[0].animate.set_opacity(0.3),
            ShowCreation(frame),
            run_time=1,
        )
        self.play(FadeIn(question, 0.2 * UP), GrowArrow(arrow), run_time=0.8)
        self.wait(3)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)


class AltLastTwoChapters(InteractiveScene):
    """Words became vectors, and attention moved information between them; what is between attention blocks is left."""

    chapter = "The same, in short"

    sentences = (
        ("Words become vectors,\nand directions carry meaning", {"vectors": INPUT, "directions": INPUT}),
        ("Attention lets vectors\npass information on", {"Attention": FOCUS}),
        ("And where are facts kept?", {"facts": ACTIVATION}),
    )

    def construct(self):
        # Recall two chapters
        cards = get_earlier_chapters(3.2).arrange(RIGHT, buff=1).shift(0.3 * UP)
        names = VGroup(
            Text(f"Chapter {number}", font_size=BODY).set_color(TEXT).next_to(card, DOWN)
            for number, card in zip((5, 6), cards, strict=True)
        )
        self.play(
            LaggedStart(*(FadeIn(VGroup(*pair), UP) for pair in zip(cards, names, strict=True)), lag_ratio=0.4),
            run_time=1.4,
        )
        self.wait(0.8)

        # Move them aside and say what they told
        rows = (2.45, 0, -2.45)
        texts = VGroup(
            Text(words, font_size=HEADING, t2c=colors, alignment="LEFT").move_to([0, y, 0]).set_x(-1.4, LEFT)
            for (words, colors), y in zip(self.sentences, rows, strict=True)
        )
        self.play(FadeOut(names), run_time=0.4)
        ways = (card.animate.scale(2.1 / 3.2).move_to([-3.6, y, 0]) for card, y in zip(cards, rows, strict=False))
        self.play(LaggedStart(*ways, lag_ratio=0.5), run_time=1.5)
        self.play(FadeIn(texts[0], 0.3 * RIGHT), run_time=0.8)
        self.wait(1.2)
        self.play(FadeIn(texts[1], 0.3 * RIGHT), run_time=0.8)
        self.wait(1.2)

        # Ask for the third
        mlp, places, units = get_toy_mlp(), list(VISIBLE_COORDINATES), list(VISIBLE_UNITS)
        icon = get_mlp_icon(mlp.up[np.ix_(units, places)], mlp.down[np.ix_(places, units)], np.zeros(5), height=1.5)
        card = get_chapter_card(7, icon, 2.1).move_to([-3.6, rows[2], 0])
        card[0].set_stroke(FOCUS)
        self.play(FadeIn(card, 0.5 * UP), run_time=0.8)
        self.play(FadeIn(texts[2], 0.3 * RIGHT), run_time=0.8)
        self.wait(2.8)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)
