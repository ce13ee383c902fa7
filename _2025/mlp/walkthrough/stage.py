"""What the acts of the walkthrough share: the stage, and what each act hands on to the next.

How acts are written
    Each act is a class of its own (custom/acts.py) in a file of its own. It says by its types what it takes over and
    what it hands on, and keeps nothing on `self`:

        class UpProjection(OneAct):
            '''What the viewer believes afterwards.'''

            def set_up(self) -> Stage:
                return self.set_up_stage()

            def act(self, before: Stage) -> Product: ...

    A the_stage.py SetTheStage             B in_parallel.py EverythingInParallel   C the_fact.py TheFact
    D up_projection.py UpProjection        E rows_as_questions.py RowsAsQuestions  F bias.py AddTheBias
    G counting.py CountParameters          H collapse.py CollapseUpProjection      I relu.py RectifyToNeurons
    J down_projection.py DownProjection    K the_sum.py AddItUp                    all, in a list: walkthrough.py

How an author runs one
    manimgl _2025/mlp/walkthrough/up_projection.py UpProjection -se LINE    stop at any line of it
    darkroom sheet _2025/mlp/walkthrough/up_projection.py:UpProjection      look at this act alone
    darkroom render _2025/mlp/walkthrough:UpProjection                      render it alone
    darkroom sheet _2025/mlp:BasicMLPWalkThrough                            all of them

Space
    The floor is the xz plane, y is up; tokens stand one behind the other along the depth axis (negative z), the active
    one in front, in the plane z = 0: seen by PAGE, that plane is the usual page of 14.2 by 8 units. From left to right:
    the embedding, the block (a tunnel) with the three vectors in it, the plus, the output; a wire goes round the block.
    The stage has two forms. Full: numbers on tiles, below STAGE_TOP. Low: its vectors and arrows in small, without
    digits and without the block, below LOW_TOP, so that acts D to J have the page above it; the present step is lit.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, Pass, get_toy_mlp

PAGE = View()  # what acts D to J are made for
MAX_VALUE = 1.5  # the magnitude with the strongest colour, in every vector and matrix of the walkthrough
STAGE_SIZE = 30  # font size of the numbers in the full stage
GROUND, STAGE_TOP, LOW_TOP = -3.82, 0.32, -3.15  # heights
LOW_Y, LOW_SIZE = -3.55, 0.22  # of the low stage: its middle, its scale
LOW_CHIP = 1.75, 0.5  # width and height of the names of its steps
EMBEDDING_X, VECTOR_XS, PLUS_X, OUTPUT_X = -6.0, (-3.0, 0.1, 3.2), 4.75, 6.0
BLOCK_LEFT, BLOCK_RIGHT, BLOCK_TOP = -5.0, 4.25, -0.1
MIDDLE_Y = -1.98  # of vectors, embedding, arrows
WIRE_Y = 0.22  # of the wire above the block
TOKEN_GAP, FIRST_GAP = 1.6, 0.9  # between tokens, along the depth axis; so much more behind the active one
FRONT_Z = 0.45  # of the block's open front
BRICK_DEPTH = 0.4  # of the bodies that other tokens' vectors are
LANE_HEIGHT = 0.7  # of the other tokens' ways, as a share of the active one's
HEADLINE_Y = 3.35  # of captions
OPEN_SIDES = ("front", "left", "right")


@dataclass
class Stage:
    """The stage: each field but the last is a part that can be lit or dim; in the order in which they are painted."""

    room: SolidBlock  # the block, open in front and at both sides
    tokens: Group  # all other tokens, farthest first: VGroups of a plate and a NumericEmbedding without digits
    card: Plate  # what the active token's embedding stands on
    embedding: NumericEmbedding
    up: "Step"
    pre: NumericEmbedding
    relu: "Step"
    neurons: NumericEmbedding
    down: "Step"
    update: NumericEmbedding
    wire: "Wire"
    output: NumericEmbedding
    docked: VGroup = field(default_factory=VGroup)  # what acts D to J leave beside the arrows

    def get_parts(self) -> dict[str, Mobject]:
        """What can be lit or dim, by name."""
        return {name: part for name, part in vars(self).items() if name != "docked"}

    def get_vectors(self) -> list[NumericEmbedding]:
        """What embedding, steps and sum lead to, from left to right."""
        return [self.embedding, self.pre, self.neurons, self.update, self.output]


@dataclass
class Product:
    """The up projection worked out on the page."""

    stage: Stage
    plates: VGroup
    matrix: WeightMatrix
    vector: NumericEmbedding
    equals: VMobject
    result: NumericEmbedding


@dataclass
class Biased:
    """The same with its bias."""

    product: Product
    plus: VMobject
    bias: NumericEmbedding


@dataclass
class Answers:
    """What came out of the up projection, alone on the page."""

    stage: Stage
    plate: Plate
    column: NumericEmbedding


@dataclass
class Neurons:
    """The active token's neurons, in a row on the page."""

    stage: Stage
    balls: Group


