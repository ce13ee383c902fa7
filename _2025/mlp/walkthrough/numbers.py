"""What acts D to J share: matrices and columns on plates before the back wall, above the lane.

The page they are laid out on is the plane z = 0, from PAGE_LEFT to PAGE_RIGHT and PAGE_BOTTOM to PAGE_TOP.
"""

from _2025.mlp.walkthrough.stage import (
    MAX_VALUE,
    Answers,
    Biased,
    Neurons,
    OneAct,
    Product,
    Update,
    get_column,
    get_pass,
)
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp

PAGE_LEFT, PAGE_RIGHT, PAGE_BOTTOM, PAGE_TOP = -6.6, 6.65, -2.75, 3.6
CAPTION_Y = 3.32  # of all that is said
MIDDLE_Y = 0.0  # of the products on the page
SIZE = 36  # font size of their numbers
MICHAEL, JORDAN = INPUT, mix_colors(INPUT, ACTIVATION, 0.75)
BASKETBALL = TARGET
DOWN_SIZE, DOWN_Y = 30, 0.05  # of the down projection: font size of the numbers, middle of the matrix
DOWN_GROWTH = 1.3  # as long as it has the page for itself
TALL = {"v_buff": 1.75}  # its rows lie farther apart than elsewhere: it is flat
PASSES = [get_pass(token) for token in range(len(TOKENS))]
SHAPE = {"h_buff": 0.5, "v_buff": 1.3}
COLORS = {"positive": POSITIVE_RAMP, "negative": NEGATIVE_RAMP, "max_value": MAX_VALUE, "has_tiles": True}


class PageAct(OneAct):
    """An act on the page above the low stage; all that it says stands at one place."""

    def say_above(self, words, *animations, run_time=None):
        """As `say`, at the top of the page, in large letters."""
        caption = Text(words, font_size=BODY).set_color(TEXT).set_max_width(PAGE_RIGHT - PAGE_LEFT)
        self.say(caption.move_to(CAPTION_Y * UP), *animations, run_time=run_time)


def set_up_product(act):
    """The product as act D hands it on, put on stage at once."""
    product = get_finished_product(act.set_up_stage("embedding", "card", "up", low=True))
    act.add(*get_parts(product))
    return product


def set_up_biased(act):
    """The product with its bias as act F hands it on, put on stage at once."""
    biased = get_biased(act.set_up_stage("embedding", "card", "up", low=True))
    act.add(*get_parts(biased))
    return biased


def get_large_column(values, name, shown, size=SIZE, **shape):
    """A vector as a column of tiles on the page."""
    return get_column(values, name, shown, font_size=size, **(SHAPE | shape))


def get_large_matrix(values, name, rows, columns, size=SIZE, **shape):
    """A matrix of tiles on the page."""
    config = {"font_size": size, **SHAPE, **COLORS, **shape}
    return WeightMatrix(values, source=name, shown_rows=rows, shown_columns=columns, **config)


def get_plate(mobject):
    """The plate that a matrix or a column stands on."""
    return Plate(mobject, buff=0.13)


def get_parts(page):
    """All that stands of a Product or Biased on the page, in the order in which it is painted."""
    product = page.product if isinstance(page, Biased) else page
    own = [page.plus, page.bias] if isinstance(page, Biased) else []
    return VGroup(product.plates, product.matrix, product.vector, product.equals, product.result, *own)


def get_product(stage):
    """The product, worked out, in its place on the page; and what works it out."""
    matrix = get_large_matrix(get_toy_mlp().up, "W_up", VISIBLE_UNITS, VISIBLE_COORDINATES)
    vector = get_large_column(get_pass().x, "E", VISIBLE_COORDINATES)
    matrix.move_to([PAGE_LEFT + 0.13, MIDDLE_Y, 0], LEFT)
    vector.next_to(matrix, RIGHT, buff=0.34)
    right = MatrixVectorProduct(matrix, vector, source="W_up E", buff=0.24, **COLORS, **SHAPE)
    plates = VGroup(map(get_plate, (matrix, vector, right.result)))
    return Product(stage, plates, matrix, vector, right.equals, right.result), right


