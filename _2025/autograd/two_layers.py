"""The network of two scenes as bodies: activations are balls, weights are tubes, biases are beads below the balls."""

from manim_imports_ext import *

X = {"x": -6.75, "h1": -3.45, "a1": -0.95, "out": 2.6, "t": 7.0}  # where each column of balls stands
MIDDLE, STEP, RADIUS = 0.75, 1.5, 0.5  # of a column: its height, from ball to ball, and of a ball
HEAD_Y = MIDDLE + 1.5 * STEP + 0.95  # of the names above the columns
GATE_X, LOSS_X = (X["h1"] + X["a1"]) / 2, (X["out"] + X["t"]) / 2
LARGEST = 2.5  # the activation at which a ball shines most
TEX = {"x": "x", "h1": "h_1", "a1": "a_1", "out": R"\text{out}", "t": "t"}
TEX |= {"W1": "W_1", "b1": "b_1", "W2": "W_2", "b2": "b_2"}
WEIGHTS = {"W1": ("x", "h1"), "W2": ("a1", "out")}  # from which column to which
BIASES = {"b1": "h1", "b2": "out"}
FRONT = View(0, 0, 0, (0, -0.08, 0), 9.4)  # from where all can be read
BEFORE_THE_WAY_BACK = View(-24, -10, 0, (0, 0.4, 0), 10.4)  # one scene ends with this view, the next begins with it
PANEL_Y = -3.1  # of what is worked out, below the network
SHADE = mix_colors(BACKGROUND, GRADIENT, 0.2)  # of a tube whose weight has no gradient


def d(name):
    """The gradient of something, in TeX."""
    return Rf"\partial L / \partial {TEX[name]}"


def get_chip(number, color=TEXT):
    """A number on a dark plate, so that it can be read on a tube."""
    number.set_color(color)
    return VGroup(Plate(number, 0.09, color=BACKGROUND, thickness=0), number)