@dataclass
class Update:
    """What came out of the down projection, alone on the page."""

    stage: Stage
    plate: Plate
    column: NumericEmbedding


class OneAct(Act):
    """An act of the walkthrough."""

    def setup(self) -> None:
        super().setup()
        set_telephoto(self.frame, LENS)

    def set_up_stage(self, *lit: str, low: bool = False) -> Stage:
        """Put the stage up at once, seen by PAGE, with all parts lit unless some are named."""
        self.frame.reorient(*PAGE)
        stage = get_stage(*lit, low=low)
        self.add(*stage.get_parts().values(), stage.docked)
        return stage


LENS = 18  # field of view in degrees


@lru_cache
def get_pass(token: int = ACTIVE) -> Pass:
    """A token's way through the block."""
    return get_toy_mlp().forward(TOKENS[token].embedding)


# What stands on the stage, in its place


def get_column(values, name, shown, font_size=STAGE_SIZE, **config):
    """A vector as all are drawn: numbers on tiles, blue above zero, orange below."""
    defaults = {"positive": POSITIVE_RAMP, "negative": NEGATIVE_RAMP, "max_value": MAX_VALUE, "v_buff": 0.8}
    return NumericEmbedding(
        values, source=name, shown_entries=shown, font_size=font_size, has_tiles=True, **(defaults | config)
    )


def get_depths():
    """The z coordinate of each token, in the sentence's order: the active one in front, the others behind."""
    behind = [index for index in range(len(TOKENS)) if index != ACTIVE]
    places = {index: -TOKEN_GAP * (place + 1) - FIRST_GAP for place, index in enumerate(behind)}
    return [places.get(index, 0.0) for index in range(len(TOKENS))]


def get_embedding(token=ACTIVE):
    """A token's embedding, where it stands before the block."""
    name = "E" if token == ACTIVE else f"E of '{TOKENS[token].words}'"
    column = get_column(TOKENS[token].embedding, name, VISIBLE_COORDINATES)
    return column.move_to([EMBEDDING_X, MIDDLE_Y, get_depths()[token]])


def get_card(embedding, color=PLATE):
    """What an embedding stands on; it hides those farther away."""
    return Plate(embedding, buff=0.1, color=color).shift(0.01 * IN)


def get_token(token):
    """Another token, as it stands behind the active one: cells on a plate."""
    embedding = get_embedding(token)
    return hide_digits(VGroup(get_card(embedding, mix_colors(PLATE, BACKGROUND, 0.4)), embedding))


def get_others():
    """Which tokens stand behind the active one, farthest first, so that nearer ones are painted over them."""
    return [int(token) for token in np.argsort(get_depths()) if token != ACTIVE]


def get_tokens():
    """All tokens but the active one, farthest first."""
    return Group(get_token(token) for token in get_others())


def get_block():
    """The block, closed."""
    depth = FRONT_Z - min(get_depths()) + 0.5
    block = SolidBlock(BLOCK_RIGHT - BLOCK_LEFT, BLOCK_TOP - GROUND, depth)
    return block.move_to([(BLOCK_LEFT + BLOCK_RIGHT) / 2, (BLOCK_TOP + GROUND) / 2, FRONT_Z - depth / 2])


def get_room():
    """The block, without its front and its sides."""
    room = get_block()
    for side in OPEN_SIDES:
        room.remove_face(side)
    return room


