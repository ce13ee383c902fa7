from itertools import pairwise

from _2025.superposition.stage import SceneOfDirections, get_readouts
from _2025.superposition.vector_bundle import BUNDLE_END, LAST, get_bundle
from manim_imports_ext import *
from truth.almost_orthogonal import RandomConfig, get_random_vectors

MANY = RandomConfig(100, 10_000)
SIDE = 100  # rows of the front, and layers behind each other
CELL = 0.06  # frame units
CORNER = np.array([22, 3, 0])  # of the first number of the first vector
LARGEST = 0.25  # what gets the strongest colour
SHOWN = SIDE  # numbers that can be read at first
NUMBER_HEIGHT = 4.6 * CELL  # of the frame, when numbers are read
FIRST_ROW = View(0, 0, 0, tuple(CORNER + CELL * np.array([3.3, 0.5, 0])), NUMBER_HEIGHT)
LAST_ROW = FIRST_ROW._replace(center=tuple(CORNER + CELL * np.array([96.7, 0.5, 0])))


def get_stack_view(theta, phi):
    """The whole block at the left of the frame, seen from so many degrees round it and above."""
    right = np.array([np.cos(np.radians(theta)), 0, -np.sin(np.radians(theta))])
    middle = CORNER + CELL * SIDE / 2 * np.array([1, -1, -1]) + 2.4 * right
    return View(theta, phi, 0, tuple(middle), 9.6)


STACK_VIEW, STACK_END = get_stack_view(40, -20), get_stack_view(24, -26)


class VectorStack(Group):
    """Ten thousand vectors of a hundred numbers as a solid block: each row of cells is a vector, a hundred rows make a
    layer, a hundred layers lie behind each other. A cell's colour is its number.

    Parts: `front` (the first layer), `side` (the last number of each), `top` (the first row of each layer). Trackers:
    `rows`, `layers` (how many there are).
    """

    def __init__(self, rows=1.0, layers=1.0):
        self.vectors = get_random_vectors(MANY)
        block = self.vectors.reshape(SIDE, SIDE, SIDE)  # layer, row, coordinate
        self.rows, self.layers = ValueTracker(rows), ValueTracker(layers)
        self.edges = np.repeat(np.arange(SIDE + 1), 2)[1:-1]
        self.front, self.side, self.top = (Shape((2 * SIDE, 2 * SIDE)) for _ in range(3))
        for face, values in ((self.front, block[0].T), (self.side, block[:, :, -1]), (self.top, block[:, 0].T)):
            face.set_shading(0.25, 0.1, 0.3).paint(get_cell_colors(values))
        super().__init__(self.front, self.side, self.top)
        self.origin, self.size, self.seen = CORNER.copy(), 1.0, None
        self.add_updater(lambda stack: stack.follow())
        self.follow()

    def count(self):
        """How many vectors there are."""
        rows, layers = round(self.rows.get_value()), round(self.layers.get_value())
        return rows if layers < 2 else SIDE * layers

    def follow(self):
        """Have as many rows and layers as the trackers say."""
        state = (self.rows.get_value(), self.layers.get_value(), self.size, *self.origin)
        if state == self.seen:
            return
        self.seen, cell = state, CELL * self.size
        x = cell * self.edges[:, None] * RIGHT
        y = cell * np.minimum(self.edges, self.rows.get_value())[:, None] * DOWN
        z = cell * np.minimum(self.edges, self.layers.get_value())[:, None] * IN
        far = cell * SIDE * RIGHT
        self.front.set_shape(self.origin + x[:, None] + y, RIGHT, UP)
        self.side.set_shape(self.origin + far + z[:, None] + y, IN, UP)
        self.top.set_shape(self.origin + x[:, None] + z, RIGHT, IN)

    def put(self, origin, size):
        """Stand elsewhere, smaller or larger: the corner of the first number, and the size as a multiple."""
        self.origin, self.size = np.array(origin, dtype=float), float(size)
        self.follow()
        return self


def get_cell_colors(values):
    """(4 n, 3): the colours of cells for values (m, n), four corners each, a little darker at one side."""
    ramps = {"positive": (PANEL, POSITIVE_RAMP[1]), "negative": (PANEL, NEGATIVE_RAMP[1]), "neutral": PANEL}
    colors = np.array([color_to_rgb(color) for color in values_to_colors(values, 0, LARGEST, **ramps)])
    grid = colors.reshape(*values.shape, 3)
    return np.repeat(np.repeat(grid, 2, axis=0), 2, axis=1).reshape(-1, 3)


def get_first_numbers(stack):
    """The first numbers of the first vector, each on its cell."""
    numbers = VGroup()
    for k in range(SHOWN):
        source = Source("random unit vectors", (0, k), stack.vectors)
        number = SourcedNumber(stack.vectors[0, k], source=source, num_decimal_places=2, font_size=1)
        strong = abs(stack.vectors[0, k]) > 0.55 * LARGEST
        numbers.add(number.set_color(BACKGROUND if strong else TEXT))
    scale = 0.8 * CELL / max(number.get_width() for number in numbers)  # one for all: digits are equally large
    for k, number in enumerate(numbers):
        number.scale(scale).move_to(CORNER + CELL * np.array([k + 0.5, -0.5, 0]) + 1e-3 * OUT)
    return numbers


