from itertools import product

from _2025.mlp.bias_and_counts import LAST_VIEW, get_all_amounts, get_blocks
from manim_imports_ext import *
from truth.facts import FACTS, FIRST_NAMES, LAST_NAMES, SPORTS, embed, get_directions, split_decoys, train_fact_mlp

UNIT = 0  # the neuron whose row, bias and column are told about: the one for the first fact
SHOWN = 64  # neurons that are drawn, of 256
PAIRS = tuple(product(FIRST_NAMES, LAST_NAMES))
VERDICTS = {"right": TARGET, "false alarm": WRONG, "wrong": WRONG, "silent": SILENT}  # the colour of each


def get_board(run):
    """(first names, last names): the activation of the neuron that is told about, for every name there can be."""
    return run.neurons(embed(list(PAIRS)))[:, UNIT].reshape(len(FIRST_NAMES), len(LAST_NAMES))


def judge_answers(run):
    """For every pair of names, in the order of PAIRS: "right", "silent", "wrong" or "false alarm", as it is.

    A fact is right if its sport's direction comes out above 1/2 and no other does; of another pair, none should.
    """
    sports = {(first, last): sport for first, last, sport in FACTS}
    verdicts = []
    for pair, answers in zip(PAIRS, run.readouts(embed(list(PAIRS))) > 0.5, strict=True):
        said = [sport for sport, is_said in zip(SPORTS, answers, strict=True) if is_said]
        if pair in sports:
            verdicts.append("right" if said == [sports[pair]] else "wrong")
        else:
            verdicts.append("false alarm" if said else "silent")
    return verdicts


def get_contributions(run, fact=0):
    """(units,): how much each neuron adds to a fact's sport, when its name comes in."""
    first, last, sport = FACTS[fact]
    return run.neurons(embed([(first, last)]))[0] * (get_directions([sport])[0] @ run.down[-1])


def get_all_cosines(run):
    """(256,), (256,): the cosines of all rows with the fact's name, and those of all columns with its sport."""
    first, last, sport = FACTS[UNIT]
    pairs = (run.up[-1], embed([(first, last)])[0]), (run.down[-1].T, get_directions([sport])[0])
    return [vectors @ goal / np.linalg.norm(vectors, axis=1) / np.linalg.norm(goal) for vectors, goal in pairs]


class CosineChart(VGroup):
    """How many of some directions point how much along another: a bar for each tenth of the cosine.

    Parts: `ground`, `bars`, `words`, `marker` (where one of them is).

    Args:
        cosines: (n,) of all of them.
        place: the one that is marked.
        goal, color: what the other direction is called, and its colour.
    """

    def __init__(self, cosines, place, goal, color, width=4.8, height=1.75):
        edges = np.linspace(-1, 1, 21)
        counts, _ = np.histogram(cosines, edges)
        self.ground = Line(width / 2 * LEFT, width / 2 * RIGHT).set_stroke(MUTED, 4)
        self.bars = VGroup()
        for count, edge in zip(counts, edges[:-1], strict=True):
            bar = Rectangle(width / 20 - 0.03, max(height * count / counts.max(), 1e-3)).set_stroke(width=0)
            self.bars.add(bar.set_fill(POSITIVE_RAMP[1], 0.9).move_to([(edge + 0.05) * width / 2, 0.03, 0], DOWN))
        self.words = VGroup()
        for cosine, said in ((0, "0: unrelated"), (1, "1: same way")):
            tick = Line(0.1 * DOWN, ORIGIN).set_stroke(MUTED, 4).shift(cosine * width / 2 * RIGHT)
            word = Text(said, font_size=LABEL).set_color(MUTED).next_to(tick, DOWN, buff=0.08)
            self.words.add(VGroup(tick, word))
        title = Text(f"all against {goal}", font_size=LABEL).set_color(color)
        self.words.add(title.move_to([-width / 2, height + 0.12, 0], DL))
        x = cosines[place] * width / 2
        self.marker = Arrow([x, 1.15, 0], [x, 0.3, 0], buff=0, thickness=7).set_color(FOCUS)
        super().__init__(self.ground, self.bars, self.words, self.marker)
        self.counts = counts


