from manim_imports_ext import *
from truth.attention import get_toy_pattern
from truth.facts import FACTS, SPORTS, get_fact_embeddings, train_fact_mlp
from truth.toy_mlp import TOKENS

STACK_VIEW = View(-34, -16, 0, (-0.6, 0.75, 0.2), 9.6)  # the transformer, seen from the front, the right and above
COLUMN_X = 3.35  # how far the two kinds of blocks move apart
FEEDING_VIEW = View(7, -6, 0, (COLUMN_X, 0.35, 5), 6.2)  # the front perceptron, with room at both sides
ASKING_VIEW = View(20, -10, 0, (COLUMN_X + 0.7, 0.55, 4), 6.6)  # the same, with room for a question above it
# Of the trained block, those drawn: for each fact told the one that is on most, and others that are on with it.
UNITS = (50, 7, 115, 4, 174, 97, 11, 66)
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
    """Who looks at whom, as lit cells on the front of an attention block: a row for each word that looks.

    Parts: the words that look, the cells, faint words above the columns. What no word may look at is no cell at all.
    """
    cells = HeatMatrix(get_toy_pattern(), source="attention", cell=0.31)
    cells.remove(cells.brackets)
    for row, column in zip(*np.triu_indices(len(TOKENS), 1), strict=True):
        cells.get_cell(row, column).set_fill(mix_colors(ATTENTION, BACKGROUND, 0.3), 0.55)
    words, columns = VGroup(), VGroup()
    for place, token in enumerate(TOKENS):
        words.add(Text(token.words, font_size=28).set_color(TEXT).next_to(cells.get_cell(place, 0), LEFT, buff=0.12))
        name = Text(token.words, font_size=20).set_color(mix_colors(TEXT, ATTENTION, 0.2)).rotate(45 * DEG)
        above = cells.get_cell(0, place).get_top() + 0.07 * UP
        columns.add(name.shift(above - name.get_corner(DL) - 0.12 * LEFT))
    pattern = VGroup(words, cells, columns).set_max_height(3.2)
    return pattern.move_to(block.get_face("front")).shift(0.03 * OUT)


def get_answer(fact):
    """The sport that comes out of the trained block most when a fact's name comes in."""
    (readouts,) = train_fact_mlp().readouts(get_fact_embeddings()[fact : fact + 1])
    return SPORTS[int(readouts.argmax())]


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
    solid = SolidNetwork(network, 0.015, 0.09, max_value=0.4).set_activations(get_silence())
    return solid.move_to(block.get_face("front")).shift(0.2 * OUT)


def get_silence():
    """No activation anywhere in what is drawn of the trained block."""
    return [np.zeros_like(values) for values in get_fact_activations(0)]


def get_light(blocks):
    """Animation: light runs through blocks from the back to the front."""
    flashes = (
        block.faces.animate(rate_func=there_and_back).set_color(mix_colors(block.faces[0].get_color(), TEXT, 0.5))
        for block in blocks
    )
    return LaggedStart(*flashes, lag_ratio=0.35)


def get_prompt():
    """A sentence on a plate, its last word missing. Parts: the plate, the words, the gap, the missing word."""
    first, last, sport = FACTS[0]
    words = Text(f"{first} {last} plays", font_size=TITLE).set_color(TEXT)
    answer = Text(sport, font_size=TITLE).set_color(ANSWER)
    VGroup(words, answer).arrange(RIGHT, buff=0.3)
    put_on_baseline(answer, words)
    gap = RoundedRectangle(answer.get_width() + 0.25, 0.85, corner_radius=0.1).move_to(answer)
    gap.set_fill(BACKGROUND, 0.7).set_stroke(ANSWER, 3).match_y(words)
    line = VGroup(words, gap, answer)
    return VGroup(Plate(line, buff=0.3), *line).move_to(2.95 * UP).fix_in_frame()


def get_asking_picture():
    """The last picture of the opening: a column of perceptron blocks, a network on the front one, and the question.

    Returns: the blocks (the front one is the last), the network, the frame round it, the question.
    """
    blocks = Group(*get_stack()[1::2]).shift(COLUMN_X * RIGHT)
    front = blocks[-1].get_face("front")
    network = get_network_on(blocks[-1]).set_activations(get_fact_activations(LastTwoChapters.facts[-1]))
    edge = Rectangle(front.get_width(), front.get_height()).set_stroke(FOCUS, 10).move_to(front).shift(0.02 * OUT)
    question = Text("How might a block like this hold a fact?", font_size=HEADING + 4).set_color(FOCUS)
    return blocks, network, edge, question.fix_in_frame().to_edge(UP, buff=0.45)