def get_finished_product(stage):
    """The product as act D hands it on."""
    product, _ = get_product(stage)
    product.result.set_values(get_pass().product, "W_up E")
    product.result.cells.set_opacity(1)
    return product


def get_bias(product):
    """A plus, the bias, its plate: in their places right of the vector; and how far the result must move for them."""
    size = product.matrix.get_font_size()
    plus = Text("+", font_size=1.3 * size).set_color(TEXT).next_to(product.vector, RIGHT, buff=0.2)
    bias = get_large_column(get_toy_mlp().up_bias, "b_up", VISIBLE_UNITS, size)
    bias.next_to(plus, RIGHT, buff=0.2).match_y(product.matrix)
    return plus, bias, get_plate(bias), (bias.get_right()[0] - product.vector.get_right()[0]) * RIGHT


def get_biased(stage):
    """The product and its bias, as act F hands them on."""
    product = get_finished_product(stage)
    plus, bias, plate, room = get_bias(product)
    VGroup(product.plates[2], product.equals, product.result).shift(room)
    product.plates.add(plate)
    product.result.set_values(get_pass().pre, "W_up E + b_up")
    return Biased(product, plus, bias)


def get_answers(stage):
    """The up projection's results as act H hands them on, at the page's left edge."""
    column = get_large_column(get_pass().pre, "W_up E + b_up", VISIBLE_UNITS).move_to([-5.75, MIDDLE_Y, 0])
    return Answers(stage, get_plate(column), column)


def get_down_matrix():
    """The down projection, in its place at the left of the page."""
    matrix = get_large_matrix(get_toy_mlp().down, "W_down", VISIBLE_COORDINATES, VISIBLE_UNITS, DOWN_SIZE, **TALL)
    return matrix.move_to([PAGE_LEFT + 0.03, DOWN_Y, 0], LEFT)


def get_neurons(stage):
    """The neurons as act I hands them on, each over the place of its column of the large down projection."""
    return Neurons(stage, get_balls_over(get_large_down_matrix(), 0.31))


def get_large_down_matrix():
    """The down projection, in the middle of the page, before anything else needs room."""
    return get_down_matrix().scale(DOWN_GROWTH).move_to(0.12 * DOWN)


def get_balls_over(matrix, radius):
    """The active token's neurons, each over its column of the down projection."""
    balls, top = Group(), get_plate(matrix).get_top()[1]
    for unit in VISIBLE_UNITS:
        ball = Ball(radius).set_value(get_pass().neurons[unit])
        balls.add(ball.move_to([matrix.get_tile(0, unit).get_x(), top + radius + 0.15, 0]))
    return balls


def get_update(stage):
    """The update as act J hands it on, in the middle of the page."""
    column = get_large_column(get_pass().update, "W_down n + b_down", VISIBLE_COORDINATES, DOWN_SIZE, **TALL)
    column.move_to(DOWN_Y * UP)
    return Update(stage, get_plate(column), column)


def get_ledger(left, right, names, size=34):
    """A dot product worked out: the products of the entries shown, what the others add, the sum.

    Args:
        left, right: (64,), the two vectors.
        names: of the two.
        size: font size of the numbers.

    Returns:
        a VGroup: the plate, the lines of the entries shown, the line of the others, the rule, the sum.
    """
    name, shown = " · ".join(names), list(VISIBLE_COORDINATES)
    lines = VGroup()
    for k in VISIBLE_COORDINATES:
        factors = (
            get_number(v[k], 1, source=(n, k), font_size=size) for v, n in zip((left, right), names, strict=True)
        )
        product = get_number(left[k] * right[k], 2, source=(name, k), font_size=size)
        signs = (Tex(tex, font_size=size + 4) for tex in (R"\cdot", "="))
        a, b = factors
        times, equals = signs
        lines.add(VGroup(a, times, b, equals, product).arrange(RIGHT, buff=0.16))
    lines.arrange(DOWN, buff=0.26, aligned_edge=RIGHT)
    words = Text(f"other {len(left) - len(shown)}:", font_size=size).set_color(TEXT)
    words.sources = [Source("entries behind the dots", (), np.array(len(left) - len(shown)))]
    hidden = np.delete(left, shown) @ np.delete(right, shown)
    rest = get_number(hidden, 2, source=(f"{name}, behind the dots", ()), font_size=size)
    others = VGroup(words, rest).arrange(RIGHT, buff=0.16)
    put_on_baseline(words, rest)
    others.next_to(lines, DOWN, buff=0.26).align_to(lines, RIGHT)
    rule = Line(ORIGIN, lines.get_width() * RIGHT).set_stroke(MUTED, 3).next_to(others, DOWN, buff=0.2)
    rule.align_to(lines, RIGHT)
    total = get_number(left @ right, 2, source=(name, ()), font_size=1.25 * size).set_color(FOCUS)
    total.next_to(rule, DOWN, buff=0.2).align_to(lines, RIGHT)
    return VGroup(Plate(VGroup(lines, others, rule, total), buff=0.25), lines, others, rule, total)