class ThreeNumbers(Group):
    """A line in space as its three numbers, in the colours of the block. Parts: `cells`, `numbers`.

    Args:
        vector: (3,), at most 1 long.
    """

    size = 8 / 4.6  # of a cell, as large as one of the block is when its numbers are read

    def __init__(self, vector):
        self.cells = Shape((2 * len(vector), 2)).set_shading(0, 0, 0)
        colors = get_cell_colors(LARGEST * vector[None])  # of a unit vector with 3 coordinates: up to 1
        self.cells.paint(colors.reshape(2, -1, 3).swapaxes(0, 1).reshape(-1, 3))
        edges = self.size * np.repeat(np.arange(len(vector) + 1), 2)[1:-1]
        rows = edges[:, None, None] * RIGHT + self.size * np.array([0, 1])[None, :, None] * DOWN
        self.cells.set_shape(rows, RIGHT, DOWN)
        self.numbers = VGroup()
        for k, value in enumerate(vector):
            number = SourcedNumber(value, source=Source("last line", (k,), vector), num_decimal_places=2)
            number.set_width(0.8 * self.size if value < 0 else 0.64 * self.size)
            number.set_color(BACKGROUND if abs(value) > 0.55 else TEXT)
            self.numbers.add(number.move_to(self.size * np.array([k + 0.5, -0.5, 0])))
        super().__init__(self.cells, self.numbers)


def get_first_row():
    """A lit frame around the first vector, where it is in the block."""
    corners = [CORNER + CELL * np.array([x, y, 0.3]) for x, y in ((0, 0), (SIDE, 0), (SIDE, -1), (0, -1), (0, 0))]
    return Group(get_tube(start, end, 0.25 * CELL).set_color(FOCUS) for start, end in pairwise(corners))


class StackOfVectors(SceneOfDirections):
    """A direction in a hundred dimensions is a row of a hundred numbers; ten thousand of them are a million."""

    chapter = "Ten thousand directions in 100 dimensions"

    def construct(self):
        # Read one of the lines as three numbers
        set_telephoto(self.frame, 20).reorient(*BUNDLE_END)
        bundle = get_bundle(LAST).set_marked(1)
        self.add(bundle)
        vector = ThreeNumbers(bundle.vectors[-1]).scale(0.72).move_to([4.6, -0.2, 0]).fix_in_frame()
        self.tell(
            "In 3 dimensions:\nthree numbers",
            self.single_out(bundle),
            FadeIn(vector, 1.5 * RIGHT),
            run_time=1.2,
        )

        # Go to a row of a hundred, which begins below it
        stack = VectorStack()
        numbers = get_first_numbers(stack)
        self.hush()
        self.play(
            vector.animate.scale(1 / 0.72).move_to(self.get_corner(FIRST_ROW) + 2.1 * UP, aligned_edge=UL),
            self.frame.animate.reorient(*BUNDLE_END._replace(center=tuple(np.array(BUNDLE_END.center) + 9 * DOWN))),
            run_time=1,
        )
        self.remove(bundle)
        self.frame.reorient(*FIRST_ROW._replace(center=tuple(FIRST_ROW.center + 14 * CELL * LEFT)))
        self.add(stack, numbers, vector)
        self.play(self.frame.animate.reorient(*FIRST_ROW), run_time=0.8)

        # Run along it to its end
        self.tell("In 100 dimensions:\na hundred numbers")
        self.play(
            FadeOut(vector, time_span=(0, 0.5)),
            self.frame.animate.reorient(*LAST_ROW),
            run_time=2.4,
        )

        # Stack a hundred of them to a slab, and a hundred slabs to a block
        mark = get_first_row()
        self.hush(
            FadeOut(numbers, time_span=(0.2, 0.8)),
            FadeIn(mark, time_span=(0.5, 1)),
            stack.rows.animate.set_value(SIDE),
            self.frame.animate.reorient(*STACK_VIEW),
            run_time=2.6,
        )
        panel = get_readouts(
            ("vectors", stack.count, 0, "", TEXT, "vectors"),
            ("numbers", lambda: SIDE * stack.count(), 0, "", TEXT, "numbers"),
            widest=1.6,
        )
        self.play(FadeIn(panel), run_time=0.4)  # its numbers change in what follows
        self.tell("100 slabs, each\nof 100 vectors", stack.layers.animate.set_value(SIDE), run_time=2.4)
        self.tell(
            "All left to chance: how near\nto 90° are any two?",
            self.frame.animate(rate_func=linear).reorient(*STACK_END),
            run_time=3,
        )
        self.play(FadeOut(panel), FadeOut(mark), run_time=0.4)

    def get_corner(self, view):
        """Where the first number's upper left corner is seen, in a frame that stays."""
        return (CORNER - np.array(view.center)) * FRAME_HEIGHT / view.height

    def single_out(self, bundle):
        """Animation: the last line alone stays marked, and its room with it."""

        def go(bundle, alpha):
            bundle.colors = [INPUT] * (LAST - 1) + [mix_colors(INPUT, FOCUS, alpha)]
            bundle.set_marked(1 - alpha)

        return UpdateFromAlphaFunc(bundle, go)
