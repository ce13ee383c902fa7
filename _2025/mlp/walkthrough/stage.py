"""What all acts of the walkthrough share: the stage, what stands on it, and how acts follow each other.

How acts are written
    Each act is a class in a file of its own, derived from the act before it, with a method `act` that plays
    this act and nothing else, in beats (a long one calls methods of its class named for its parts):

        class UpProjection(TheFact):
            '''What the viewer believes afterwards.'''

            def act(self):
                self.set_the_product_up()
                ...

    A scene plays the `act` of each class it is derived from, the oldest first: those of others skipped, so that
    rendering an act takes no longer than the act. `BasicMLPWalkThrough` skips none. What an act leaves behind for
    later ones it keeps on `self`; the names are below. All acts are one object: method and attribute names, and
    the comments that open beats, are unique along the whole chain.

    A the_stage.py SetTheStage             B in_parallel.py EverythingInParallel   C the_fact.py TheFact
    D up_projection.py UpProjection        E rows_as_questions.py RowsAsQuestions  F bias.py AddTheBias
    G counting.py CountParameters          H collapse.py CollapseUpProjection      I relu.py RectifyToNeurons
    J down_projection.py DownProjection    K the_sum.py AddItUp                    all: walkthrough.py

How an author runs one
    manimgl _2025/mlp/walkthrough/up_projection.py UpProjection -se LINE    stop at any line of it
    darkroom sheet _2025/mlp/walkthrough/up_projection.py:UpProjection      look at this act alone
    darkroom render _2025/mlp/walkthrough:UpProjection                      render it alone
    darkroom sheet _2025/mlp:BasicMLPWalkThrough                            all of them

Space
    The floor is the xz plane, y is up, tokens stand one behind the other along the depth axis (negative z). The
    active token stands in front, in the plane z = 0: seen by FLAT, that plane is the usual page of 14.2 by 8
    units. What the stage holds keeps to the strip below STRIP_TOP; acts D to J have the page above it.

State, by name (built by `get_*`, all at once by `set_up_stage`; as it stands when act C ends)
    mlp, passes, seen   the ToyMLP, its Pass for each token, and the active token's
    box, title          the block, and "MLP" above it
    embedding, card     the active token's NumericEmbedding, at the left, and the FOCUS frame behind it
    others              the other tokens, farthest first: VGroups of a card and a NumericEmbedding, both dim
    vectors             three NumericEmbeddings: pre-activations, neurons, update
    arrows              three LabeledArrows (parts `arrow`, `label`) that lead to them
    circuit             the ResidualSum; its last part is
    output              the NumericEmbedding x + update, at the right
    up_matrix, up_vector, up_result, up_bias    act D to act H: the up projection in numbers
"""

from itertools import pairwise

from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp

FLAT = View()  # the page: what acts D to J are made for
STRIP_TOP = -1.0  # the top of the box; wire and title run above it only in acts A to C and K
FRONT = 10  # z-index of what must be painted over the box and the tokens behind: ManimGL paints strokes last otherwise
MAX_VALUE = 1.5  # the magnitude with the strongest colour, in every vector and matrix of the walkthrough


