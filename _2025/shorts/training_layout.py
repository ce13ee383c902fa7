"""What both films of a transformer's training are made of, for a frame 9 wide and 16 tall."""

import textwrap
from collections.abc import Sequence

from manim_imports_ext import *
from truth.tiny_transformer import TransformerTraining, likeness

LEFT_EDGE = -4.1
WIDTH = 8.2  # of all that goes from edge to edge
LINE_SIZE = 62  # of what is expected and said, in letters of one width
LETTERS = 24  # of those in a line
BOARD_SIZE = 42  # of the answers on the board
GOLDEN = (5**0.5 - 1) / 2


class LossCurve(VGroup):
    """A loss that is traced while training goes on, as the edge of a lit area.

    Parts: `area`, `axes`, `curve`, `tip`, `ends` (the numbers at the ends of the axes).

    Args:
        losses: (n,) the loss at each checkpoint, in nats.
        width, height: of the axes, in units.
        top: the loss at the upper end of the axis.
    """

    def __init__(self, losses: np.ndarray, width: float = WIDTH, height: float = 2.5, top: int = 5):
        self.losses, self.height_of_one = losses, height / top
        self.axes = VGroup(Line(ORIGIN, height * UP), Line(ORIGIN, width * RIGHT)).set_stroke(SCAFFOLD, 4)
        self.ends = VGroup(
            Text(f"{top}", font_size=UPRIGHT_SMALL).move_to([0.3, height, 0], aligned_edge=UL),
            Text(f"{len(losses) - 1} steps", font_size=UPRIGHT_SMALL).move_to([width, 0.4, 0], aligned_edge=DR),
        ).set_color(MUTED)
        self.area = VMobject().set_stroke(width=0).set_fill(LOSS, 0.4)
        self.curve = VMobject().set_stroke(LOSS, 7).set_fill(opacity=0)
        self.tip = Dot(radius=0.15).set_fill(LOSS, 1)
        super().__init__(self.area, self.axes, self.curve, self.tip, self.ends)
        self.set_time(0)

    def get_loss(self) -> float:
        """At the tip: between two checkpoints, on the straight line from one loss to the next."""
        return float(np.interp(self.time, np.arange(len(self.losses)), self.losses))

    def set_time(self, time: float) -> "LossCurve":
        """Trace the curve up to a time in updates."""
        self.time = float(np.clip(time, 0, len(self.losses) - 1))
        times = np.append(np.arange(int(self.time) + 1), self.time)
        losses = np.interp(times, np.arange(len(self.losses)), self.losses)
        origin, end = self.axes[1].get_start(), self.axes[1].get_end()
        along = np.outer(times / (len(self.losses) - 1), end - origin)
        points = origin + along + np.outer(losses * self.height_of_one, UP)
        self.curve.set_points_as_corners(points)
        self.area.set_points_as_corners([origin, *points, origin + along[-1], origin])
        self.tip.move_to(points[-1])
        return self


class WeightDots(DotCloud):
    """A dot for each of some weights: its colour is the weight, its shift to the right the change since training began.

    Args:
        places: (n, 3) where the dots are before training.
        first: (n,) the weights then.
        color: of a weight of nothing; lighter is positive, darker negative.
        value_range: the weight with the strongest colour.
        change_range: a change this large moves a dot by three quarters of `reach`, and none by more than that.
    """

    reach = 0.12  # less than half the room between two dots: none touches another

    def __init__(self, places: np.ndarray, first: np.ndarray, color: str, value_range: float, change_range: float):
        self.places, self.first = places, first
        self.value_range, self.change_range = value_range, change_range
        self.lighter, self.darker = (mix_colors(color, end, 0.7) for end in (TEXT, BACKGROUND))
        self.middle = color
        super().__init__(places, radius=0.12)
        self.make_3d()
        self.set_weights(first)

    def get_place(self, index: int, weights: np.ndarray) -> np.ndarray:
        """Where a dot is with those weights."""
        return self._get_places(weights)[index]

    def set_weights(self, weights: np.ndarray) -> "WeightDots":
        self.set_points(self._get_places(weights))
        ramps = (self.middle, self.lighter), (self.middle, self.darker)
        colors = values_to_colors(weights, 0, self.value_range, *ramps, self.middle)
        self.set_rgba_array(np.array([color_to_rgba(color) for color in colors]))
        return self

    def _get_places(self, weights: np.ndarray) -> np.ndarray:
        return self.places + np.outer(np.tanh((weights - self.first) / self.change_range), self.reach * RIGHT)