class Step(Group):
    """What is done on the way from one vector to the next.

    Parts: `arrow` (a SolidArrow), `label`; and what stands for both in the low stage: `chip`, `name`.
    """

    def __init__(self, start, end, words, name):
        self.arrow = SolidArrow([start, MIDDLE_Y, 0], [end, MIDDLE_Y, 0], OPERATION, 0.1)
        self.label = Text(words, font_size=LABEL).set_backstroke(BACKGROUND, 4).next_to(self.arrow, UP, buff=0.15)
        w, h = np.array(LOW_CHIP) / 2
        corners = [(-w, h, 0), (w - h, h, 0), (w, 0, 0), (w - h, -h, 0), (-w, -h, 0)]
        self.chip = Polygon(*corners).set_stroke(width=0).set_fill(OPERATION, 0).move_to(self.arrow)
        self.name = Text(name, font_size=36).set_color(TEXT).set_opacity(0).move_to(self.chip)
        super().__init__(self.arrow, self.label, self.chip, self.name)

    def become_low(self, is_lit, is_current):
        """Show the name on its chip, in place of arrow and label."""
        self.arrow.scale(0.7).set_y(LOW_Y).set_opacity(0)
        self.label.scale(0.7).set_y(LOW_Y).set_opacity(0)
        VGroup(self.chip, self.name).set_y(LOW_Y)
        self.chip.set_fill(OPERATION if is_current else PLATE, 1)
        self.name.set_fill(PANEL if is_current else TEXT if is_lit else mix_colors(MUTED, TEXT, 0.3), 1)


class Wire(Group):
    """The way round the block, and the plus in which it ends.

    Parts: `tubes` (from the embedding over the block into the plus; from the update into it; to the output), `plus`.
    `around` and `through` are lines, no parts, for light to run along.
    """

    def __init__(self, start, update, output_left):
        over = [PLUS_X, MIDDLE_Y + 0.25, 0]
        corners = [start, [start[0], WIRE_Y, 0], [PLUS_X, WIRE_Y, 0], over]
        branch = [update, [PLUS_X - 0.25, MIDDLE_Y, 0]]
        stub = [[PLUS_X + 0.25, MIDDLE_Y, 0], output_left]
        pieces = [*pairwise(corners), branch, stub]
        self.tubes = Group(get_tube(np.array(a, float), np.array(b, float), 0.11) for a, b in pieces)
        joints = (Sphere(radius=0.055, resolution=(13, 7)).move_to(corner) for corner in corners[1:3])
        self.tubes.add(*(joint.set_shading(0.3, 0.1, 0.4).apply_depth_test() for joint in joints))
        self.tubes.set_color(ACTIVATION)
        ring = Circle(radius=0.25).set_stroke(ACTIVATION, 6).set_fill(BACKGROUND, 1)
        bars = (Line(0.13 * way, -0.13 * way).set_stroke(ACTIVATION, 6) for way in (RIGHT, UP))
        self.plus = VGroup(ring, *bars).move_to([PLUS_X, MIDDLE_Y, 0])
        self.around = VMobject().set_points_as_corners(np.array(corners, float))
        self.through = Line(np.array(branch[0], float), np.array(branch[1], float), buff=0)
        super().__init__(self.tubes, self.plus)


def get_stage(*lit, low=False):
    """The stage.

    Args:
        lit: the names of the parts that are lit; all of them if none is named.
        low: small and without digits, so that there is a page above it.
    """
    seen = get_pass()
    embedding = get_embedding()
    pre, neurons = (
        get_column(values, name, VISIBLE_UNITS)
        for values, name in ((seen.pre, "W_up E + b_up"), (seen.neurons, "neurons"))
    )
    update = get_column(seen.update, "update", VISIBLE_COORDINATES)
    for vector, x in zip((pre, neurons, update), VECTOR_XS, strict=True):
        vector.move_to([x, MIDDLE_Y, 0])
    output = get_column(get_sum(embedding, update), "E + update", VISIBLE_COORDINATES)
    output.move_to([OUTPUT_X, MIDDLE_Y, 0])
    stops = [embedding, pre, neurons, update]
    steps = (
        Step(a.get_right()[0] + 0.2, b.get_left()[0] - 0.3, words, name)
        for (a, b), words, name in zip(
            pairwise(stops), ("Linear", "ReLU", "Linear"), ("up", "ReLU", "down"), strict=True
        )
    )
    up, relu, down = steps
    wire = Wire(embedding.get_top() + 0.1 * UP, update.get_right() + 0.1 * RIGHT, output.get_left() + 0.1 * LEFT)
    card = get_card(embedding).set_stroke(FOCUS, 3)
    stage = Stage(get_room(), get_tokens(), card, embedding, up, pre, relu, neurons, down, update, wire, output)
    parts = stage.get_parts()
    if low:
        lower(stage)
    for name, part in parts.items():
        if lit and name not in lit:
            dim(part)
    if low:
        names = [name for name, part in parts.items() if isinstance(part, Step)]
        shown = [name for name in names if not lit or name in lit]
        for name in names:
            parts[name].become_low(name in shown, name in shown[-1:])
    return stage