class Walkthrough(InteractiveScene):
    """One token's way through a perceptron block, number by number."""

    skips_earlier_acts = True
    field_of_view = 30 * DEG
    floor_y, middle_y = -3.75, -2.4
    embedding_x, vector_xs = -5.7, (-2.65, 0.25, 3.15)
    token_gap = 0.65  # between tokens, along the depth axis
    front_z = 0.4  # of the box's front face
    number_size = 22  # font size of the numbers in the strip

    def setup(self):
        super().setup()
        self.set_floor_plane("xz")
        self.frame.set_field_of_view(self.field_of_view)
        self.mlp = get_toy_mlp()
        self.passes = [self.mlp.forward(token.embedding) for token in TOKENS]
        self.seen = self.passes[ACTIVE]

    def construct(self):
        for kind in self.get_acts():
            if self.skips_earlier_acts and kind is not type(self):
                self.force_skipping()
                kind.act(self)
                self.revert_to_original_skipping_status()
            else:
                kind.act(self)

    @classmethod
    def get_acts(cls):
        """The classes that have an act, in the order in which those are played."""
        return [kind for kind in reversed(cls.__mro__) if "act" in vars(kind) and kind is not Walkthrough]

    def act(self):
        """Play this act and nothing else. Each act's class has its own."""
        raise NotImplementedError(f"{type(self).__name__} has no method `act`")

    def set_up_stage(self):
        """Put everything in its place as it stands when act C ends, at once."""
        self.frame.reorient(*FLAT)
        self.embedding = self.get_embedding()
        self.card = self.get_card(self.embedding)
        self.others = self.get_others()
        self.box, self.title = self.get_box(), self.get_box_title()
        self.vectors = self.get_vectors()
        self.arrows = self.get_arrows()
        self.circuit = self.get_circuit()
        self.output = self.circuit.output
        self.add(self.box, *self.others, self.circuit, self.card, self.embedding, self.vectors, self.arrows, self.title)
        return self

    # What stands on the stage, in its place

    def get_column(self, values, name, shown):
        """A vector as all of the strip's are drawn, not yet in its place."""
        column = NumericEmbedding(
            values,
            source=name,
            shown_entries=shown,
            font_size=self.number_size,
            max_value=MAX_VALUE,
            v_buff=0.65,
        )
        return in_layer(column, FRONT)

    def get_embedding(self):
        """The active token's embedding, at the left."""
        embedding = self.get_column(self.seen.x, "E", VISIBLE_COORDINATES)
        return embedding.move_to([self.embedding_x, self.middle_y, 0])

    def get_card(self, embedding):
        """What stands behind an embedding and hides those farther away."""
        card = SurroundingRectangle(embedding, buff=0.08).set_stroke(FOCUS, 2).set_fill(BACKGROUND, 0.92)
        return in_layer(card, FRONT - 1)

    def get_depths(self):
        """The z coordinate of each token, in the sentence's order: the active one in front, the others behind."""
        behind = [index for index in range(len(TOKENS)) if index != ACTIVE]
        places = {index: -self.token_gap * (place + 1) for place, index in enumerate(behind)}
        return [places.get(index, 0.0) for index in range(len(TOKENS))]

    def get_token_card(self, index):
        """Another token: a card with its embedding on it, in its place in depth."""
        words, depth = TOKENS[index].words, self.get_depths()[index]
        embedding = self.get_column(TOKENS[index].embedding, f"E of '{words}'", VISIBLE_COORDINATES)
        card = self.get_card(embedding).set_stroke(MUTED, 1.5, 0.24)  # faint: words and arrows lie over it
        token = VGroup(card, embedding.set_opacity(0.3)).move_to([self.embedding_x, self.middle_y, depth])
        return in_layer(token, len(TOKENS) + round(depth / self.token_gap))

    def get_others(self):
        """All tokens but the active one, farthest first, so that nearer ones are painted over them."""
        depths = self.get_depths()
        behind = sorted((index for index in range(len(TOKENS)) if index != ACTIVE), key=lambda index: depths[index])
        return VGroup(self.get_token_card(index) for index in behind)

    def get_vectors(self):
        """The values before the ReLU, after it, and the update, from left to right."""
        seen = self.seen
        vectors = VGroup(
            self.get_column(seen.pre, "W_up E + b_up", VISIBLE_UNITS),
            self.get_column(seen.neurons, "neurons", VISIBLE_UNITS),
            self.get_column(seen.update, "update", VISIBLE_COORDINATES),
        )
        in_layer(vectors, FRONT)
        for vector, x in zip(vectors, self.vector_xs, strict=True):
            vector.move_to([x, self.middle_y, 0])
        return vectors

    def get_arrows(self):
        """An arrow to each of the three vectors, with what is done on the way."""
        stops = [self.get_embedding(), *self.get_vectors()]
        arrows = VGroup(
            LabeledArrow(a.get_right() + 0.2 * RIGHT, b.get_left() + 0.2 * LEFT, name, at=0.5, side=UP)
            for (a, b), name in zip(pairwise(stops), ("Linear", "ReLU", "Linear"), strict=True)
        )
        for arrow in arrows:
            arrow.label.set_backstroke(BACKGROUND, 5)  # cards and edges run behind it
        return in_layer(arrows, FRONT)

    def get_circuit(self):
        """The wire round the block, and the sum it ends in."""
        circuit = ResidualSum(
            self.get_embedding(),
            self.get_vectors()[2],
            rise=STRIP_TOP + 0.45 - self.get_embedding().get_top()[1],
            source="E + update",
            max_value=MAX_VALUE,
        )
        return in_layer(circuit, FRONT)

    def get_box(self):
        """The block: a translucent box around the embeddings and all that is made of them.

        Parts: the back, the bottom, the left, the right, the top and the front face.
        """
        left, right = self.embedding_x - 0.65, self.vector_xs[2] + 0.65
        back = self.get_depths()[-1] - 0.4
        return get_room([left, self.floor_y, back], [right, STRIP_TOP, self.front_z])

    def get_box_title(self):
        """The block's name, above it."""
        title = Text("MLP", font_size=HEADING).set_color(TEXT)
        return title.move_to([sum(self.vector_xs[:2]) / 2, STRIP_TOP + 0.95, 0])


def in_layer(mobject, z_index):
    """A mobject whose parts are all painted in one layer, also when a part of it is animated alone."""
    for part in mobject.get_family():
        part.set_z_index(z_index)
    return mobject


def get_room(low, high):
    """A box of six translucent faces, each a Polygon: back, bottom, left, right, top, front.

    Args:
        low, high: the corners (3,) with the smallest and the largest coordinates.
    """
    (x0, y0, z0), (x1, y1, z1) = low, high
    faces = (
        [(x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)],
        [(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)],
        [(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)],
        [(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)],
        [(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)],
        [(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)],
    )
    room = VGroup(Polygon(*face) for face in faces).set_stroke(SCAFFOLD, 1.5).set_fill(PANEL, 0.35)
    room[:4].set_stroke(opacity=0.24)  # seen through front and top, behind numbers
    return room
