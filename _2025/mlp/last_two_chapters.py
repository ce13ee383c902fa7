from itertools import cycle

from manim_imports_ext import *
from truth.attention import get_toy_pattern
from truth.facts import FACTS, get_fact_embeddings, train_fact_mlp
from truth.toy_mlp import TOKENS

STACK_VIEW = View(-34, -16, 0, (-1.1, 0.75, 0.2), 9.6)  # the transformer, seen from the front, the right and above
ASKING_VIEW = View(24, -12, 0, (-0.2, -0.95, 0), 10)  # the front perceptron, with room for a question at its left
UNITS = (
    0,
    1,
    4,
    7,
    8,
    11,
    12,
    15,
)  # of the trained block, those drawn: each is most a neuron for the fact of its number
KINDS = {"Attention": (ATTENTION, 0.55), "Multilayer perceptron": (FEED_FORWARD, 0.95)}  # colour and depth of a block
ANSWER = TARGET  # the sport, wherever it stands


def set_up_stack(frame):
    """Look at the stack as the film first sees it, with a lens that keeps its depth."""
    frame.set_euler_axes("zxy")
    frame.set_field_of_view(28 * DEG)
    frame.reorient(*STACK_VIEW)


def get_stack(n_layers=5, width=5.4, height=3.4, gap=0.32):
    """A transformer: blocks of attention and perceptron blocks in turn, from the back to the front."""
    kinds = list(KINDS.values()) * n_layers
    blocks = Group(
        SolidBlock(width, height, depth, color=mix_colors(color, BACKGROUND, 0.12)) for color, depth in kinds
    )
    for block in blocks:
        block.faces.set_shading(0.3, 0.2, 0.6)
    return blocks.arrange(OUT, buff=gap).center()


def get_pattern_on(block):
    """Who looks at whom, as lit cells on the front of an attention block, with the words that look."""
    cells = HeatMatrix(get_toy_pattern(), source="attention", cell=0.36)
    cells.remove(cells.brackets)
    words = VGroup(
        Text(token.words, font_size=27).set_color(TEXT).next_to(cells.get_cell(row), LEFT, buff=0.15)
        for row, token in enumerate(TOKENS)
    )
    return VGroup(words, cells).move_to(block.get_face("front")).shift(0.03 * OUT)


def get_fact_activations(fact):
    """Of what is drawn of the trained block: the embedding, neurons and update for a fact's name."""
    x, places = get_fact_embeddings()[fact], get_places()
    run = train_fact_mlp()
    return x[places], run.neurons(x[None])[0, list(UNITS)], run.update(x[None])[0, places]


def get_places():
    """The coordinates that are drawn: those in which the first name is largest, and those in which the others are."""
    first, *others = np.abs(get_fact_embeddings())
    order = [*np.argsort(-first)[:2], *np.argsort(-np.sum(others, axis=0) * (first == 0))[:3]]
    return np.sort(order)


def get_network_on(block):
    """Part of a block that was trained on facts, as lit balls on the front of a perceptron block."""
    up, up_bias, down, down_bias = train_fact_mlp().parameters_at(np.inf)
    units, places = list(UNITS), get_places()
    network = get_mlp_icon(
        up[np.ix_(units, places)],
        down[np.ix_(places, units)],
        get_fact_embeddings()[0][places],
        up_bias=up_bias[units],
        down_bias=down_bias[places],
        height=2.9,
        layer_buff=1.9,
    )
    solid = SolidNetwork(network, 0.015, 0.09, max_value=0.4).set_activations(get_fact_activations(0))
    return solid.move_to(block.get_face("front")).shift(0.2 * OUT)


def get_light(blocks):
    """Animation: light runs through blocks from the back to the front."""
    flashes = (
        block.faces.animate(rate_func=there_and_back).set_color(mix_colors(block.faces[0].get_color(), TEXT, 0.75))
        for block in blocks
    )
    return LaggedStart(*flashes, lag_ratio=0.35)