def has_words(*words):
    """(n_tokens,) of bool: which tokens have all these words in them."""
    return np.array([all(word in token.words for word in words) for token in TOKENS])


def step_back(matrix, rows, share=0.3):
    """Animation: rows become faint tiles without digits; `Restore(matrix)` brings them back."""
    matrix.save_state()
    matrix.generate_target()
    for row in rows:
        for part in matrix.target.get_row(row):
            part.set_fill(opacity=share if isinstance(part, Rectangle) else 0)
    matrix.target.get_ellipses().set_fill(opacity=share)
    return MoveToTarget(matrix)


class Board(VGroup):
    """A score for every token of the sentence, as a bar from a line at zero.

    Parts: `plate`, `names`, `zero` (the line), `bars`, `numbers` (a NumericEmbedding; bars follow it).

    Args:
        scores: (n_tokens,) in the sentence's order.
        source: what they are.
    """

    unit, pitch = 0.25, 0.57

    def __init__(self, scores, source):
        colors = {"positive": POSITIVE_RAMP[1:] * 2, "negative": NEGATIVE_RAMP[1:] * 2, "neutral": MUTED}
        self.numbers = NumericEmbedding(scores, source=source, max_value=2, font_size=30, **colors)
        self.numbers.remove(self.numbers.brackets)
        self.names = VGroup(Text(token.words, font_size=27).set_color(TEXT) for token in TOKENS)
        self.names[ACTIVE].set_color(FOCUS)
        self.bars = VGroup(VMobject().set_stroke(width=0).set_fill(NEUTRAL, 1) for _ in TOKENS)
        for place, (name, number) in enumerate(zip(self.names, self.numbers.get_entries(), strict=True)):
            y = -self.pitch * place
            number.shift((1.18 - number.get_right()[0]) * RIGHT + (y - number[-1].get_y()) * UP)
            put_on_baseline(name.move_to([-0.48, y, 0], RIGHT), number[-1:])
        self.zero = Line([0, 0.3, 0], [0, -7.3 * self.pitch, 0]).set_stroke(MUTED, 2)
        content = VGroup(self.names, self.zero, self.numbers)
        self.plate = Plate(content, buff=0.16)
        super().__init__(self.plate, self.names, self.bars, self.zero, self.numbers)
        self.bars.add_updater(lambda bars: self.follow())
        self.follow()

    def follow(self):
        """Let every bar end at its number."""
        x = self.zero.get_x()
        scale = self.zero.get_height() / (7.3 * self.pitch + 0.3)
        for bar, number in zip(self.bars, self.numbers.get_entries(), strict=True):
            y, end = number[-1].get_y(), x + self.unit * scale * number.value
            low, high = y - 0.16 * scale, y + 0.16 * scale
            bar.set_points_as_corners([(x, low, 0), (end, low, 0), (end, high, 0), (x, high, 0), (x, low, 0)])
            bar.set_fill((POSITIVE_RAMP if number.value > 0 else NEGATIVE_RAMP)[1])
        return self.bars

    def get_line(self, token):
        """A token's name, bar and number."""
        return VGroup(self.names[token], self.bars[token], self.numbers.get_entry(token))