class Band(Group):
    """A block of the network: its name, and dots for the weights of it that are recorded, in brackets like a matrix.

    Parts: `panel`, `glow` (lights up when something passes), `name`, `brackets`, `dots`.
    """

    height = 1.22
    left, right = -1.85, 3.8  # of the dots, across

    def __init__(self, name: str, color: str, y: float, weights: np.ndarray, rows: int):
        """weights: (n_checkpoints, n) all that they will be."""
        self.panel = RoundedRectangle(WIDTH, self.height, corner_radius=0.18).move_to(y * UP)
        self.panel.set_fill(mix_colors(BACKGROUND, color, 0.2), 1).set_stroke(width=0)
        self.glow = self.panel.copy().set_fill(opacity=0)
        self.name = Text(name, font_size=UPRIGHT_SMALL).set_color(color)
        self.name.next_to(self.panel.get_left(), RIGHT, 0.2)
        columns = weights.shape[1] // rows
        down, across = np.indices((rows, columns)).reshape(2, -1)
        x = self.left + (self.right - self.left) * (across + 0.5) / columns
        places = np.column_stack([x, y + (rows / 2 - down - 0.5) * (self.height - 0.16) / rows, 0 * x])
        change = np.quantile(np.abs(weights - weights[0]), 0.75)
        self.dots = WeightDots(places, weights[0], color, np.quantile(np.abs(weights), 0.95), change)
        self.brackets = VGroup(
            Polyline(*(np.array([x + inwards, y + side, 0]) for inwards, side in corners)).set_stroke(color, 3)
            for x, tip in ((self.left, 0.12), (self.right, -0.12))
            for half in [self.height / 2 - 0.08]
            for corners in [((tip, half), (0, half), (0, -half), (tip, -half))]
        )
        super().__init__(self.panel, self.glow, self.name, self.brackets, self.dots)