def get_relu_icon(step):
    """What acts I and J leave over the second arrow of the low stage: the ReLU's graph."""
    icon = get_activation_plot("relu", x_range=(-2, 2), y_range=(-1, 2), width=0.5, name="", ticks=False)
    return icon.next_to(step.chip, UP, buff=0.05)


def open_block(stage):
    """Animations: the block's roof slides back and its back wall sinks, so that one can look in from above."""
    roof, wall, share = stage.room.get_face("top"), stage.room.get_face("back"), 0.85
    return [
        roof.animate.stretch(0.01, 2, about_edge=IN).shift(share * (BLOCK_TOP - GROUND) * DOWN),
        wall.animate.stretch(1 - share, 1, about_edge=DOWN),
    ]


def close_block(stage, **kwargs):
    """Animations: both are as they were."""
    room = get_room()
    return [Transform(stage.room.get_face(side), room.get_face(side), **kwargs) for side in ("top", "back")]


def get_run(before, step, vector):
    """Animations: a vector runs into the arrow of a step, and what the step makes of it comes out."""
    runner = before.copy()
    runner.generate_target().scale(0.2).move_to(step.arrow.get_right()).set_opacity(0)
    out = GrowFromPoint(vector, step.arrow.get_right(), time_span=(0.4, 1.1))
    return [MoveToTarget(runner, remover=True, time_span=(0, 0.7)), out]


def get_flow(stage):
    """Animations: a light runs round the block and through its last arrow, into the plus."""
    lights = (way.copy().insert_n_curves(30).set_stroke(FOCUS, 12) for way in (stage.wire.around, stage.wire.through))
    return [VShowPassingFlash(light, time_width=0.8) for light in lights]


def get_sum(embedding, update):
    """(64,): what a viewer adds: the sum of the numbers shown, and behind the ellipsis of the true ones."""
    return ResidualSum(embedding, update).get_sums()


def get_bricks(column, values, depth=BRICK_DEPTH):
    """A vector as one body: a dark slab, and a lit brick on it for each number shown; its front lies just behind z = 0.

    Args:
        column: a NumericEmbedding; a brick stands where each of its tiles does.
        values: (n_shown,), which give them their colors.
    """
    slab = Cube(color=mix_colors(PLATE, BACKGROUND, 0.3))
    slab.set_shape(column.tiles.get_width() + 0.16, column.tiles.get_height() + 0.16, 0.6 * depth)
    parts = [slab.move_to(column.tiles).shift((-0.55 * depth - 0.03) * OUT)]
    for tile, color in zip(column.tiles, column.get_colors(values), strict=True):
        brick = Cube(color=color).set_shape(tile.get_width(), tile.get_height(), depth)
        parts.append(brick.move_to(tile).shift((-depth / 2 - 0.03) * OUT))
    return merge([face for part in parts for face in part])


def merge(surfaces):
    """One surface of many, which the camera draws at once."""
    merged = surfaces[0].copy()
    merged.data = np.concatenate([surface.data for surface in surfaces])
    starts = np.cumsum([0, *(len(surface.data) for surface in surfaces)])
    triangles = [surface.triangle_indices + start for surface, start in zip(surfaces, starts, strict=False)]
    merged.triangle_indices = np.concatenate(triangles)
    return merged.set_shading(0.15, 0.05, 0.35).apply_depth_test()


class Lane(Group):
    """A token's way through the block, at its depth, as bodies. Parts: `embedding`, `arrows`, `vectors` (three)."""

    def __init__(self, stage, token):
        seen = get_pass(token)
        units, coordinates = list(VISIBLE_UNITS), list(VISIBLE_COORDINATES)
        values = seen.x[coordinates], seen.pre[units], seen.neurons[units], seen.update[coordinates]
        columns = stage.get_vectors()[:-1]
        self.embedding, *vectors = (get_bricks(*pair) for pair in zip(columns, values, strict=True))
        self.vectors = Group(*vectors)
        self.arrows = Group(step.arrow.copy() for step in (stage.up, stage.relu, stage.down))
        super().__init__(self.embedding, self.arrows, self.vectors)
        put_in_lane(self, token, get_depths()[token])


def get_lanes(stage):
    """The ways of all tokens, in the sentence's order."""
    return Group(Lane(stage, token) for token in range(len(TOKENS)))


