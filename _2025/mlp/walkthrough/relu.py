"""Act I: the ReLU, number by number along its graph; and what its results are called."""

from _2025.mlp.walkthrough.collapse import UP_LINE, get_line
from _2025.mlp.walkthrough.numbers import (
    MIDDLE_Y,
    PASSES,
    Board,
    PageAct,
    get_answers,
    get_large_column,
    get_neurons,
    get_plate,
)
from _2025.mlp.walkthrough.stage import Answers, Neurons, change, get_pass, get_relu_icon
from manim_imports_ext import *
from truth.activations import gelu
from truth.toy_mlp import ACTIVE, NEURON_MEANINGS, TOKENS, VISIBLE_UNITS

OTHER = [token.words for token in TOKENS].index("Michael Phelps")
SLOWLY = (0, 2)  # units that take the graph slowly: one is kept, one becomes zero
RADIUS = 0.2  # of the ball that rolls
WITHOUT_ANSWERS = ("embedding", "card", "up", "pre", "relu")


def get_ball(marker):
    """A ball that lies on the graph where a marker reads it, as bright as what comes out."""
    ball = Ball(RADIUS)

    def follow(ball):
        out = marker.result.value
        lean = 0.7 * RADIUS * LEFT if out > 0 else ORIGIN
        ball.set_value(out).move_to(marker.dot.get_center() + RADIUS * UP + lean)

    follow(ball)
    return ball.add_updater(follow)


def get_clear_marker(plot, value, source):
    """A marker whose numbers keep clear of the axes' own; where nothing comes out it has no second number."""
    marker = plot.get_marker(value, source, font_size=HEADING)

    def clear(marker):
        marker.entry.next_to(plot.axes.c2p(marker.value, 0), DOWN, buff=0.95)
        marker.result.set_opacity(1 if marker.result.value > 0.05 else 0)

    clear(marker)
    return marker.add_updater(clear)


def get_scales(plot):
    """What the axes of a plot are called, and the numbers across."""
    at = plot.axes.c2p
    names = Text("in", font_size=36).next_to(at(2, 0), UL, buff=0.15), Text("out", font_size=36)
    names[1].next_to(at(0, 2), DR, buff=0.15)
    across = (Tex(str(x), font_size=34).next_to(at(x, 0), DOWN, buff=0.45) for x in (-2, -1, 1, 2))
    numbers = VGroup(*across)
    for number, x in zip(numbers, (-2, -1, 1, 2), strict=True):
        number.sources = [Source("a number on the axis", (), np.array(x))]
    numbers[0].shift(0.2 * RIGHT)
    numbers[3].shift(0.1 * LEFT)
    return VGroup(*names, *numbers).set_color(MUTED)