def get_lit_colors(values):
    """A colour for each activation; what is on stands out, however little."""
    shares = np.where(values > 0, 0.4 + 0.6 * values / values.max(), 0).ravel()
    return [mix_colors(SILENT, ACTIVATION, share) for share in shares]


class SharedAnswer(Group):
    """All neurons of the block with a fact's name in it, and the answer as a bar made from those that give it.

    Parts: `plate`, `field` (a ball for each neuron), `whole` (as long as all of the answer), `bar`, `words`.
    """

    def __init__(self, run):
        first, last, sport = FACTS[UNIT]
        contributions, answer = get_contributions(run), run.readouts(embed([(first, last)]))[0].max()
        values = run.neurons(embed([(first, last)]))[0]
        self.field = VGroup(Dot(radius=0.13).set_fill(SILENT) for _ in values)
        self.field.arrange_in_grid(16, 16, buff=0.085).move_to([-3.6, -0.55, 0])
        self.colors = get_lit_colors(values)
        self.plate = Plate(self.field, buff=0.25, color=mix_colors(PLATE, TEXT, 0.12))
        self.order = [unit for unit in np.argsort(-contributions) if contributions[unit] > 0.01 * answer]
        self.bar = VGroup()
        for unit in self.order:
            part = Rectangle(5.7 * contributions[unit] / answer, 0.8).set_stroke(BACKGROUND, 2)
            self.bar.add(part.set_fill(FOCUS if unit == UNIT else POSITIVE_RAMP[1], 1))
        self.bar.arrange(RIGHT, buff=0).move_to([0.9, -0.5, 0], LEFT)
        self.words = VGroup()
        for unit, said, side in ((self.order[0], "another", UP), (UNIT, f"neuron {UNIT}", DOWN)):
            part = self.bar[self.order.index(unit)]
            share = np.array(100 * contributions[unit] / answer)
            number = get_number(share, 0, source=f"share of neuron {unit}, per cent", font_size=HEADING)
            line = VGroup(Text(f"{said}:", font_size=BODY), number, Text("%", font_size=BODY)).arrange(RIGHT, buff=0.15)
            for words in line[::2]:
                put_on_baseline(words, number)
            line.set_color(part.get_fill_color()).next_to(part, side, buff=0.15)
            self.words.add(line.set_x(max(part.get_left()[0], 0.9), LEFT))
        whole = Rectangle(5.7, 0.8).set_stroke(width=0).set_fill(PLATE, 1).move_to(self.bar, LEFT)
        brace = Line(whole.get_corner(UL), whole.get_corner(UR)).shift(1.15 * UP).set_stroke(TARGET, 5)
        said = Text(f"all of “{sport}”: 100 %", font_size=BODY).set_color(TARGET).next_to(brace, UP, buff=0.15)
        said.sources = [Source("whole", (), np.array(100))]
        self.title = VGroup(brace, said)
        self.words.add(self.title)
        self.whole = whole
        super().__init__(self.plate, self.field, self.whole, self.bar, self.words)

    def light(self):
        """Light the neurons as the name does."""
        for ball, color in zip(self.field, self.colors, strict=True):
            ball.set_fill(color)
        self.field[UNIT].set_fill(FOCUS)
        return self