def get_ways_round(stage):
    """For each token, a thin arch from its embedding round its steps into a plus: bodies, in the sentence's order."""
    ways = Group()
    for token, depth in enumerate(get_depths()):
        top, over = stage.embedding.get_top()[1] + 0.1, [PLUS_X, MIDDLE_Y, 0]
        corners = np.array([[EMBEDDING_X, top, 0], [EMBEDDING_X, WIRE_Y, 0], [PLUS_X, WIRE_Y, 0], over])
        ends = np.array([[VECTOR_XS[-1] + 0.5, MIDDLE_Y, 0], [OUTPUT_X - 0.4, MIDDLE_Y, 0]])
        tubes = [get_tube(a, b, 0.07) for a, b in (*pairwise(corners), ends)]
        way = merge([*tubes, Sphere(radius=0.2, resolution=(13, 7)).move_to(over)]).set_color(ACTIVATION)
        ways.add(put_in_lane(way, token, depth))
    return ways


def get_sums(stage):
    """What each token's way ends in, as bodies, in the sentence's order."""
    sums = Group()
    for token, depth in enumerate(get_depths()):
        sums.add(put_in_lane(get_bricks(stage.output, get_pass(token).output[list(VISIBLE_COORDINATES)]), token, depth))
    return sums


def put_in_lane(body, token, depth):
    """Move what was made for the plane z = 0 into a token's lane."""
    if token != ACTIVE:
        body.stretch(LANE_HEIGHT, 1, about_point=[0, GROUND, 0])  # so that one looks over it
    return body.shift(depth * OUT)


def get_names(view, height=None):
    """Each token's words at the left of its embedding, in the sentence's order; they face the camera.

    Args:
        view: where the camera is.
        height: of their middles; that of the embeddings' middles, if None.
    """
    names = VGroup()
    for token, depth in enumerate(get_depths()):
        name = Text(TOKENS[token].words, font_size=HEADING).set_color(FOCUS if token == ACTIVE else TEXT)
        share = 1 if token == ACTIVE else LANE_HEIGHT
        y = GROUND + share * (MIDDLE_Y - GROUND) if height is None else height
        name.set_backstroke(BACKGROUND, 4).move_to(ORIGIN, RIGHT)
        is_next = depth == -TOKEN_GAP - FIRST_GAP  # its words leave room for the active one's card
        face_camera(name, view, ORIGIN).shift([EMBEDDING_X - (1.5 if is_next else 0.75), y, depth])
        names.add(name.set_z_index(2))
    return names


def face_camera(mobject, view, about_point=None):
    """Turn it to a camera."""
    point = mobject.get_center() if about_point is None else about_point
    mobject.rotate(view.phi * DEG, RIGHT, about_point=point)
    return mobject.rotate(view.theta * DEG, UP, about_point=point)


def get_headline(words):
    """A caption in the one place that acts A to C and K have for it: above everything, on the background."""
    headline = Text(words, font_size=HEADING).set_backstroke(BACKGROUND, 6).move_to(HEADLINE_Y * UP)
    return headline.fix_in_frame().set_z_index(3)


def hide_digits(mobject):
    """Leave cells of numbers: no digits, no dots, no brackets, no words."""
    for part in mobject.get_family():
        if isinstance(part, WeightMatrix):
            VGroup(part.cells, part.brackets).set_opacity(0)
        elif isinstance(part, Text):
            part.set_opacity(0)
    return mobject


def lower(stage):
    """Make a stage low: of its parts, those stay to be seen that say where one is."""
    for part in stage.get_parts().values():
        hide_digits(part)
    for part in (stage.room, stage.tokens, stage.wire.tubes):
        part.stretch(0.01, 1, about_point=[0, GROUND, 0]).stretch(0.01, 2, about_point=ORIGIN).set_opacity(0)
    for part in (VGroup(stage.card, stage.embedding), *stage.get_vectors()[1:], stage.wire.plus):
        part.scale(2 * LOW_SIZE if part is stage.wire.plus else LOW_SIZE).set_y(LOW_Y)
        if part is not stage.wire.plus:
            part.stretch(1.6, 0)


def dim(mobject):
    """Bring it nearer to the background: what is dim is no number to be read."""
    hide_digits(mobject)
    for part in mobject.get_family():
        if isinstance(part, VMobject):
            for style in ("fill", "stroke"):
                opacity = getattr(part, f"get_{style}_opacity")()
                getattr(part, f"set_{style}")(opacity=0.35 * opacity, recurse=False)
        elif part.has_points():
            part.set_color(mix_colors(part.get_color(), BACKGROUND, 0.55), recurse=False)
    return mobject


def change(stage, *lit, low=False):
    """Animations: the stage becomes full or low, with some parts lit, or all if none is named."""
    fresh = get_stage(*lit, low=low).get_parts()
    return [Transform(part, fresh[name]) for name, part in stage.get_parts().items()]