class TransformerBands(Group):
    """The network, from where text comes in, below, to where it comes out, on top.

    Parts: its bands, the embedding first.
    """

    blocks = (("Embed", EMBEDDING), ("Attention", ATTENTION), ("MoE", EXPERTS), ("FFN", FEED_FORWARD), ("Output", HEAD))

    def __init__(self, training: TransformerTraining, top: float):
        self.training = training
        heights = top - Band.height / 2 - 1.05 * Band.height * np.arange(len(self.blocks))[::-1]
        self.bands = [
            Band(name, color, y, training.weights[:, stretch], 4 if (stretch.stop - stretch.start) % 4 == 0 else 5)
            for (name, color), y, stretch in zip(self.blocks, heights, training.blocks, strict=True)
        ]
        super().__init__(*self.bands)

    def get_place(self, recorded: int, checkpoint: int) -> np.ndarray:
        """Where the dot of a recorded weight is at a checkpoint."""
        for band, stretch in zip(self.bands, self.training.blocks, strict=True):
            if recorded < stretch.stop:
                return band.dots.get_place(recorded - stretch.start, self.training.weights[checkpoint, stretch])
        raise IndexError(f"no recorded weight {recorded}: there are {stretch.stop}")

    def get_step(self, checkpoint: int) -> list[Animation]:
        """Animations: all weights go to what they are at a checkpoint, at once, and all bands light up a little."""
        weights = self.training.weights[checkpoint]

        def light_up(glows, alpha):
            glows.set_fill(TEXT, 0.12 * there_and_back(alpha))

        return [
            UpdateFromAlphaFunc(VGroup(band.glow for band in self.bands), light_up, rate_func=linear),
            *(
                band.dots.animate.set_weights(weights[stretch])
                for band, stretch in zip(self.bands, self.training.blocks, strict=True)
            ),
        ]

    def get_forward_pass(self, n_particles: int = 24, **kwargs) -> Animation:
        """Yellow particles run up from the first band to the last, each by way of a dot in every band."""
        paths = [self._get_path(i, n_particles) for i in range(n_particles)]
        delays = [0.3 * (GOLDEN * i % 1) for i in range(n_particles)]
        particles = GlowDots(np.array([path[0] for path in paths]), color=FOCUS, radius=0.34)

        def run(particles, alpha):
            times = np.clip(1.3 * alpha - np.array(delays), 0, 1)
            particles.set_points([_along(path, time) for path, time in zip(paths, times, strict=True)])
            particles.set_opacity(np.clip(8 * np.minimum(times, 1 - times), 0, 1))
            for n, band in enumerate(self.bands):
                away = abs(1.15 * alpha - 0.05 - (n + 0.5) / len(self.bands))
                band.glow.set_fill(ACTIVATION, 0.3 * max(0, 1 - 4 * away) * min(1, 8 * (1 - alpha)))

        return UpdateFromAlphaFunc(particles, run, remover=True, rate_func=linear, **kwargs)

    def _get_path(self, particle: int, n_particles: int) -> np.ndarray:
        """(7, 3) Up through all bands. Which dots it meets is decoration: golden ratios spread them evenly."""
        across = interpolate(Band.left, Band.right, particle / (n_particles - 1))
        dots = [band.dots.get_points() for band in self.bands]
        shares = [(GOLDEN * (particle + 1) + 0.37 * n) % 1 for n in range(len(dots))]
        stops = [points[int(share * len(points))] for share, points in zip(shares, dots, strict=True)]
        return np.array([[across, self.get_bottom()[1] - 0.3, 0], *stops, [across, self.get_top()[1] + 0.2, 0]])

    def get_backward_pass(self, update: int, **kwargs) -> Animation:
        """A red wave runs from the last band to the first, in each as bright as the loss's gradient there is long.

        The longest gradient is full brightness; the others go by the square root, as eyes do.
        """
        norms = self.training.gradient_norms[update]
        strengths = np.sqrt(norms / norms.max())
        halo = {80: 0.14, 40: 0.3, 14: 1}  # stroke widths and opacities
        wave = VGroup(VMobject().set_stroke(GRADIENT, width) for width in halo)
        across = np.linspace(LEFT_EDGE, LEFT_EDGE + WIDTH, 60)
        low, high = self.get_bottom()[1] - 0.1, self.get_top()[1] + 0.1
        heights = np.array([band.panel.get_y() for band in self.bands])

        def run(wave, alpha):
            y = interpolate(high, low, alpha)
            points = np.column_stack([across, y + 0.16 * np.sin(2.2 * across + 14 * alpha), 0 * across])
            shown = min(1, 12 * alpha, 12 * (1 - alpha)) * (0.25 + 0.75 * np.interp(y, heights, strengths))
            for line, opacity in zip(wave, halo.values(), strict=True):
                line.set_points_smoothly(points).set_stroke(opacity=opacity * shown)
            # Behind the wave each band glows for a while.
            passed = (heights - y) / (high - low)
            glows = 0.6 * strengths * np.clip(np.minimum(1 + 8 * passed, 1 - 2.5 * passed), 0, 1)
            for band, glow in zip(self.bands, glows, strict=True):
                band.glow.set_fill(GRADIENT, glow * min(1, 6 * (1 - alpha)))

        return UpdateFromAlphaFunc(wave, run, remover=True, rate_func=linear, **kwargs)


def _along(path: np.ndarray, time: float) -> np.ndarray:
    """The point of a polyline (n, 3) at a share of the way, counted in its corners."""
    place = time * (len(path) - 1)
    return np.array([np.interp(place, np.arange(len(path)), path[:, axis]) for axis in range(3)])


def readable(words: str) -> str:
    """With a dot for each character that cannot be printed."""
    return "".join(letter if letter.isprintable() else "·" for letter in words).strip() or "(nothing)"


def get_lines(words: str, color: str, corner: np.ndarray, size: int = LINE_SIZE, letters: int = LETTERS) -> VGroup:
    """Words in letters of one width, on one line or two: letter stands under letter in all that begin at one corner.

    Args:
        words: what is said.
        color: of all of it.
        corner: where the baseline of the first line begins.
        size: font size.
        letters: the most in a line.
    """
    lines = textwrap.wrap(readable(words), letters, drop_whitespace=True)[:2]
    ruler = Text("MM", font=MONO, font_size=size)
    column = ruler[1].get_x() - ruler[0].get_x()
    group = VGroup()
    for number, line in enumerate(lines):
        # Where the line stands, told by two letters before it, which fill their columns and stand on the baseline.
        pattern = Text("MM" + line, font=MONO, font_size=size)
        start = corner + number * 1.65 * ruler.get_height() * DOWN - pattern[0].get_corner(DL) - 2 * column * RIGHT
        text = Text(line, font=MONO, font_size=size).set_color(color)
        group.add(text.move_to(pattern[2:].get_corner(DL) + start, aligned_edge=DL))
    return group


