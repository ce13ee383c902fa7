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


def get_judged_board(run):
    """The board as the scene leaves it: a cell for each name in the colour of the verdict on it."""
    board = NameBoard(get_board(run))
    for cell, verdict in zip(board.cells, judge_answers(run), strict=True):
        cell.set_fill(VERDICTS[verdict])
    board.axes.set_color(MUTED)
    return board


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
        return walls.arrange(RIGHT, buff=1.4).move_to([0, 0.2, 0])

    def get_loss_strip(self, step):
        """The loss, in powers of ten, against the step: as far as the training has come. With both as numbers."""
        losses = self.run_of_training.losses
        steps, logs = np.arange(0, len(losses), 10), np.log10(losses)[::10]
        ground = Rectangle(5.2, 1.0).set_stroke(width=0).set_fill(PANEL, 1)
        heights = (logs - logs.min()) / np.ptp(logs) - 0.5
        points = np.stack([5 * (steps / steps[-1] - 0.5), 0.8 * heights, 0 * heights], axis=1)
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
        strip = VGroup(readings[0], VGroup(ground, curve), readings[1]).arrange(RIGHT, buff=0.5).move_to(3.1 * DOWN)
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

        def follow(walls):
            for wall, values in zip(walls, self.get_slices(step.get_value()), strict=True):
                wall.set_values(values)

        self.play(
            ApplyMethod(step.set_value, self.run_of_training.config.n_steps, rate_func=lambda t: t**2),
            UpdateFromFunc(walls, follow),
            self.frame.animate.reorient(0, 0, 0, ORIGIN, 8),
            run_time=5,
        )
        strip.clear_updaters()
        self.wait(0.5)
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
        picked = Text(f"Numbered so that neuron {UNIT} fits {first} {last} best", font_size=BODY)
        picked.set_color(TEXT).set_max_width(9.2).move_to([1.95, 3.5, 0]).fix_in_frame()
        self.say(picked, ShowCreation(boxes[0]), self.get_arrow(fans[0], 1))
        self.play(self.get_arrow(fans[0], 0))
        self.play(ShowCreation(fans[0][1]), FadeIn(fans[0][3]), run_time=0.8)

        # Hold a column against what it should answer
        self.play(ShowCreation(boxes[1]), self.get_arrow(fans[1], 1), run_time=0.7)
        self.play(self.get_arrow(fans[1], 0), run_time=0.7)
        self.play(ShowCreation(fans[1][1]), FadeIn(fans[1][3]), run_time=0.8)
        self.say(Text("Close to our story", font_size=HEADING).set_color(FOCUS).move_to([2.5, 3.5, 0]).fix_in_frame())
        self.wait_until_read()
        return walls, fans, VGroup(boxes, self.caption)

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

    def get_shares(self, contributions, own):
        """The neurons that give a fact's answer, as parts of a bar as long as the answer; the fact's own is yellow."""
        parts = VGroup()
        for unit in np.argsort(-contributions):
            if contributions[unit] > 0.01:
                part = Rectangle(5.3 * contributions[unit], 0.6).set_stroke(BACKGROUND, 2)
                parts.add(part.set_fill(FOCUS if unit == own else POSITIVE_RAMP[1], 1))
        return parts.arrange(RIGHT, buff=0).set_x(self.column, LEFT)

    def ask_one_neuron(self, walls, fans, words):
        # Ask its neuron about every name there can be
        values, (first, last, _) = get_board(self.run_of_training), FACTS[UNIT]
        board, own = NameBoard(values), (FIRST_NAMES.index(first), LAST_NAMES.index(last))
        box = SurroundingRectangle(board.matrix.get_cell(*own), buff=0.04).set_stroke(FOCUS, 6)
        story = self.get_numbered(
            "Neuron {} should be on\nfor one name of {}", [("unit", UNIT), ("names", len(PAIRS))], TEXT
        )
        key = self.get_key(values, f"{first} {last}").set_y(-2.0)
        self.play(
            FadeOut(words, time_span=(0, 0.3)),
            FadeOut(fans, 3 * RIGHT, time_span=(0, 0.5)),
            walls.animate.shift(9 * LEFT),
            board.shift(14 * RIGHT).animate.shift(14 * LEFT),
            FadeIn(story.set_y(2.2), time_span=(0.8, 1.3)),
            run_time=1.3,
        )
        self.caption = VGroup()
        self.remove(walls)
        self.play(ShowCreation(box))
        self.wait(1.2)

        # Light up those for which it is on
        n_on, n_alike = int((values > 0).sum()), int((values[own[0]] > 0).sum())
        counts = [("names it is on for", n_on), ("of them with that first name", n_alike)]
        lit = self.get_numbered(f"It is on for {{}},\n{{}} of them {first}s", counts, POSITIVE_RAMP[1], HEADING)
        shares = np.where(values > 0, 0.4 + 0.6 * values / values.max(), 0).ravel()  # what is on stands out
        colors = [mix_colors(SILENT, ACTIVATION, share) for share in shares]
        self.play(self.recolor(board, colors), FadeIn(lit.set_y(0.4)), FadeIn(key), run_time=1.5)
        self.wait(2)
        return board, VGroup(story, lit, key, box)

    def recolor(self, board, colors):
        """Animation: the cells of the board take colours, one after the other."""
        return LaggedStart(
            *(cell.animate.set_fill(color) for cell, color in zip(board.cells, colors, strict=True)), lag_ratio=0.005
        )

    def get_verdict_key(self):
        """What the colours of the verdicts stand for."""
        key = VGroup()
        for verdict, words in (("right", "the right sport"), ("false alarm", "a sport, but there is no fact")):
            swatch = Square(0.34).set_stroke(width=0).set_fill(VERDICTS[verdict], 1)
            key.add(VGroup(swatch, Text(words, font_size=LABEL)).arrange(RIGHT, buff=0.2))
        return key.arrange(DOWN, buff=0.15, aligned_edge=LEFT).set_x(self.column, LEFT)

    def ask_the_block(self, board, told):
        # Clear the board, and ask the whole block instead
        verdicts = judge_answers(self.run_of_training)
        asked = Text("Now ask the whole block", font_size=HEADING).set_x(self.column, LEFT).set_y(3.1).fix_in_frame()
        self.play(
            FadeOut(told),
            board.axes.animate.set_color(MUTED),
            *(cell.animate.set_fill(SILENT) for cell in board.cells),
            FadeIn(asked, time_span=(0.4, 1)),
        )
        key = self.get_verdict_key().fix_in_frame().set_y(2.25)
        n_right = verdicts.count("right")
        right = self.get_numbered("{} of {} facts right", [("facts right", n_right), ("facts", len(FACTS))], TARGET)
        seen = Text("(all seen in training)", font_size=LABEL).set_color(MUTED).fix_in_frame()
        seen.next_to(right.set_y(1.35), DOWN, buff=0.12, aligned_edge=LEFT)
        self.play(FadeIn(key))
        self.play(self.recolor(board, [VERDICTS[v] for v in verdicts]), FadeIn(VGroup(right, seen)), run_time=1.5)
        self.wait()

        # Outline the names it never saw
        unseen, n_false = split_decoys()[1], verdicts.count("false alarm")
        rings = VGroup(
            cell.copy().set_fill(opacity=0).set_stroke(TEXT, 2, 0.45)
            for cell, pair in zip(board.cells, PAIRS, strict=True)
            if pair in unseen
        )
        counts = [("unseen names", len(unseen)), ("rightly silent", len(unseen) - n_false), ("false alarms", n_false)]
        outlined = self.get_numbered(
            "{} names it never saw (outlined):\n{} rightly silent, {} false alarms", counts, TEXT, LABEL + 3
        )
        wrong = [place for place, verdict in enumerate(verdicts) if verdict == "false alarm"]
        self.play(FadeIn(rings, lag_ratio=0.02), FadeIn(outlined.set_y(0.1)))
        self.play(
            *(FlashAround(board.cells[place], color=WRONG) for place in wrong),
            *(
                names[index].animate.set_color(WRONG)
                for place in wrong
                for names, index in zip(board.axes, divmod(place, len(LAST_NAMES)), strict=True)
            ),
        )
        self.wait(1.5)
        return VGroup(asked, key, right, seen, outlined)

    def share_the_answer(self, told):
        # Show how many neurons share one answer
        run = self.run_of_training
        (first, last, sport), contributions = FACTS[UNIT], get_contributions(run)
        bar = self.get_shares(contributions, UNIT).set_y(-1.95)
        shared = self.get_numbered(
            "{} neurons share the answer\n" + f"{first} {last}: {sport}",
            [("neurons that add over a hundredth", len(bar))],
            POSITIVE_RAMP[1],
            BODY,
        )
        mine = next(part for part in bar if part.get_fill_color() == FOCUS)
        own = Text(f"neuron {UNIT}", font_size=LABEL).set_color(FOCUS).next_to(mine, DOWN, buff=0.12)
        own.set_x(mine.get_x() - 0.1, LEFT)
        more = Text("another gives more", font_size=LABEL).set_color(POSITIVE_RAMP[1])
        more.next_to(own, DOWN, buff=0.12).set_x(bar.get_left()[0], LEFT)
        elbow = Line(bar[0].get_bottom(), [bar[0].get_x(), more.get_top()[1], 0], buff=0.06).set_stroke(
            POSITIVE_RAMP[1], 3
        )
        share = Text("width: share of the answer", font_size=LABEL).set_color(MUTED)
        share.next_to(more, DOWN, buff=0.12).set_x(self.column, LEFT)
        self.play(
            FadeIn(shared.set_y(-0.95)), LaggedStart(*(FadeIn(part, 0.2 * RIGHT) for part in bar), lag_ratio=0.15)
        )
        self.play(FadeIn(VGroup(own, share)))
        self.play(FadeIn(more), ShowCreation(elbow))
        self.wait(2)

        # End on the verdict
        verdict = get_verdict()
        self.play(
            FadeOut(told),
            FadeIn(verdict, 0.2 * UP, time_span=(0.4, 1)),
            run_time=1,
        )
        self.wait(3)


def get_verdict():
    """What the scene ends on."""
    verdict = Text("It knows its facts,\nbut not by one\nneuron per name", font_size=HEADING, alignment="LEFT")
    return verdict.set_color(FOCUS).fix_in_frame().set_x(MatricesVsIntuition.column, LEFT).set_y(1.6)