class RectifyToNeurons(PageAct):
    """ReLU turns every negative number into 0, and what is left says which neurons are active."""

    def set_up(self) -> Answers:
        stage = self.set_up_stage("embedding", "card", "up", "pre", low=True)
        stage.docked.add(get_line(UP_LINE, stage.up))
        answers = get_answers(stage)
        self.add(stage.docked, answers.plate, answers.column)
        return answers

    def act(self, before: Answers) -> Neurons:
        plot = get_activation_plot("relu", x_range=(-2, 2), y_range=(-1, 2), width=7.0, font_size=HEADING)
        plot.move_to([0, MIDDLE_Y, 0])
        picture = VGroup(Plate(plot, buff=0.2), plot, get_scales(plot))
        columns = self.make_room_for_the_results(before, picture)
        self.roll_along_the_graph(picture, *columns)
        self.compare_with_gelu(picture, columns[-1])
        board = self.make_the_answer_exact(picture)
        neurons = self.show_the_neurons(columns, VGroup(picture, board))
        self.try_another_name(neurons)
        return self.put_the_relu_away(before.stage, neurons)

    # From one vector to the next

    def make_room_for_the_results(self, answers, picture):
        # Leave room for what becomes of the numbers, and for the function between
        after = get_large_column(get_pass().neurons, "neurons", VISIBLE_UNITS).move_to([5.75, MIDDLE_Y, 0])
        after.cells.set_opacity(0)
        after.tiles.set_fill(PANEL)
        plates = VGroup(answers.plate, get_plate(after))
        self.play(
            *change(answers.stage, *WITHOUT_ANSWERS, low=True),
            FadeIn(VGroup(plates[1], after), 0.5 * LEFT),
            FadeIn(VGroup(picture[0], picture[1].axes, picture[2]), scale=0.9, time_span=(0.2, 0.8)),
            run_time=0.8,
        )
        return plates, answers.column, after

    def roll_along_the_graph(self, picture, plates, before, after):
        # Draw the function between the two
        plot = picture[1]
        self.say_above(
            "ReLU: which of these become zero?",
            ShowCreation(plot.curve),
            FadeIn(plot.label),
            run_time=1.2,
        )
        self.wait(2.2)

        # Let a ball roll along it, for one number after the other
        first = before.get_entry(SLOWLY[0])
        marker = get_clear_marker(plot, get_pass().pre[SLOWLY[0]], first.source)
        ball = get_ball(marker)
        boxes = VGroup(SurroundingRectangle(before.get_tile(SLOWLY[0]), buff=0).set_stroke(FOCUS, 4))
        self.play(ShowCreation(boxes), FadeIn(marker), FadeIn(ball), run_time=0.8)
        for unit in VISIBLE_UNITS:
            is_slow = unit in SLOWLY
            if unit != SLOWLY[0]:
                self.remove(boxes)  # no number is being read while the ball rolls
                self.play(
                    marker.animate.set_value(get_pass().pre[unit], before.get_entry(unit).source),
                    run_time=1.4 if is_slow else 0.6,
                )
                self.add(boxes.move_to(before.get_tile(unit)))
            self.wait(0.4 if is_slow else 0.15)
            flying = marker.result.copy()
            self.play(
                flying.clear_updaters().animate.move_to(after.get_entry(unit)).set_opacity(0),
                *self.reveal(after, unit),
                run_time=0.9 if is_slow else 0.3,
            )
            self.remove(flying)
        ball.clear_updaters()
        marker.clear_updaters()
        self.hush(
            FadeOut(VGroup(boxes, marker)), FadeOut(ball), after.get_ellipses().animate.set_opacity(1), run_time=0.5
        )

    def reveal(self, column, unit):
        """Animations: a number of a column whose tiles are dark appears, and its tile takes its color."""
        entry = column.get_entry(unit)
        (color,) = column.get_colors([entry.shown_value])
        return [entry.animate.set_opacity(1), column.get_tile(unit).animate.set_fill(color)]

    def compare_with_gelu(self, plot, after):
        # Show the smooth function that many models use instead
        smooth = get_activation_plot("gelu", x_range=(-2, 2), y_range=(-1, 2), width=7.0, font_size=HEADING)
        smooth.move_to(plot[1])
        kept = plot[1].curve.copy(), plot[1].label.copy()
        self.say_above(
            "Many models use a smooth one: GELU",
            Transform(plot[1].curve, smooth.curve),
            FadeOut(plot[1].label, time_span=(0, 0.5)),
            FadeIn(smooth.label, time_span=(0.6, 1)),
            after.animate.set_values(gelu(get_pass().pre), "GELU of W_up E + b_up"),
            run_time=1.2,
        )
        self.wait(0.4)
        self.say_above(
            "With ReLU: exactly zero",
            Transform(plot[1].curve, kept[0]),
            FadeOut(smooth.label, time_span=(0, 0.4)),
            FadeIn(kept[1], time_span=(0.5, 0.9)),
            after.animate.set_values(get_pass().neurons, "neurons"),
            run_time=0.9,
        )
        plot[1].label.become(kept[1])
        self.remove(kept[1])
        self.add(plot)
        self.wait(0.6)

    def make_the_answer_exact(self, plot):
        # Send the scores of all tokens through it
        board = Board([each.pre[0] for each in PASSES], "row 0 · E + b_up[0] of each token")
        board.scale(1.02).move_to([2.4, MIDDLE_Y - 0.35, 0])
        head = Text("neuron 0", font_size=HEADING).set_color(TEXT).next_to(board, UP, buff=0.12)
        self.hush(
            plot.animate.scale(0.56).move_to([-2.4, MIDDLE_Y - 0.35, 0]),
            FadeIn(VGroup(board, head), 0.5 * LEFT, time_span=(0.4, 1)),
            run_time=1,
        )
        self.wait(2)
        self.play(
            board.numbers.animate.set_values([each.neurons[0] for each in PASSES], "neuron 0 of each token"),
            run_time=1.2,
        )
        self.say_above("Not Michael Jordan: exactly zero")
        self.wait(1)
        self.hush()
        return VGroup(board, head)

    # What comes out

    def get_neurons(self):
        """A ball for each visible unit, and what it asks. Parts: the balls, the words."""
        balls, words = Group(), VGroup()
        for place, question in enumerate(NEURON_MEANINGS):
            spot = [-4.8 + 3.2 * (place % 4), 1.28 - 2.35 * (place // 4), 0]
            balls.add(Ball(0.64).move_to(spot))
            words.add(Text(question, font_size=36).set_color(TEXT).move_to(spot).shift(0.98 * DOWN))
        return Group(balls, words)

    def get_values(self, balls, token):
        """What each ball's neuron is for a token, on the ball."""
        neurons = get_pass(token).neurons
        name = "neurons" if token == ACTIVE else f"neurons of '{TOKENS[token].words}'"
        values = VGroup()
        for ball, unit in zip(balls, VISIBLE_UNITS, strict=True):
            value = get_number(neurons[unit], 1, source=(name, unit), font_size=44)
            values.add(value.set_color(PANEL if neurons[unit] > 0.4 else TEXT).move_to(ball.body))
        return values

    def light(self, balls, words, neurons, **kwargs):
        """Animations: every ball shines as its neuron does, and what no active neuron asks steps back."""

        def to(ball, end):
            start = ball.value
            return UpdateFromAlphaFunc(ball, lambda ball, share: ball.set_value((1 - share) * start + share * end))

        shown = [neurons[unit] for unit in VISIBLE_UNITS]
        return [
            *(to(ball, value) for ball, value in zip(balls, shown, strict=True)),
            *(word.animate.set_color(TEXT if value > 0 else MUTED) for word, value in zip(words, shown, strict=True)),
        ]

    def get_whose(self, token):
        """Whose neurons these are, above them."""
        return Text(f"“{TOKENS[token].words}”", font_size=HEADING).set_color(FOCUS).move_to(2.42 * UP)

    def show_the_neurons(self, columns, pictures):
        # Turn every number into a neuron that shines as brightly
        plates, before, after = columns
        neurons = self.get_neurons()
        balls, words = neurons
        values, whose = self.get_values(balls, ACTIVE), self.get_whose(ACTIVE)
        floor = Plate(Rectangle(13.2, 5.6).move_to(0.1 * UP), buff=0, color=mix_colors(PLATE, BACKGROUND, 0.45))
        self.play(
            FadeIn(floor, time_span=(0, 0.5)),
            FadeOut(VGroup(plates, before, after, pictures), time_span=(0.4, 0.6)),
            LaggedStart(*(FadeIn(ball, scale=1.6) for ball in balls), lag_ratio=0.1, time_span=(0.3, 1.2)),
            LaggedStartMap(FadeIn, values, lag_ratio=0.1, time_span=(0.6, 1.5)),
            FadeIn(VGroup(whose, words), time_span=(1, 1.6)),
            run_time=1.6,
        )
        self.play(*self.light(balls, words, get_pass().neurons), run_time=0.9)
        self.say_above("Neurons: active when above zero")
        self.wait(0.8)
        return Group(floor, balls, words, values, whose)

    def try_another_name(self, neurons):
        # Let the viewer guess which ones another name lights up
        _, balls, words, values, whose = neurons
        other = self.get_whose(OTHER)
        dark = [word.animate.set_color(TEXT) for word in words]
        self.hush(
            FadeOut(values),
            FadeOut(whose, 0.3 * UP, time_span=(0, 0.4)),
            FadeIn(other, 0.3 * UP, time_span=(0.4, 0.8)),
            *self.light(balls, words, np.zeros_like(get_pass().neurons))[: len(balls)],
            *dark,
            run_time=0.9,
        )
        self.say_above("Which three light up now?")
        self.wait(2.5)
        others = self.get_values(balls, OTHER)
        self.play(*self.light(balls, words, get_pass(OTHER).neurons), FadeIn(others, time_span=(0.5, 1)), run_time=1.2)
        self.wait(1.6)

        # Come back to the first one
        self.hush(
            FadeOut(VGroup(others, other), time_span=(0, 0.4)),
            FadeIn(VGroup(values, whose), time_span=(0.5, 0.9)),
            *self.light(balls, words, get_pass().neurons),
            run_time=0.9,
        )

    def put_the_relu_away(self, stage, neurons):
        # Put the ReLU away over the second arrow, and the neurons in a row
        floor, balls, words, values, whose = neurons
        icon, row = get_relu_icon(stage.relu), get_neurons(stage)
        self.play(
            FadeOut(VGroup(words, whose, values), time_span=(0, 0.4)),
            *(Transform(ball, small) for ball, small in zip(balls, row.balls, strict=True)),
            FadeOut(floor),
            FadeIn(icon, time_span=(0.6, 1.2)),
            *change(stage, *WITHOUT_ANSWERS, "neurons", low=True),
            run_time=1.2,
        )
        self.remove(balls)
        stage.docked.add(icon)
        self.add(stage.docked, row.balls)
        return row