class AnswerBoard(VGroup):
    """All questions, with room below each for what is answered to it (`get_answers`).

    Parts: `questions`.

    Args:
        questions: the questions.
        top: where the first one stands.
        pitch: from one to the next.
    """

    def __init__(self, questions: Sequence[str], top: float, pitch: float):
        self.corners = [np.array([LEFT_EDGE, top - pitch * row, 0]) for row in range(len(questions))]
        self.questions = VGroup(Text(question, font_size=UPRIGHT_SMALL).set_color(MUTED) for question in questions)
        for question, corner in zip(self.questions, self.corners, strict=True):
            question.shift(corner - question[0].get_corner(DL))  # its first letter stands on the baseline
        super().__init__(self.questions)

    def get_answers(self, outputs: Sequence[tuple[str, str]]) -> VGroup:
        """A line for each (words, colour)."""
        return VGroup(
            get_lines(words, color, corner + 0.42 * DOWN, BOARD_SIZE, letters=38)
            for (words, color), corner in zip(outputs, self.corners, strict=True)
        )


class RingedWeight(VGroup):
    """A ring around one of the dots, and beside it the weight that the dot stands for.

    Parts: `ring`, `number`.
    """

    def __init__(self, bands: TransformerBands, recorded: int):
        self.bands, self.recorded, self.checkpoint = bands, recorded, 0
        place = bands.get_place(recorded, 0)
        self.ring = Circle(radius=0.19).set_stroke(FOCUS, 4).move_to(place)
        self.number = SourcedNumber(
            self.get_source(0).true_value(),
            num_decimal_places=3,
            font_size=UPRIGHT_SMALL,
            edge_to_fix=RIGHT,
            source=self.get_source(0),
        )
        name = next(band.name for band in bands.bands if abs(band.panel.get_y() - place[1]) < Band.height / 2)
        name.shift(0.22 * UP)
        self.number.set_color(FOCUS).next_to(name, DOWN, buff=0.1, aligned_edge=LEFT)
        super().__init__(self.ring, self.number)

    def get_source(self, checkpoint: int) -> Source:
        """Where the weight at a checkpoint is to be looked up."""
        training = self.bands.training
        return Source(training.name_of(self.recorded), (checkpoint, self.recorded), training.weights)

    def get_step(self, checkpoint: int) -> Animation:
        """The ring keeps to its dot, and the number goes through what the weight was after each update on the way."""
        start = self.checkpoint
        places = [self.bands.get_place(self.recorded, at) for at in (self.checkpoint, checkpoint)]
        self.checkpoint = checkpoint

        def go(_, alpha):
            self.ring.move_to(interpolate(*places, alpha))
            source = self.get_source(round(interpolate(start, checkpoint, alpha)))
            self.number.set_value(source.true_value(), source=source)

        return UpdateFromAlphaFunc(self, go)


class SmallBands(VGroup):
    """The network in small: a bar for each block, in a row from the first to the last."""

    def __init__(self, y: float):
        blocks = TransformerBands.blocks
        super().__init__(
            RoundedRectangle(WIDTH / len(blocks) - 0.12, 0.36, corner_radius=0.1)
            .set_fill(mix_colors(BACKGROUND, color, 0.3), 1)
            .set_stroke(width=0)
            for _, color in blocks
        )
        self.arrange(RIGHT, buff=0.12).set_y(y)
        self.dark = [bar.get_fill_color() for bar in self]

    def get_round(self, **kwargs) -> Animation:
        """Light runs forward through all blocks, then crimson back."""

        def run(bars, alpha):
            for n, (bar, dark) in enumerate(zip(bars, self.dark, strict=True)):
                place = n / (len(bars) - 1)
                there, back = (max(0.0, 1 - 3 * abs(way - place)) for way in (2.4 * alpha - 0.2, 2.2 - 2.4 * alpha))
                color, share = (ACTIVATION, there) if alpha < 0.5 else (GRADIENT, back)
                bar.set_fill(mix_colors(dark, color, 0.85 * share), 1)

        return UpdateFromAlphaFunc(self, run, rate_func=linear, **kwargs)


def get_remark(words: str) -> Text:
    """The one sentence of a moment, at the top of the page."""
    lines = VGroup(Text(line, font_size=UPRIGHT_BODY - 2) for line in textwrap.wrap(words, 31))
    return lines.arrange(DOWN, buff=0.12).set_color(TEXT).set_max_width(WIDTH).set_y(7.28).fix_in_frame()


def get_verdict(output: str, answer: str) -> str:
    """The colour of what was said: exact, partly right, or wrong."""
    share = likeness(output, answer)
    return EXACT if share == 1 else PARTLY_RIGHT if share >= 0.3 else WRONG