class LastTwoChapters(CaptionedScene):
    """A language model knows facts; half of its blocks are perceptrons, and the facts may be kept in those."""

    chapter = "Where is a fact kept?"

    facts = (4, 7, 11)  # of the table, those that are told

    def construct(self):
        set_up_stack(self.frame)
        blocks = get_stack()
        self.add(blocks)
        prompt = self.complete_a_sentence(blocks)
        attention, perceptrons = self.part_the_two_kinds(blocks, prompt)
        cards = self.feed_facts(attention, perceptrons)
        self.ask(cards)

    def complete_a_sentence(self, blocks):
        # Hand the model the beginning of a sentence
        plate, words, gap, answer = prompt = get_prompt()
        self.play(FadeIn(VGroup(plate, words, gap), 0.4 * DOWN), run_time=0.8)
        self.wait(0.4)

        # Let the model complete it
        front = np.append(to_screen(self.frame, blocks[-1].get_face("front").get_center()), 0)
        self.play(get_light(blocks), self.frame.animate(rate_func=linear).reorient(-26, -13), run_time=2)
        small = answer.copy().scale(0.35).move_to(front).set_fill(opacity=0)
        self.play(FadeTransform(small, answer), run_time=0.8)

        # Ask where that is kept
        question = Text("Where is\nthat kept?", font_size=TITLE, alignment="LEFT").set_color(FOCUS)
        self.say(question.set_x(-6.1, LEFT).set_y(-0.3).fix_in_frame())
        self.play(self.frame.animate.reorient(-40, -17, 0, (-1.7, 0.75, 0.2)), run_time=2)
        return prompt

    def part_the_two_kinds(self, blocks, prompt):
        # Part the two kinds of blocks
        attention, perceptrons = Group(*blocks[0::2]), Group(*blocks[1::2])
        self.hush(FadeOut(prompt, 0.5 * UP), run_time=0.5)
        self.play(
            self.frame.animate.reorient(-7, -12, 0, (0, 0.6, 0), 9.9),
            attention.animate.shift(COLUMN_X * LEFT),
            perceptrons.animate.shift(COLUMN_X * RIGHT),
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
        role = {
            "Attention": "each word looks at itself and earlier words",
            "Multilayer perceptron": "works on each word alone",
        }[name]
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
            self.frame.animate.reorient(*FEEDING_VIEW),
            run_time=1.6,
        )
        self.remove(attention)
        guess = Text("Perhaps facts are kept in here", font_size=TITLE).set_color(FOCUS)
        self.say(guess.fix_in_frame().to_edge(UP, buff=0.45))

        # Send in only the name, and let the sport come out
        cards = [self.get_cards(fact, blocks[-1].get_face("front")) for fact in self.facts]
        self.send_in(network, self.facts[0], *cards[0])

        # Send in two more names
        for fact, before, (name, sport) in zip(self.facts[1:], cards, cards[1:], strict=False):
            self.play(FadeOut(VGroup(*before)), network.animate.set_activations(get_silence()), run_time=0.4)
            self.send_in(network, fact, name, sport, pace=2)
        return cards[-1]

    def get_cards(self, fact, face):
        """A name on a plate at the left of a block's face, the sport that the block answers at the right."""
        first, last, _ = FACTS[fact]
        cards = []
        for words, color, side in ((f"{first}\n{last}", INPUT, LEFT), (get_answer(fact), ANSWER, RIGHT)):
            text = Text(words, font_size=BODY + 4).set_color(color)
            edge = to_screen(self.frame, face.get_edge_center(side))[0] + 0.45 * side[0]
            cards.append(VGroup(Plate(text, buff=0.22), text).fix_in_frame().set_x(edge, -side).set_y(-0.35))
        return cards

    def get_sparks(self, card, balls, side, color):
        """Animation: light runs from a card to the balls that are lit, or from those to a card."""
        end = card.get_edge_center(side)
        places = [np.append(to_screen(self.frame, ball.body.get_center()), 0) for ball in balls]
        ways = (Line(*((end, place) if side[0] > 0 else (place, end))).insert_n_curves(20) for place in places)
        return AnimationGroup(
            *(VShowPassingFlash(way.set_stroke(color, 8).fix_in_frame(), time_width=0.8) for way in ways)
        )

    def send_in(self, network, fact, name, sport, pace=1):
        """Play: a name comes in at the left and lights the network layer by layer; what it plays comes out."""
        (x, neurons, update), silent = get_fact_activations(fact), get_silence()
        asked, told = (
            [ball for ball, value in zip(balls, values, strict=True) if abs(value) > 0.05]
            for balls, values in ((network.balls[0], x), (network.balls[2], update))
        )
        self.play(FadeIn(name, 0.5 * RIGHT), run_time=0.7 / pace)
        self.wait(0.3 / pace)
        self.play(
            self.get_sparks(name, asked, RIGHT, INPUT),
            network.animate(time_span=(0.4 / pace, 0.8 / pace)).set_activations([x, *silent[1:]]),
            run_time=0.8 / pace,
        )
        self.play(network.animate.set_activations([x, neurons, silent[2]]), run_time=0.6 / pace)
        self.play(network.animate.set_activations([x, neurons, update]), run_time=0.6 / pace)
        self.play(
            self.get_sparks(sport, told, LEFT, ANSWER),
            FadeIn(sport, 0.3 * RIGHT, time_span=(0.4 / pace, 0.8 / pace)),
            run_time=0.8 / pace,
        )
        self.wait(0.8)

    def ask(self, cards):
        # Ask how facts could live there
        *_, edge, question = get_asking_picture()
        self.hush(FadeOut(VGroup(*cards)), run_time=0.4)
        self.play(
            self.frame.animate.reorient(*ASKING_VIEW), FadeIn(question, 0.2 * UP), ShowCreation(edge), run_time=1.6
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
        pictures[1].set_activations(get_fact_activations(0))
        self.say("Are facts kept in here?", FadeIn(pictures[1]), beside=blocks[1], side=UP, color=FOCUS)
        self.play(self.frame.animate.reorient(8, -8), run_time=3)
        self.wait(2)