class HeatWall(Group):
    """A large matrix as a lit wall of coloured cells, on a slab.

    Parts: `slab`, `surface`.

    Args:
        values: (n_rows, n_columns).
        max_value: from this size on, a number has the strongest colour.
        cell: the side of a cell, in frame units.
    """

    def __init__(self, values, max_value, cell=0.066):
        rows, columns = np.shape(values)
        self.max_value = max_value
        self.surface = Surface(resolution=(2 * rows, 2 * columns)).set_shading(0.15, 0.1, 0.1).apply_depth_test()
        x = (np.repeat(np.arange(columns + 1), 2)[1:-1] - columns / 2) * cell
        y = (rows / 2 - np.repeat(np.arange(rows + 1), 2)[1:-1]) * cell
        points = np.array([(a, b, 0.0) for b in y for a in x])
        self.surface.set_points(points)
        self.surface.data["du_point"][:] = points + 1e-3 * DOWN
        self.surface.data["dv_point"][:] = points + 1e-3 * RIGHT
        self.slab = SolidBlock(columns * cell + 0.3, rows * cell + 0.3, 0.5, color=PLATE).shift(0.27 * IN)
        self.cell = cell
        super().__init__(self.slab, self.surface)
        self.set_values(values)

    def set_values(self, values):
        """Colour the cells by other values of the same shape."""
        values = np.asarray(values)
        dark, positive, negative = (color_to_rgb(c) for c in (PANEL, POSITIVE_RAMP[1], NEGATIVE_RAMP[1]))
        shares = np.clip(np.abs(values) / self.max_value, 0, 1)[..., None]
        colors = (1 - shares) * dark + shares * np.where(values[..., None] < 0, negative, positive)
        colors = colors.repeat(2, axis=0).repeat(2, axis=1).reshape(-1, 3)
        self.surface.data["rgba"][:, :3] = colors
        self.surface.note_changed_data()
        return self

    def get_strip(self, row=None, column=None):
        """A frame round a row, or a column."""
        width, height = self.surface.get_width(), self.surface.get_height()
        unit = width / (self.surface.resolution[1] / 2)
        size = (width, unit) if column is None else (unit, height)
        box = Rectangle(size[0] + 0.06, size[1] + 0.06).set_stroke(FOCUS, 5)
        corner = self.surface.get_corner(UL) + 0.03 * UL
        return box.move_to(corner + (0 if column is None else column * unit) * RIGHT, UL).shift(
            (0 if row is None else row * unit) * DOWN + 0.03 * OUT
        )


class NameBoard(Group):
    """A cell for every name there can be, dark as yet. Parts: `ground`, `matrix`, `axes` (first names, last names)."""

    def __init__(self, values):
        self.matrix = HeatMatrix(values, source=f"neuron {UNIT}", cell=0.34, max_value=float(values.max()))
        self.matrix.remove(self.matrix.brackets)
        self.cells = self.matrix.cells.set_fill(SILENT)
        self.ground = Plate(self.matrix, buff=0.12, color=mix_colors(PLATE, TEXT, 0.12))
        VGroup(self.ground, self.matrix).move_to([-2.4, -0.7, 0])
        self.axes = get_axes(self.matrix, self.ground)
        super().__init__(self.ground, self.matrix, self.axes)


def get_axes(board, ground):
    """The names: first ones at the left of the board, last ones above it; the fact's own stand out."""
    own, axes = FACTS[UNIT][:2], VGroup(VGroup(), VGroup())
    for place, name in enumerate(FIRST_NAMES):
        word = Text(name, font_size=25).next_to(ground, LEFT, buff=0.12).set_y(board.get_cell(place, 0).get_y())
        axes[0].add(word.set_color(FOCUS if name in own else MUTED))
    for place, name in enumerate(LAST_NAMES):
        word = Text(name, font_size=25).rotate(PI / 2).next_to(ground, UP, buff=0.12)
        axes[1].add(word.set_x(board.get_cell(0, place).get_x()).set_color(FOCUS if name in own else MUTED))
    return axes