class LastTwoChapters(CaptionedScene):
    """A language model knows facts; half of its blocks are perceptrons, and the facts may be kept in those."""

    chapter = "Where is a fact kept?"

    column_x = 3.35  # how far the two kinds of blocks move apart
    facts = (4, 7, 8, 11, 12, 15)  # of the table, those that are told
    lanes = (1.75, 0.15, -1.45)  # the heights at which they come in
    flight_time, lag = 3.2, 0.42  # of a fact, in seconds, and between two, as a part of that

    def construct(self):
        set_up_stack(self.frame)
        blocks = get_stack()
        self.add(blocks)
        prompt = self.complete_a_sentence(blocks)
        attention, perceptrons = self.part_the_two_kinds(blocks, prompt)
        self.feed_facts(attention, perceptrons)
        self.ask(perceptrons)

    def get_prompt(self):
        """A sentence on a plate, its last word missing. Parts: the plate, the words, the gap, the missing word."""
        first, last, sport = FACTS[0]
        words = Text(f"{first} {last} plays", font_size=TITLE).set_color(TEXT)
        answer = Text(sport, font_size=TITLE).set_color(ANSWER).set_backstroke(BACKGROUND, 8)
        VGroup(words, answer).arrange(RIGHT, buff=0.3)
        put_on_baseline(answer, words)
        gap = RoundedRectangle(answer.get_width() + 0.25, 0.85, corner_radius=0.1).move_to(answer)
        gap.set_fill(BACKGROUND, 0.7).set_stroke(ANSWER, 3).match_y(words)
        line = VGroup(words, gap, answer)
        return VGroup(Plate(line, buff=0.3), *line).move_to(2.95 * UP).fix_in_frame()

    def complete_a_sentence(self, blocks):
        # Hand the model the beginning of a sentence
        plate, words, gap, answer = prompt = self.get_prompt()
        self.play(FadeIn(VGroup(plate, words, gap), 0.4 * DOWN), run_time=0.8)
        self.wait(0.4)

        # Let the model complete it
        front = np.append(to_screen(self.frame, blocks[-1].get_face("front").get_center()), 0)
        self.play(get_light(blocks), self.frame.animate(rate_func=linear).reorient(-26, -13), run_time=2)
        self.play(TransformFromCopy(answer.copy().scale(0.3).move_to(front).set_opacity(0), answer))

        # Ask where that is kept
        question = Text("Where is\nthat kept?", font_size=TITLE, alignment="LEFT").set_color(FOCUS)
        self.say(question.set_x(-6.4, LEFT).set_y(-0.5).fix_in_frame())
        self.play(self.frame.animate.reorient(-42, -18), run_time=2)
        return prompt

    def part_the_two_kinds(self, blocks, prompt):
        # Part the two kinds of blocks
        attention, perceptrons = Group(*blocks[0::2]), Group(*blocks[1::2])
        self.hush(FadeOut(prompt, 0.5 * UP), run_time=0.5)
        self.play(
            self.frame.animate.reorient(-7, -12, 0, (0, 0.6, 0), 9.9),
            attention.animate.shift(self.column_x * LEFT),
            perceptrons.animate.shift(self.column_x * RIGHT),
            run_time=1.8,
        )

        # Show the pattern of attention
        headings = [
            self.get_heading(name, column[-1]) for name, column in zip(KINDS, (attention, perceptrons), strict=True)
        ]
        put_on_baseline(headings[1][0], headings[0][0])
        pattern, network = get_pattern_on(attention[-1]), get_network_on(perceptrons[-1])
        self.play(FadeIn(headings[0], 0.2 * UP), FadeIn(pattern, lag_ratio=0.03), run_time=1.2)
        self.wait(1.3)

        # Show a network inside a perceptron block
        self.play(
            FadeIn(headings[1], 0.2 * UP),
            LaggedStart(FadeIn(network.balls[0]), FadeIn(network.tubes), FadeIn(network.balls[1:]), lag_ratio=0.4),
            run_time=1.4,
        )
        self.wait(1.4)
        return Group(attention, pattern, headings[0]), Group(perceptrons, network, headings[1])

    def get_heading(self, name, block):
        """What a kind of block is called, and what it does, above the front one."""
        role = {"Attention": "each word looks at earlier words", "Multilayer perceptron": "works on each word alone"}[
            name
        ]
        lines = VGroup(
            Text(name, font_size=BODY).set_color(TEXT),
            Text(role, font_size=LABEL).set_color(mix_colors(MUTED, TEXT, 0.5)),
        ).arrange(DOWN, buff=0.14)
        lines.set_backstroke(BACKGROUND, 6)
        place = block.get_face("front").get_top() + 0.1 * UP
        return lines.fix_in_frame().move_to(np.append(to_screen(self.frame, place), 0), DOWN).set_y(2.0, DOWN)

    def feed_facts(self, attention, perceptrons):
        # Come closer to the perceptrons
        blocks, network, heading = perceptrons
        self.play(
            FadeOut(VGroup(attention[1], attention[2], heading), time_span=(0, 0.6)),
            *(block.animate.shift(9 * LEFT) for block in attention[0]),
            self.frame.animate.reorient(17, -9, 0, (0.4, 0.1, 0), 8.8),
            run_time=1.6,
        )
        self.remove(attention)
        guess = Text("Perhaps facts are kept in here", font_size=TITLE).set_color(FOCUS)
        self.say(guess.fix_in_frame().to_edge(UP, buff=0.5))

        # Let facts sink into the perceptrons
        face = blocks[-1].get_face("front")
        x = to_screen(self.frame, face.get_left())[0] + 0.55
        cards = [self.get_card(FACTS[place], y) for place, y in zip(self.facts, cycle(self.lanes), strict=False)]
        flights = LaggedStart(*(self.get_flight(card, x) for card in cards), lag_ratio=self.lag)
        length = flights.get_run_time() + 0.8
        arrivals = self.flight_time * (0.95 + self.lag * np.arange(len(cards)))
        self.play(
            flights,
            self.get_glow(blocks, arrivals / length, run_time=length),
            self.get_patterns(network, arrivals / length, run_time=length),
            self.frame.animate(rate_func=linear, run_time=length).reorient(10, -7),
        )
        self.remove(*cards)

    def get_card(self, fact, y):
        """A fact on a plate at the left, in one of the lanes."""
        first, last, sport = fact
        words = Text(f"{first} {last} plays {sport}", font_size=34, t2c={sport: ANSWER})
        return VGroup(Plate(words, buff=0.2), words).set_x(-6.6, LEFT).set_y(y).fix_in_frame()

    def get_glow(self, blocks, arrivals, run_time):
        """Animation: blocks light up whenever a card has gone in, at these shares of the time."""
        dark = blocks[0].faces[0].get_color()
        bright = mix_colors(dark, TEXT, 0.6)

        def glow(group, alpha):
            light = float(np.exp(-(((alpha - arrivals) * run_time / 0.22) ** 2)).max())
            for block in group:
                block.faces.set_color(mix_colors(dark, bright, light))

        return UpdateFromAlphaFunc(blocks, glow, rate_func=linear, run_time=run_time)

    def get_patterns(self, network, arrivals, run_time):
        """Animation: with each fact that goes in, at these shares of the time, the network shows what it does to it."""
        patterns = [get_fact_activations(fact) for fact in (0, *self.facts)]

        def light(network, alpha):
            place = int((arrivals <= alpha).sum())
            since = (alpha - arrivals[place - 1]) * run_time / 0.4 if place else 1
            share, before, now = smooth(min(since, 1)), patterns[max(place - 1, 0)], patterns[place]
            network.set_activations([(1 - share) * a + share * b for a, b in zip(before, now, strict=True)])

        return UpdateFromAlphaFunc(network, light, rate_func=linear, run_time=run_time)

    def get_flight(self, card, x):
        """Animation: a card comes in, can be read, shrinks and goes into the block, whose side begins at x."""
        whole, goal = card.copy(), np.array([x, card.get_y(), 0])
        begin = whole.copy().shift(0.6 * LEFT)

        def fly(mobject, alpha):
            coming, going, sinking = (
                smooth(np.clip((alpha - low) / (high - low), 0, 1))
                for low, high in ((0, 0.14), (0.62, 0.96), (0.88, 1))
            )
            mobject.become(begin).shift(0.6 * coming * RIGHT)
            mobject.scale(1 - 0.5 * going).move_to(interpolate(mobject.get_center(), goal, going))
            mobject.set_opacity(coming * (1 - sinking))

        return UpdateFromAlphaFunc(card, fly, rate_func=linear, run_time=self.flight_time)

    def ask(self, perceptrons):
        # Ask how facts could live there
        question = Text("How might\na block like this\nhold a fact?", font_size=TITLE, alignment="LEFT").set_color(
            FOCUS
        )
        question.fix_in_frame().set_x(-6.5, LEFT).set_y(0.4)
        front = perceptrons[0][-1].get_face("front")
        edge = Rectangle(front.get_width(), front.get_height()).set_stroke(FOCUS, 10).move_to(front).shift(0.02 * OUT)
        self.hush(
            self.frame.animate.reorient(*ASKING_VIEW),
            FadeIn(question, 0.3 * RIGHT),
            ShowCreation(edge),
            run_time=1.6,
        )
        self.wait(3)


class AltLastTwoChapters(CaptionedScene):
    """Attention moves information between words; what perceptrons do is left to be told."""

    chapter = "The same, in short"

    def construct(self):
        # Show the two kinds of blocks
        set_up_stack(self.frame)
        self.frame.reorient(-24, -14, 0, ORIGIN, 9)
        blocks = get_stack(1).arrange(RIGHT, buff=1.0)
        pictures = Group(get_pattern_on(blocks[0]), get_network_on(blocks[1]))
        self.add(blocks)
        self.play(self.frame.animate.reorient(-8, -8), FadeIn(pictures[0], lag_ratio=0.03), run_time=1.6)
        self.say("Attention moves information between words", beside=blocks[0], side=UP)
        self.wait(2)

        # Ask for the other
        self.say("Are facts kept in here?", FadeIn(pictures[1]), beside=blocks[1], side=UP, color=FOCUS)
        self.play(self.frame.animate.reorient(8, -8), run_time=3)
        self.wait(2)