class TwoLayerNetwork(Group):
    """Every part of out = W2 ReLU(W1 x + b1) + b2 and of its loss, by name.

    Parts: `balls` and `numbers` (of x, h1, a1, out and t), `heads` (the names above them), `tubes` and `lines` (of W1
    and W2: a Group of tubes and a list of lines for each neuron they run to), `beads` (of b1 and b2), `links` (from h1
    to a1), `gate` (the ReLU between), `loss` (a block between what came out and what was wanted).

    Args:
        record: a run of the network.
    """

    def __init__(self, record):
        self.record = record
        self.balls, self.numbers, self.heads = {}, {}, {}
        for name in X:
            n = len(getattr(record, name))
            ys = MIDDLE + STEP * ((n - 1) / 2 - np.arange(n))
            self.balls[name] = Group(Ball(RADIUS, LARGEST).move_to([X[name], y, 0]) for y in ys)
            self.numbers[name] = self.get_numbers(record, name)
            color = TARGET if name == "t" else TEXT
            self.heads[name] = Tex(TEX[name], font_size=HEADING).set_color(color).move_to([X[name], HEAD_Y, 0])
        self.tubes, self.lines, self.beads = {}, {}, {}
        for name, (start, end) in WEIGHTS.items():
            self.lines[name] = [
                [Line(a.body.get_center(), b.body.get_center()) for a in self.balls[start]] for b in self.balls[end]
            ]
            self.tubes[name] = Group(
                Group(self.get_tube(line, w) for line, w in zip(lines, row, strict=True))
                for lines, row in zip(self.lines[name], getattr(record, name), strict=True)
            )
            middle = (X[start] + X[end]) / 2
            self.heads[name] = Tex(TEX[name], font_size=HEADING).set_color(PARAMETER).move_to([middle, HEAD_Y, 0])
        for name, end in BIASES.items():
            self.beads[name] = Group(
                self.get_bead(ball, value) for ball, value in zip(self.balls[end], getattr(record, name), strict=True)
            )
        self.links = Group(get_tube(*line.get_start_and_end(), 0.07).set_color(MUTED) for line in self.get_link_lines())
        self.gate = SolidBlock(0.36, 3 * STEP + 1.25, 1.5, color=mix_colors(PLATE, OPERATION, 0.4))
        self.gate.move_to([GATE_X, MIDDLE, 0])
        self.heads["relu"] = Text("ReLU", font_size=36).set_color(OPERATION).move_to([GATE_X, HEAD_Y, 0])
        self.loss = SolidBlock(1.75, 3.1, 1.5, color=mix_colors(PLATE, LOSS, 0.5)).move_to([LOSS_X, MIDDLE, 0])
        self.loss_lines = [
            [Line([X[name], ball.get_y(), 0], [LOSS_X, ball.get_y(), 0]) for ball in self.balls["out"]]
            for name in ("out", "t")
        ]
        self.loss_links = Group(
            get_tube(*line.get_start_and_end(), 0.07).set_color(MUTED) for lines in self.loss_lines for line in lines
        )
        number = get_number(record.loss, 1, source="L", font_size=54)
        words = VGroup(Text("loss", font_size=BODY), number).arrange(DOWN, buff=0.25)
        self.loss_words = words.move_to([LOSS_X, MIDDLE, 0.8]).set_z_index(2)
        self.inner = Group(*self.tubes.values(), self.links, *(self.balls[name] for name in ("x", "h1", "a1", "out")))
        self.inner.add(*self.beads.values(), self.gate)
        self.end = Group(self.loss_links, self.loss, self.balls["t"])
        super().__init__(self.inner)

    # What it is made of

    def get_numbers(self, record, name):
        """A column's numbers, before its balls: dark on a bright one."""
        numbers = VGroup()
        values = getattr(record, name)
        for k, ball in enumerate(self.balls[name]):
            number = get_number(values[k, None], 1, source=name, font_size=42)
            number.move_to(ball.body.get_center())  # it is painted over the ball: no need to stand before it
            numbers.add(number.set_fill(BACKGROUND if abs(number.value) > 0.4 * LARGEST else TEXT))
        return numbers.set_z_index(2)

    def get_tube(self, line, weight):
        """A weight: as thick as it is large, in the colour of its sign."""
        (color,) = values_to_colors(weight, 0, 1.5)
        return get_tube(*line.get_start_and_end(), 0.05 + 0.13 * min(abs(weight) / 1.5, 1)).set_color(color)

    def get_bead(self, ball, bias):
        """A bias: a small cube at the lower left of its ball."""
        (color,) = values_to_colors(bias, 0, 1.5)
        bead = Cube(side_length=0.24, color=color).set_shading(0.25, 0.2, 0.4).apply_depth_test()
        return bead.move_to(ball.body.get_center() + 0.72 * RADIUS * (DOWN + LEFT) + 0.5 * OUT)

    def get_link_lines(self):
        """From each h1 to its a1."""
        return [
            Line(a.body.get_center(), b.body.get_center())
            for a, b in zip(self.balls["h1"], self.balls["a1"], strict=True)
        ]

    def get_weight_chip(self, name, i, j, at=0.4):
        """A weight's number on its tube; at a share of the way."""
        weight = getattr(self.record, name)[i, j, None]
        number = get_number(weight, 1, source=name, font_size=38)
        own = (POSITIVE_RAMP if weight > 0 else NEGATIVE_RAMP)[1]
        chip = get_chip(number, own).move_to(self.lines[name][i][j].point_from_proportion(at))
        return chip.set_z_index(2)

    def get_gradient_tags(self, name):
        """The gradients of a column's activations, each below its ball."""
        tags = VGroup()
        values = self.record.gradients[name]
        for k, ball in enumerate(self.balls[name]):
            tag = GradientTag(get_number(values[k, None], 1, source=f"dL/d{name}", font_size=34), padding=0.07)
            tags.add(tag.move_to(ball.body.get_center() + STEP / 2 * DOWN))
        return tags.set_z_index(2)

    def get_backing(self, name):
        """A lit plate behind a column that is kept, and the word for it."""
        balls = self.balls[name]
        frame = Rectangle(1.45, STEP * (len(balls) - 1) + 2 * RADIUS + 0.5).move_to([X[name], MIDDLE, 0])
        plate = Plate(frame, 0, color=mix_colors(PLATE, FOCUS, 0.28)).set_stroke(FOCUS, 4)
        word = Text("saved", font_size=LABEL).set_color(FOCUS).next_to(plate, DOWN, buff=0.12)
        return VGroup(plate, word).shift(0.9 * IN)

    def get_kept_state(self):
        """The network after the forward pass and all that stands on it; h1 was let go, and is dark."""
        for name in ("x", "a1", "out", "t"):
            for ball, value in zip(self.balls[name], getattr(self.record, name), strict=True):
                ball.set_value(value)
        words = VGroup(*(self.numbers[name] for name in ("x", "a1", "out", "t")), *self.heads.values())
        return Group(self, self.end, self.loss_words, words)

    # How it moves

    def light(self, name, values, **config):
        """Animations: the balls of a column light up by other values."""
        moves = []
        for ball, value in zip(self.balls[name], values, strict=True):
            old = ball.value
            moves.append(
                UpdateFromAlphaFunc(ball, lambda b, a, o=old, n=value: b.set_value((1 - a) * o + a * n), **config)
            )
        return moves

    def get_wave(self, lines, color=INPUT, **config):
        """Animation: light runs along lines; crimson runs back."""
        config = dict(width=16, radius=0.5, run_time=0.9) | config
        return EdgeWave(lines, color, backwards=color == GRADIENT, **config)

    def get_all_lines(self, name):
        return [line for lines in self.lines[name] for line in lines]

    def color_tubes(self, name, share, is_gradient=True, dimmed=0.0, kept=(), **config):
        """Animation: the tubes of a layer take the colour of their weights' gradients, or their own, dimmed by a share.

        Args:
            name: W1 or W2.
            share: of the largest gradient that counts as brightest.
            kept: (to, from) of tubes that are not dimmed.
        """
        tubes, colors = [], []
        gradients, weights = self.record.gradients[name], getattr(self.record, name)
        largest = share * np.abs(gradients).max()
        for (i, j), weight in np.ndenumerate(weights):
            if is_gradient:
                color = mix_colors(SHADE, GRADIENT, min(abs(gradients[i, j]) / largest, 1.0) ** 0.7)
            else:
                (color,) = values_to_colors(weight, 0, 1.5)
            if (i, j) not in kept:
                color = mix_colors(color, BACKGROUND, dimmed)
            tubes.append(self.tubes[name][i][j])
            colors.append(color)
        before = []

        def paint(_, alpha):
            if not before:
                before.extend(tube.get_color() for tube in tubes)
            for tube, old, new in zip(tubes, before, colors, strict=True):
                tube.set_color(mix_colors(old, new, alpha))

        return UpdateFromAlphaFunc(self.tubes[name], paint, **config)  # as a whole: else they come to lie over words