class MatricesVsIntuition(CaptionedScene):
    """In a block that was trained, rows and columns fit our stories; a neuron for each name does not."""

    chapter = "Stories, measured"

    column = 1.0  # the left edge of what is said beside the board
    largest = 0.16  # from this size on, a parameter has the strongest colour

    def construct(self):
        self.run_of_training = train_fact_mlp()
        walls, strip = self.watch_it_train()
        compared = self.compare_directions(walls, strip)
        told = self.ask_the_block(*self.ask_one_neuron(*compared))
        self.share_the_answer(told)

    # What is drawn

    def get_slices(self, step):
        """What is drawn of both projections at a time in steps."""
        up, _, down, _ = self.run_of_training.parameters_at(step)
        return up[:SHOWN], down[:, :SHOWN]

    def get_walls(self):
        walls = Group(HeatWall(values, self.largest) for values in self.get_slices(0))
        return walls.arrange(RIGHT, buff=1.4).move_to([0, 0.45, 0])

    def get_loss_strip(self, step):
        """The loss, in powers of ten, against the step: as far as the training has come. With both as numbers."""
        losses = self.run_of_training.losses
        steps, logs = np.arange(0, len(losses), 10), np.log10(losses)[::10]
        ground = Rectangle(5.8, 1.35).set_stroke(width=0).set_fill(PANEL, 1)
        heights = (logs - logs.min()) / np.ptp(logs) - 0.5
        points = np.stack([5.6 * (steps / steps[-1] - 0.5), 1.1 * heights, 0 * heights], axis=1)
        whole = VMobject().set_points_as_corners(points).set_stroke(LOSS, 6)
        curve = whole.copy()

        def get_now():
            return int(step.get_value() + 1e-6)

        readings = VGroup()
        for word, function, decimals, color in (
            ("step", get_now, 0, TEXT),
            ("loss", lambda: losses[get_now()], 5, LOSS),
        ):
            number = SourcedNumber(
                2000 if word == "step" else 0,
                num_decimal_places=decimals,
                group_with_commas=True,
                font_size=BODY,
                edge_to_fix=LEFT,
                source=Source(f"training: {word}", (), function),
                mark_zero=False,
            )
            number.add_updater(lambda number, function=function: number.set_value(function()), call=False)
            words = {"loss": "error (loss)"}.get(word, word)
            readings.add(VGroup(Text(words, font_size=BODY - 4), number).arrange(RIGHT, buff=0.25).set_color(color))
        strip = VGroup(readings[0], VGroup(ground, curve), readings[1]).arrange(RIGHT, buff=0.45).move_to(3.0 * DOWN)
        whole.shift(ground.get_center())

        def follow(curve):
            curve.pointwise_become_partial(whole, 0, max(step.get_value() / steps[-1], 1e-3))

        curve.add_updater(follow)
        scale = Text("log scale", font_size=SMALL).set_color(MUTED)
        strip.add(scale.move_to(ground.get_corner(UR) + 0.12 * DL, UR))
        return VGroup(Plate(strip, buff=0.2), strip)

    def get_fan(self, cosine, name, ideal, color):
        """Two arrows at the angle that was measured, their names, and the cosine."""
        angle, origin = float(np.arccos(cosine)), ORIGIN
        ends = [4.4 * rotate_vector(RIGHT, turn) for turn in (0, angle)]
        arrows = Group(
            SolidArrow(origin, end, color=c, width=0.2) for end, c in zip(ends, (color, POSITIVE_RAMP[1]), strict=True)
        )
        arc = Arc(0, angle, radius=2.7).set_stroke(FOCUS, 6)
        words = VGroup(
            Text(ideal, font_size=BODY).set_color(color), Text(name, font_size=BODY).set_color(POSITIVE_RAMP[1])
        )
        words[0].next_to(ends[0], DOWN, buff=0.25).set_x(2.2)
        words[1].next_to(ends[1], UP, buff=0.2).set_x(2.6)
        number = get_number(np.array(cosine), 2, source=f"cosine of {name} with {ideal}", font_size=TITLE)
        reading = VGroup(
            Text("cosine", font_size=BODY), number, Text("(same way: 1)", font_size=LABEL).set_color(MUTED)
        ).arrange(DOWN, buff=0.15)
        reading[:2].set_color(FOCUS)
        reading.move_to([5.9, 0.8, 0])
        fan = Group(arrows, arc, words, reading)
        fan.origin = origin
        return fan

    # Beats

    def watch_it_train(self):
        # Leave the model we know for a block that was trained
        set_telephoto(self.frame, 20).reorient(*LAST_VIEW)
        slabs = get_blocks()
        amounts = get_all_amounts(slabs)
        self.add(slabs, amounts)
        walls, step = self.get_walls(), ValueTracker(0)
        walls.save_state()
        walls.scale(0.2).move_to(slabs[1][0])
        self.play(
            FadeOut(Group(slabs, amounts), 2 * DOWN, time_span=(0, 0.9)),
            Restore(walls, time_span=(0.2, 1.6)),
            self.frame.animate(time_span=(0, 1.6)).reorient(-20, -6, 0, ORIGIN, 8.6),
            run_time=1.6,
        )
        self.say(self.get_headline("We chose. What does training find?"))
        names = VGroup(
            Text(words, font_size=LABEL).next_to(wall, UP, buff=0.12)
            for words, wall in zip(("its rows", "its columns"), walls, strict=True)
        )

        # Let gradient descent find numbers of its own
        strip = self.get_loss_strip(step).fix_in_frame().update()
        self.say(
            self.get_headline("A small block, trained on 16 facts", [("facts", len(FACTS))]),
            FadeIn(names),
            FadeIn(strip, 0.3 * UP),
        )

        n_steps = self.run_of_training.config.n_steps

        def follow(walls):
            for wall, values in zip(walls, self.get_slices(step.get_value()), strict=True):
                wall.set_values(values)

        self.play(
            ApplyMethod(step.set_value, n_steps / 4, rate_func=lambda t: t**2),
            UpdateFromFunc(walls, follow),
            self.frame.animate.reorient(0, 0, 0, ORIGIN, 8),
            run_time=2.5,
        )

        # Let the matrices sort, long after the error is small
        self.say(
            self.get_headline("The error is small; the matrices still sort", color=FOCUS),
            ApplyMethod(step.set_value, n_steps, rate_func=lambda t: ((1 + t) ** 2 - 1) / 3),
            UpdateFromFunc(walls, follow),
            run_time=4,
        )
        strip.clear_updaters()
        return walls, VGroup(strip, names)

    def get_headline(self, words, values=(), color=TEXT):
        """A sentence at the top; the numbers in it are given as (name, count), in their order."""
        headline = Text(words, font_size=HEADING).set_color(color).move_to(3.45 * UP).fix_in_frame()
        headline.sources = [Source(name, (), np.array(count)) for name, count in values]
        return headline

    def compare_directions(self, walls, strip):
        # Hold a row against the name it should ask for
        (first, last, sport), run = FACTS[UNIT], self.run_of_training
        up, down = walls
        self.hush(FadeOut(strip), walls.animate.scale(0.68).arrange(DOWN, buff=0.25).move_to(4.9 * LEFT), run_time=1.2)
        fans = Group(
            self.get_fan(run.row_cosines[UNIT], f"row {UNIT}", f"{first} + {last}", FOCUS),
            self.get_fan(run.column_cosines[UNIT], f"column {UNIT}", sport, TARGET),
        )
        fans[0].move_to([2.5, 1.3, 0])
        fans[1].move_to([2.5, -2.05, 0])
        boxes = VGroup(up.get_strip(row=UNIT), down.get_strip(column=UNIT))
        picked = Text(f"Neuron {UNIT}: the one most for {first} {last}", font_size=BODY)
        picked.set_color(TEXT).set_max_width(9.2).move_to([1.95, 3.5, 0]).fix_in_frame()
        self.say(picked, ShowCreation(boxes[0]), self.get_arrow(fans[0], 1))
        self.play(self.get_arrow(fans[0], 0))
        self.play(ShowCreation(fans[0][1]), FadeIn(fans[0][3]), run_time=0.8)

        # Hold a column against what it should answer
        self.play(ShowCreation(boxes[1]), self.get_arrow(fans[1], 1), run_time=0.7)
        self.play(self.get_arrow(fans[1], 0), run_time=0.7)
        self.play(ShowCreation(fans[1][1]), FadeIn(fans[1][3]), run_time=0.8)

        # Hold all others against them, too
        charts = VGroup(
            CosineChart(cosines, UNIT, goal, color)
            for cosines, goal, color in zip(
                get_all_cosines(run), (f"{first} + {last}", sport), (FOCUS, TARGET), strict=True
            )
        )
        for chart, fan in zip(charts, fans, strict=True):
            chart.move_to([-4.0, fan.get_y(), 0])
        self.say(
            self.get_headline("Close to our story; most others are not", color=FOCUS),
            FadeOut(Group(walls, boxes), 4 * LEFT, time_span=(0, 0.8)),
            *(FadeIn(VGroup(chart.ground, chart.words), time_span=(0.6, 1.2)) for chart in charts),
            run_time=1.2,
        )
        for chart in charts:
            self.play(LaggedStart(*(GrowFromEdge(bar, DOWN) for bar in chart.bars), lag_ratio=0.1), run_time=1)
            self.play(FadeIn(chart.marker, 0.3 * DOWN), run_time=0.4)
        self.wait_until_read()
        return charts, fans, self.caption

    def get_arrow(self, fan, place):
        """Animation: one of the arrows of a fan comes in, with its name."""
        return AnimationGroup(FadeIn(fan[0][place]), FadeIn(fan[2][place]))

    def get_numbered(self, words, values, color, font_size=HEADING):
        """Lines of words in which each {} is a count that knows its source: values are (name, count)."""
        text = Text(words.format(*(count for _, count in values)), font_size=font_size, alignment="LEFT")
        text.sources = [Source(name, (), np.array(count)) for name, count in values]
        return text.set_color(color).set_x(self.column, LEFT).fix_in_frame()

    def get_key(self, values, own):
        """What the brightness of a cell stands for: the activation for the name itself, and the next largest one."""
        largest, *others = np.sort(values.ravel())[::-1]
        key = VGroup()
        for words, value in ((own, largest), ("the next", others[0]), ("off", others[-1])):
            share = 0.4 + 0.6 * value / largest if value > 0 else 0
            swatch = Square(0.4).set_stroke(width=0).set_fill(mix_colors(SILENT, ACTIVATION, share), 1)
            number = get_number(np.array(value), 2, source=f"activation, {words}", font_size=BODY)
            line = VGroup(swatch, number, Text(words, font_size=LABEL)).arrange(RIGHT, buff=0.25)
            key.add(line)
        key.arrange(DOWN, buff=0.2, aligned_edge=LEFT).set_x(self.column, LEFT)
        return VGroup(Text("activation", font_size=LABEL).set_color(MUTED).next_to(key, UP, aligned_edge=LEFT), key)

    def ask_one_neuron(self, charts, fans, words):
        # Lay out every name there can be
        values, (first, last, _) = get_board(self.run_of_training), FACTS[UNIT]
        board, own = NameBoard(values), (FIRST_NAMES.index(first), LAST_NAMES.index(last))
        box = SurroundingRectangle(board.matrix.get_cell(*own), buff=0.04).set_stroke(FOCUS, 6)
        square = Text("Each square: a first name\nand a last name", font_size=BODY, alignment="LEFT")
        square.set_x(self.column, LEFT).set_y(2.2).fix_in_frame()
        self.play(
            FadeOut(words, time_span=(0, 0.3)),
            FadeOut(fans, 3 * RIGHT, time_span=(0, 0.5)),
            charts.animate.shift(9 * LEFT),
            board.shift(14 * RIGHT).animate.shift(14 * LEFT),
            FadeIn(square, time_span=(0.8, 1.3)),
            run_time=1.3,
        )
        self.caption = VGroup()
        self.remove(charts)
        self.play(ShowCreation(box))
        self.wait(1.9)

        # Say for how many of them its neuron should be on
        story = self.get_numbered(
            "Neuron {} should be on\nfor one name of {}", [("unit", UNIT), ("names", len(PAIRS))], TEXT
        )
        self.play(FadeOut(square), run_time=0.3)
        self.play(FadeIn(story.set_y(2.2)), run_time=0.5)
        self.wait(1.5)

        # Count those for which it is on
        on = np.flatnonzero(values.ravel() > 0)
        mine = own[0] * len(LAST_NAMES) + own[1]
        on = [mine, *(place for place in on if place != mine)]
        colors, n_seen = get_lit_colors(values), ValueTracker(0)
        count = SourcedNumber(
            0,
            num_decimal_places=0,
            font_size=80,
            edge_to_fix=LEFT,
            source=Source("names it is on for", (), lambda: round(n_seen.get_value())),
            mark_zero=False,
        )
        line = VGroup(Text("It is on for", font_size=HEADING), count).arrange(RIGHT, buff=0.25)
        line.set_color(POSITIVE_RAMP[1]).set_x(self.column, LEFT).set_y(0.5)
        key = self.get_key(values, f"{first} {last}").set_y(-2.1)
        count.add_updater(lambda number: number.set_value(round(n_seen.get_value())), call=False)
        self.play(FadeIn(VGroup(line, key)), run_time=0.5)
        self.play(
            LaggedStart(*(board.cells[place].animate.set_fill(colors[place]) for place in on), lag_ratio=0.6),
            ApplyMethod(n_seen.set_value, len(on), rate_func=linear),
            run_time=3,
        )
        count.clear_updaters()
        n_alike = int((values[own[0]] > 0).sum())
        alike = self.get_numbered(
            f"{{}} of them {first}s", [("of them with that first name", n_alike)], POSITIVE_RAMP[1], BODY
        )
        self.play(FadeIn(alike.set_y(-0.3)))
        self.wait(3)
        return board, VGroup(story, line, alike, key, box)

    def get_verdict_key(self):
        """What the colours of the verdicts stand for."""
        key = VGroup()
        for verdict, words in (("right", "the right sport"), ("silent", "silent"), ("false alarm", "a sport, wrongly")):
            swatch = Square(0.36).set_stroke(width=0).set_fill(VERDICTS[verdict], 1)
            key.add(VGroup(swatch, Text(words, font_size=LABEL)).arrange(RIGHT, buff=0.2))
        return key.arrange(DOWN, buff=0.15, aligned_edge=LEFT).set_x(self.column, LEFT)

    def ask_the_block(self, board, told):
        # Clear the board, and ask the whole block instead
        verdicts, (shown, unseen) = judge_answers(self.run_of_training), split_decoys()
        asked = Text("Now ask the whole block", font_size=HEADING).set_x(self.column, LEFT).set_y(2.6).fix_in_frame()
        self.play(
            FadeOut(told, time_span=(0, 0.4)),
            board.axes.animate.set_color(MUTED),
            *(cell.animate.set_fill(SILENT) for cell in board.cells),
            FadeIn(asked, time_span=(0.5, 1)),
        )
        taught = self.get_numbered(
            "It was taught {} facts, and\nsilence for {} other names",
            [("facts", len(FACTS)), ("names with no fact that were shown", len(shown))],
            TEXT,
            BODY,
        )
        key = self.get_verdict_key().fix_in_frame().set_y(-2.4)
        self.play(FadeIn(taught.set_y(1.4)), FadeIn(key))
        self.wait(1.5)
        right = self.get_numbered(
            "{} of {} facts right", [("facts right", verdicts.count("right")), ("facts", len(FACTS))], TARGET
        )
        places = [place for place, verdict in enumerate(verdicts) if verdict == "right"]
        self.play(
            LaggedStart(*(board.cells[place].animate.set_fill(VERDICTS["right"]) for place in places), lag_ratio=0.3),
            FadeIn(right.set_y(0.1), time_span=(1, 1.6)),
            run_time=1.6,
        )
        self.wait(1.2)

        # Outline the names it never saw
        n_false = verdicts.count("false alarm")
        rings = VGroup(
            cell.copy().set_fill(opacity=0).set_stroke(TEXT, 2.5, 0.7)
            for cell, pair in zip(board.cells, PAIRS, strict=True)
            if pair in unseen
        )
        outlined = self.get_numbered("{} names it never saw", [("unseen names", len(unseen))], TEXT)
        result = self.get_numbered(
            "{} stay silent,\n{} do not", [("rightly silent", len(unseen) - n_false), ("false alarms", n_false)], TEXT
        )
        wrong = [place for place, verdict in enumerate(verdicts) if verdict == "false alarm"]
        self.play(FadeOut(VGroup(asked, taught, right)), run_time=0.4)
        self.play(FadeIn(rings, lag_ratio=0.02), FadeIn(outlined.set_y(2.4)))
        self.play(
            *(board.cells[place].animate.set_fill(WRONG) for place in wrong),
            *(FlashAround(board.cells[place], color=WRONG) for place in wrong),
            *(
                names[index].animate.set_color(WRONG)
                for place in wrong
                for names, index in zip(board.axes, divmod(place, len(LAST_NAMES)), strict=True)
            ),
            FadeIn(result.set_y(0.9)),
        )
        self.wait(2)
        return Group(board, rings, outlined, result, key)

    def share_the_answer(self, told):
        # Light all neurons of the block, as one name does
        first, last, _ = FACTS[UNIT]
        picture = SharedAnswer(self.run_of_training)
        n_lit = int((self.run_of_training.neurons(embed([(first, last)])) > 0).sum())
        lit = self.get_headline(
            f"{first} {last} lights {n_lit} of {len(picture.field)} neurons",
            [("neurons that are on", n_lit), ("neurons", len(picture.field))],
        )
        self.play(
            FadeOut(told, 3 * LEFT, time_span=(0, 0.7)),
            FadeIn(Group(picture.plate, picture.field), 3 * LEFT, time_span=(0.4, 1.1)),
            run_time=1.1,
        )
        self.say(
            lit,
            LaggedStart(
                *(ball.animate.set_fill(color) for ball, color in zip(picture.field, picture.colors, strict=True)),
                lag_ratio=0.01,
            ),
            run_time=1.2,
        )
        self.play(picture.field[UNIT].animate.set_fill(FOCUS), run_time=0.5)
        self.wait_until_read()

        # Build the answer from those that are on
        n_giving = len(picture.order)
        shared = self.get_headline(
            f"{n_giving} of them share the answer", [("neurons that give over a hundredth", n_giving)], TEXT
        )
        sparks = [picture.field[unit].copy() for unit in picture.order]
        self.add(picture.whole)
        self.say(
            shared,
            LaggedStart(
                *(ReplacementTransform(*pair) for pair in zip(sparks, picture.bar, strict=True)), lag_ratio=0.15
            ),
            FadeIn(VGroup(picture.whole, picture.title), time_span=(0, 0.6)),
            run_time=2.2,
        )
        self.play(LaggedStart(*(FadeIn(line, 0.2 * UP) for line in picture.words[:2]), lag_ratio=0.8), run_time=1.4)
        self.wait_until_read()
        self.wait(0.6)

        # End on the verdict
        verdict = get_verdict()
        self.hush()
        self.play(FadeIn(verdict, 0.2 * UP))
        self.wait(3)


def get_verdict():
    """What the scene ends on."""
    verdict = Text("It knows its facts, but not by one neuron per name", font_size=HEADING)
    return verdict.set_color(FOCUS).fix_in_frame().move_to(3.45 * UP)
