"""What both films of a transformer's training are made of, for a frame 9 wide and 16 tall."""

import textwrap
from collections.abc import Sequence
from functools import lru_cache

from manim_imports_ext import *
from truth.tiny_transformer import TransformerTraining

LEFT_EDGE = -4.1
WIDTH = 8.2  # of all that goes from edge to edge
GOLDEN = (5**0.5 - 1) / 2
CAPTION_Y = 6.95  # the middle of what is said


class LossCurve(VGroup):
    """A loss that is traced while training goes on, as the edge of a lit area.

    Parts: `area`, `axes`, `curve`, `tip`, `ends` (the numbers at the ends of the axes).

    Args:
        losses: (n,) the loss at each checkpoint, in nats.
        width, height: of the axes, in units.
        top: the loss at the upper end of the axis.
    """

    def __init__(self, losses: np.ndarray, width: float = WIDTH, height: float = 2.4, top: int = 5):
        self.losses, self.height_of_one = losses, height / top
        self.axes = VGroup(Line(ORIGIN, height * UP), Line(ORIGIN, width * RIGHT)).set_stroke(SCAFFOLD, 4)
        self.ends = VGroup(
            Text(f"{top}", font_size=UPRIGHT_SMALL).move_to([-0.2, height, 0], aligned_edge=UR),
            Text("0", font_size=UPRIGHT_SMALL).move_to([-0.2, 0, 0], aligned_edge=DR),
            Text(f"{len(losses) - 1} steps", font_size=UPRIGHT_SMALL).move_to([width, -0.12, 0], aligned_edge=UR),
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
    """A dot for each of some weights: its colour is the weight, its place how far it has come since the beginning.

    At each moment all shifts are to one scale: the weight of these that has come farthest is `reach` away.

    Args:
        places: (n, 3) where the dots are.
        weights: (n_checkpoints, n) all that they will be.
        color: of a weight of nothing; lighter is positive, darker negative.
        reach: the farthest that a dot goes: right for a weight that has grown, left for one that has shrunk.
        hidden: places of dots that are not drawn.
    """

    def __init__(
        self,
        places: np.ndarray,
        weights: np.ndarray,
        color: str,
        radius: float = 0.11,
        reach: float = 0.13,
        hidden: Sequence[int] = (),
    ):
        self.places, self.weights, self.middle, self.reach, self.hidden = places, weights, color, reach, list(hidden)
        self.value_range = np.quantile(np.abs(weights), 0.95)
        farthest = np.maximum.accumulate(np.abs(weights - weights[0]).max(axis=1))
        # On the way to the first checkpoint the scale is that of its end: dots move, the scale does not.
        self.farthest = np.maximum(np.append(farthest[1], farthest[1:]), 1e-12)
        self.lighter, self.darker = (mix_colors(color, end, 0.75) for end in (TEXT, BACKGROUND))
        super().__init__(places, radius=radius)
        self.make_3d()
        self.set_time(0)

    def get_shifts(self, time: float) -> np.ndarray:
        """(n,) how far right of its place each dot is after so many updates."""
        update = min(int(time), len(self.weights) - 2)
        now = interpolate(*self.weights[update : update + 2], time - update)
        farthest = interpolate(*self.farthest[update : update + 2], time - update)
        return self.reach * (now - self.weights[0]) / farthest

    def set_time(self, time: float) -> "WeightDots":
        """Show the weights after so many updates, in between on the straight line from one to the next."""
        update = min(int(time), len(self.weights) - 2)
        now = interpolate(*self.weights[update : update + 2], time - update)
        self.set_points(self.places + np.outer(self.get_shifts(time), RIGHT))
        ramps = (self.middle, self.lighter), (self.middle, self.darker)
        colors = values_to_colors(now, 0, self.value_range, *ramps, self.middle)
        rgbas = np.array([color_to_rgba(color) for color in colors])
        rgbas[self.hidden, 3] = 0
        self.set_rgba_array(rgbas)
        return self

    def get_arrows(self) -> VGroup:
        """For each dot an arrowhead at its rim, to the side to which the first update moves it; larger is more.

        Its length goes by the square root of the move, so that the small ones can be seen too.
        """
        arrows = VGroup()
        for k, (place, shift) in enumerate(zip(self.places, self.get_shifts(1), strict=True)):
            side, size = np.sign(shift) * RIGHT, 0.06 + 0.1 * np.sqrt(abs(shift) / self.reach)
            if side.any() and k not in self.hidden:
                start = place + 0.8 * self.radius * side
                corners = start + size * side, start + 0.7 * size * UP, start + 0.7 * size * DOWN
                arrows.add(Polygon(*corners).set_stroke(width=0).set_fill(FOCUS, 1))
        return arrows


class Band(Group):
    """A block of the network: its name, and dots for the weights of it that are recorded, on a plate.

    Parts: `panel`, `glow` (lights up when something passes), `name`, `gloss` (empty if it has none), `dots`.

    Args:
        name, gloss: what it is called, and what it does in a few words.
        color: of the name and the dots.
        weights: (n_checkpoints, n) all that they will be.
        center, width, height: of the plate.
        rows: of dots.
        is_small: the dots fill the plate; there are no words.
        hidden: places of weights that are not drawn.
    """

    def __init__(
        self,
        name: str,
        gloss: str,
        color: str,
        weights: np.ndarray,
        center: np.ndarray,
        width: float,
        height: float,
        rows: int,
        *,
        is_small: bool = False,
        hidden: Sequence[int] = (),
    ):
        self.panel = RoundedRectangle(width, height, corner_radius=0.16).move_to(center)
        self.panel.set_fill(mix_colors(BACKGROUND, color, 0.24), 1).set_stroke(mix_colors(BACKGROUND, color, 0.5), 2)
        self.glow = self.panel.copy().set_fill(opacity=0).set_stroke(width=0)
        corner = self.panel.get_corner(UL)
        self.name, self.gloss = VGroup(), VGroup()
        if not is_small:
            self.name = Text(name, font_size=UPRIGHT_SMALL + (4 if gloss else 10)).set_color(color)
            self.name.set_max_width(2.75).next_to(self.panel.get_left(), RIGHT, buff=0.2)
            if gloss:
                self.gloss = Text(gloss, font_size=UPRIGHT_SMALL).set_color(TEXT).set_max_width(2.75)
                self.gloss.next_to(self.panel.get_left(), RIGHT, buff=0.2).set_y(center[1] - 0.22)
                self.name.set_y(center[1] + 0.2)
        left, right = corner[0] + (0.12 if is_small else 3.1), self.panel.get_right()[0] - 0.15
        columns = weights.shape[1] // rows
        down, across = np.indices((rows, columns)).reshape(2, -1)
        pitch = (right - left) / columns
        y = center[1] + (rows / 2 - down - 0.5) * (height - 0.16) / rows
        places = np.column_stack([left + pitch * (across + 0.5), y, 0 * y])
        radius = 0.05 if is_small else 0.47 * (height - 0.16) / rows
        self.dots = WeightDots(places, weights, color, radius, 0.45 * pitch, hidden)
        super().__init__(self.panel, self.glow, self.name, self.gloss, self.dots)


class TransformerBands(Group):
    """The network: one band over the other from where text comes in, below; or small, in a row from left to right.

    Parts: its bands, the embedding first.

    Args:
        training: what the dots are.
        top: of the plate that is highest.
        height: of a plate.
        is_small: in a row.
        is_plain: without a word on what each band does.
        hidden: a recorded weight that is drawn elsewhere.
    """

    blocks = (
        ("Embed", "reads letters", EMBEDDING),
        ("Attention", "looks back", ATTENTION),
        ("Experts (MoE)", "mix of nets", EXPERTS),
        ("FFN", "feed-forward", FEED_FORWARD),
        ("Output", "next letter", HEAD),
    )

    def __init__(
        self,
        training: TransformerTraining,
        top: float,
        height: float = 1.0,
        *,
        is_small: bool = False,
        is_plain: bool = False,
        hidden: int | None = None,
    ):
        n = np.arange(len(self.blocks))
        if is_small:
            width, height = WIDTH / len(n) - 0.12, 0.6
            centers = np.column_stack([(n - 2) * WIDTH / len(n), 0 * n + top - height / 2, 0 * n])
        else:
            width = WIDTH
            centers = np.column_stack([0 * n, top - height / 2 - 1.06 * height * n[::-1], 0 * n])
        self.bands = []
        for (name, gloss, color), part, center in zip(self.blocks, training.blocks, centers, strict=True):
            count = part.stop - part.start
            self.bands.append(
                Band(
                    name,
                    "" if is_plain else gloss,
                    color,
                    training.weights[:, part],
                    center,
                    width,
                    height,
                    rows=4 if count % 4 == 0 else 5,
                    is_small=is_small,
                    hidden=[hidden - part.start] if hidden is not None and part.start <= hidden < part.stop else [],
                )
            )
        self.training = training
        super().__init__(*self.bands)

    def get_place(self, recorded: int) -> np.ndarray:
        """Where the dot of a recorded weight is before training."""
        for band, stretch in zip(self.bands, self.training.blocks, strict=True):
            if recorded < stretch.stop:
                return band.dots.places[recorded - stretch.start]
        raise IndexError(f"no recorded weight {recorded}: there are {stretch.stop}")

    def set_time(self, time: float) -> "TransformerBands":
        """Show all weights after so many updates."""
        for band in self.bands:
            band.dots.set_time(time)
        return self

    def get_rounds(self, updates: Sequence[int], lit: float, **kwargs) -> Animation:
        """For each update light runs through all bands in order, then crimson back, as bright as each gradient is long.

        Args:
            updates: one a round.
            lit: the share of a round in which light runs.
        """
        strengths = [self._get_strengths(update) for update in updates]

        def run(glows, alpha):
            n = min(int(alpha * len(updates)), len(updates) - 1)
            share = min((alpha * len(updates) - n) / lit, 1)
            is_back = share > 0.5
            way = (1.8 - 3.6 * (share - 0.5) if is_back else 3.6 * share) - 0.4
            for k, (glow, strength) in enumerate(zip(glows, strengths[n], strict=True)):
                near = max(0.0, 1 - 2.5 * abs(way - k / (len(glows) - 1)))
                color, most = (GRADIENT, 0.3 * strength) if is_back else (ACTIVATION, 0.2)
                glow.set_fill(color, most * near)

        # One animation of all rounds: a group a round would draw each glow many times over.
        return UpdateFromAlphaFunc(VGroup(band.glow for band in self.bands), run, rate_func=linear, **kwargs)

    def _get_strengths(self, update: int) -> np.ndarray:
        """(5,) The longest gradient is full brightness; the others go by the square root, as eyes do."""
        norms = self.training.gradient_norms[update]
        return np.sqrt(norms / norms.max())

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
                band.glow.set_fill(ACTIVATION, 0.2 * max(0, 1 - 4 * away) * min(1, 8 * (1 - alpha)))

        return UpdateFromAlphaFunc(particles, run, remover=True, rate_func=linear, **kwargs)

    def _get_path(self, particle: int, n_particles: int) -> np.ndarray:
        """(7, 3) Up through all bands. Which dots it meets is decoration: golden ratios spread them evenly."""
        dots = [band.dots.places for band in self.bands]
        across = interpolate(dots[0][0, 0], dots[0][-1, 0], particle / (n_particles - 1))
        shares = [(GOLDEN * (particle + 1) + 0.37 * n) % 1 for n in range(len(dots))]
        stops = [points[int(share * len(points))] for share, points in zip(shares, dots, strict=True)]
        return np.array([[across, self.get_bottom()[1] - 0.3, 0], *stops, [across, self.get_top()[1] + 0.2, 0]])

    def get_backward_pass(self, update: int, **kwargs) -> Animation:
        """A red wave runs from the last band to the first, in each as bright as the loss's gradient there is long."""
        strengths = self._get_strengths(update)
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
            glows = 0.3 * strengths * np.clip(np.minimum(1 + 8 * passed, 1 - 2.5 * passed), 0, 1)
            for band, glow in zip(self.bands, glows, strict=True):
                band.glow.set_fill(GRADIENT, glow * min(1, 6 * (1 - alpha)))

        return UpdateFromAlphaFunc(wave, run, remover=True, rate_func=linear, **kwargs)


def _along(path: np.ndarray, time: float) -> np.ndarray:
    """The point of a polyline (n, 3) at a share of the way, counted in its corners."""
    place = time * (len(path) - 1)
    return np.array([np.interp(place, np.arange(len(path)), path[:, axis]) for axis in range(3)])


Letters = Sequence[tuple[str, str]]  # letters, and the colour of each


@lru_cache
def _get_glyph(letter: str) -> Text:
    """A letter of font size 48, its cell's lower left corner at the origin: it stands on the baseline."""
    # Told by a letter before it, which fills its cell.
    pattern = Text("M" + letter, font=MONO)
    return Text(letter, font=MONO).move_to(pattern[1]).shift(-pattern[0].get_corner(DL) - _get_pitch() * RIGHT)


@lru_cache
def _get_pitch() -> float:
    """From one letter to the next, at font size 48."""
    first, second = Text("MM", font=MONO)
    return second.get_x() - first.get_x()


def readable(words: str) -> str:
    """With a dot for each character that cannot be printed."""
    return "".join(letter if letter.isprintable() else "·" for letter in words)


class Answer(VGroup):
    """A line of letters of one width that can change in an instant; letter stands under letter wherever it begins.

    Args:
        corner: where the baseline of the first line begins.
        columns: letters in a line as wide as the page; more go to the next one.
        line: what is said first.
    """

    def __init__(self, corner: np.ndarray, columns: int, line: Letters = ()):
        self.corner, self.columns, self.line = np.array(corner, dtype=float), columns, None
        self.opacity = 1.0
        super().__init__()
        self.set_line(line)

    def show(self, line: Letters, opacity: float) -> "Answer":
        """Say something, so strongly."""
        if opacity != self.opacity:
            self.set_faded(opacity)
        return self.set_line(line)

    def set_line(self, line: Letters) -> "Answer":
        """Say something else."""
        if line != self.line:
            self.line = line
            scale = WIDTH / self.columns / _get_pitch()
            letters = []
            for place, (letter, color) in enumerate(line):
                if letter != " ":
                    row, column = divmod(place, self.columns)
                    glyph = _get_glyph(letter).copy().set_color(color).scale(scale, about_point=ORIGIN)
                    cell = np.array([column * WIDTH / self.columns, -0.58 * scale * row, 0])
                    letters.append(glyph.shift(self.corner + cell))
            self.set_submobjects(letters)
            self.set_opacity(self.opacity)
        return self

    def set_faded(self, opacity: float) -> "Answer":
        """Let this line, and what it says from now on, step back."""
        self.opacity = opacity
        return self.set_opacity(opacity)


class WeightRuler(VGroup):
    """A line with marks on it, on which one weight stands: how far it moves is to scale.

    Parts: `axis`, `marks`, `name`, `ghost` (where it was; hidden until `leave_ghost`), `dot`, `number`.

    Args:
        training: the run.
        recorded: which of the recorded weights.
        low, high, step: the line's ends, and from one mark to the next.
        y: of the line.
    """

    def __init__(self, training: TransformerTraining, recorded: int, low: float, high: float, step: float, y: float):
        self.training, self.recorded = training, recorded
        self.axis = NumberLine((low, high, step), width=WIDTH - 0.6, stroke_width=5, tick_size=0.13).set_y(y)
        self.axis.set_stroke(MUTED)
        self.marks = VGroup()
        for value in np.linspace(low, high, round((high - low) / step) + 1).round(6) + 0.0:
            mark = get_number(value, 2 if step < 0.1 else 1, source="mark", font_size=UPRIGHT_SMALL - 6)
            self.marks.add(mark.set_color(MUTED).next_to(self.axis.n2p(value), DOWN, buff=0.22))
        self.ghost = Dot(radius=0.17).set_fill(FOCUS, 0)
        self.dot = Dot(radius=0.17).set_fill(FOCUS, 1)
        self.number = SourcedNumber(0, num_decimal_places=3, font_size=UPRIGHT_SMALL).set_color(FOCUS)
        self.name = Text(f"one of {training.n_weights:,} weights", font_size=UPRIGHT_SMALL).set_color(FOCUS)
        self.name.move_to([LEFT_EDGE, y - 0.72, 0], aligned_edge=LEFT)
        super().__init__(self.axis, self.marks, self.name, self.ghost, self.dot, self.number)
        self.set_time(0)

    def set_value(self, value: float, source: Source) -> "WeightRuler":
        self.dot.move_to(self.axis.n2p(value))
        self.number.set_value(value, source=source)
        self.number.next_to(self.dot, UP, buff=0.12)
        return self

    def set_time(self, time: float) -> "WeightRuler":
        """Show the weight after so many updates, in between on the straight line from one to the next."""
        weights = self.training.weights[:, self.recorded]
        at = int(time)
        value = np.array(np.interp(time, np.arange(len(weights)), weights))
        if value == weights[at]:
            source = Source(self.training.name_of(self.recorded), (at, self.recorded), self.training.weights)
        else:
            source = Source(f"{self.training.name_of(self.recorded)} on the way", (), value)
        return self.set_value(value, source)

    def push(self, by: float) -> "WeightRuler":
        """Show the weight before training, pushed by so much."""
        pushed = self.training.weights[0, self.recorded] + np.array(by)
        return self.set_value(pushed, Source(f"pushed {self.training.name_of(self.recorded)}", (), pushed))

    def leave_ghost(self) -> "WeightRuler":
        """Mark where the weight stands now."""
        self.ghost.move_to(self.dot).set_fill(FOCUS, 0.35)
        return self


class ChanceBars(VGroup):
    """How likely some letters are to come: a bar for each, as long as its probability.

    Parts: for each letter its glyph, a track, a bar, a number, its unit.

    Args:
        letters: one a bar.
        chances: their probabilities, in [0, 1].
        colors: of the bars.
        corner: the upper left corner of the first glyph.
        most: the probability of a full track.
        decimals: of a percentage.
    """

    full = 5.8  # the length of a track

    def __init__(
        self,
        letters: str,
        chances: Sequence[float],
        colors: Sequence[str],
        corner: np.ndarray,
        most: float = 1.0,
        decimals: int = 1,
    ):
        self.most, rows = most, VGroup()
        for k, (letter, color) in enumerate(zip(letters, colors, strict=True)):
            y = corner[1] - 0.3 - 0.75 * k
            glyph = Text(letter, font=MONO, font_size=UPRIGHT_BODY).set_color(color)
            glyph.move_to([corner[0], y, 0], aligned_edge=LEFT)
            track = Rectangle(self.full, 0.46).set_fill(PANEL, 1).set_stroke(SCAFFOLD, 2)
            track.move_to([corner[0] + 0.55, y, 0], aligned_edge=LEFT)
            bar = Rectangle(1, 0.46).set_fill(color, 1).set_stroke(width=0)
            unit = Text("%", font_size=UPRIGHT_SMALL).set_color(color)
            unit.move_to([corner[0] + WIDTH, y, 0], aligned_edge=RIGHT)
            number = SourcedNumber(0, num_decimal_places=decimals, font_size=UPRIGHT_SMALL)
            number.set_color(color).next_to(unit, LEFT, buff=0.12)
            rows.add(VGroup(glyph, track, bar, number, unit))
        super().__init__(*rows)
        self.set_chances(chances)

    def set_chances(self, chances: Sequence[float]) -> "ChanceBars":
        for (_, track, bar, number, _), chance in zip(self, chances, strict=True):
            bar.set_width(max(self.full * float(chance) / self.most, 0.01), stretch=True)
            bar.move_to(track.get_left(), aligned_edge=LEFT)
            percent = 100 * np.array(chance)
            number.set_value(percent, source=Source("probability in %", (), percent))
        return self


def get_remark(words: str, colors: dict[str, str] | None = None) -> VGroup:
    """The one sentence of a moment, near the top of the page, in lines of about one length; some words coloured."""
    n_lines = len(textwrap.wrap(words, 30))
    width = next(width for width in range(8, 31) if len(textwrap.wrap(words, width)) <= n_lines)
    lines = VGroup(Text(line, font_size=UPRIGHT_BODY).set_color(TEXT) for line in textwrap.wrap(words, width))
    for word, color in (colors or {}).items():
        for line in lines:
            line[word].set_color(color)
    return lines.arrange(DOWN, buff=0.14).set_max_width(WIDTH).set_y(CAPTION_Y)
