"""Act J: the down projection: its columns are what the neurons add."""

from _2025.mlp.walkthrough.collapse import DOWN_LINE, UP_LINE, get_letters_on, get_line
from _2025.mlp.walkthrough.numbers import BASKETBALL, get_large_column, get_large_matrix, get_plate
from _2025.mlp.walkthrough.relu import OTHER, WITHOUT_ANSWERS
from _2025.mlp.walkthrough.stage import OneAct, Stage, change, get_pass, get_relu_icon
from manim_imports_ext import *
from truth.toy_mlp import DIRECTIONS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp

DOWN_SIZE, DOWN_Y = 28, 0.75  # font size of the numbers, middle of the matrix
ACTIVE_UNITS = [unit for unit in VISIBLE_UNITS if get_pass().neurons[unit] > 0]
LEFT_END, RIGHT_END = -6.6, 6.6


class DownProjection(OneAct):
    """Each active neuron adds its column of the down projection: the first one's adds "basketball"."""

    def set_up(self) -> Stage:
        stage = self.set_up_stage(*WITHOUT_ANSWERS, "neurons", low=True)
        stage.docked.add(get_line(UP_LINE, stage.up), get_relu_icon(stage.relu))
        self.add(stage.docked)
        return stage

    def act(self, before: Stage) -> Stage:
        matrix, plate, balls = self.bring_the_matrix(before)
        names = self.name_the_columns(matrix, balls)
        terms, total = self.add_the_active_columns(matrix, balls, names)
        self.switch_the_first_neuron(balls, terms, total)
        self.dock_the_line(before, Group(plate, matrix, balls, names, terms, total))
        return before

    def bring_the_matrix(self, stage):
        # Unfold the matrix out of the last arrow, a column under each neuron
        matrix = get_large_matrix(get_toy_mlp().down, "W_down", VISIBLE_COORDINATES, VISIBLE_UNITS, DOWN_SIZE)
        matrix.move_to([LEFT_END + 0.13, DOWN_Y, 0], LEFT)
        plate = get_plate(matrix)
        balls = Group()
        for unit in VISIBLE_UNITS:
            ball = Ball(0.27).set_value(get_pass().neurons[unit])
            balls.add(ball.move_to([matrix.get_tile(0, unit).get_x(), plate.get_top()[1] + 0.42, 0]))
        start = stage.neurons.get_center()
        self.play(
            *change(stage, *WITHOUT_ANSWERS, "neurons", "down", low=True),
            LaggedStart(*(FadeIn(b, b.get_center() - start, scale=3) for b in balls), lag_ratio=0.1, run_time=1.5),
            GrowFromPoint(plate, stage.down.get_center(), time_span=(0, 0.9)),
            LaggedStart(*(FadeIn(column) for column in matrix.get_columns()), lag_ratio=0.2, time_span=(0.8, 1.7)),
            FadeIn(matrix.brackets, time_span=(0.8, 1.1)),
            run_time=1.7,
        )
        self.remove(*matrix.get_family())
        self.add(plate, matrix, balls)
        return matrix, plate, balls

    def get_terms(self, matrix, n_names, c_names):
        """The sum over all neurons in letters; for each term, what it is made from. Parts: the line's pieces."""
        pieces, flights = VGroup(), []
        for k in range(len(VISIBLE_UNITS)):
            if k == len(VISIBLE_UNITS) - 1:
                pieces.add(Tex(R"\cdots", font_size=36), Tex("+", font_size=36))
            pair = VGroup(n_names[k].copy(), c_names[k].copy()).arrange(RIGHT, buff=0.05, aligned_edge=DOWN)
            flights.append([(n_names[k], pair[0]), (c_names[k], pair[1])])
            pieces.add(pair)
            if k < len(VISIBLE_UNITS) - 1:
                pieces.add(Tex("+", font_size=36))
        pieces.arrange(RIGHT, buff=0.13)
        return pieces, flights

    def name_the_columns(self, matrix, balls):
        # Name the neurons and the columns by the same indices
        n_names, c_names = VGroup(), VGroup()
        for ball, unit in zip(balls, VISIBLE_UNITS, strict=True):
            n_name = Tex(f"n_{{{unit}}}", font_size=36).set_color(ACTIVATION)
            c_name = Tex(f"C_{{{unit}}}", font_size=36).set_color(TEXT)
            n_names.add(n_name.next_to(ball.body, UP, buff=0.1))
            c_names.add(c_name.next_to([ball.body.get_x(), matrix.get_bottom()[1] - 0.1, 0], DOWN, buff=0.12))
        for names in (n_names, c_names):
            for name in names[1:]:
                name.align_to(names[0], UP)
        self.play(LaggedStartMap(FadeIn, n_names), LaggedStartMap(FadeIn, c_names), run_time=1)

        # Write the product as a sum over the neurons
        line, flights = self.get_terms(matrix, n_names, c_names)
        line.next_to(c_names, DOWN, buff=0.38).align_to([LEFT_END, 0, 0], LEFT)
        signs = VGroup(piece for piece in line if isinstance(piece, Tex))
        self.play(
            LaggedStart(
                *(AnimationGroup(*(TransformFromCopy(a, b) for a, b in pair)) for pair in flights), lag_ratio=0.25
            ),
            LaggedStartMap(FadeIn, signs, lag_ratio=0.25),
            run_time=2.4,
        )
        self.remove(*line.get_family())
        self.add(line)
        return VGroup(n_names, c_names, line)

    def get_term(self, unit, slot):
        """A neuron's column in its place beside the matrix. Parts: plate, numbers, factor and name above them."""
        column = get_large_column(
            get_toy_mlp().down[:, unit], f"column {unit} of W_down", VISIBLE_COORDINATES, DOWN_SIZE
        )
        column.move_to(slot)
        factor = get_number(get_pass().neurons[unit], 1, source=("neurons", unit), font_size=36)
        name = Tex(Rf"\cdot \, C_{{{unit}}}", font_size=36)
        head = VGroup(factor, name).arrange(RIGHT, buff=0.08).set_color(ACTIVATION)
        plate = get_plate(column)
        return VGroup(plate, column, head.next_to(plate, UP, buff=0.15))

    def get_slots(self):
        """Middles of the four columns beside the matrix: two terms, the bias, the sum."""
        return [np.array([x, DOWN_Y, 0]) for x in np.linspace(1.0, RIGHT_END - 0.66, 4)]

    def add_the_active_columns(self, matrix, balls, names):
        # Let the columns of silent neurons step back
        silent = [k for k, unit in enumerate(VISIBLE_UNITS) if unit not in ACTIVE_UNITS]
        pieces = [piece for piece in names[2] if not isinstance(piece, Tex)]
        matrix.generate_target()
        for k in silent:
            for part in matrix.target.get_column(VISIBLE_UNITS[k]):
                part.set_fill(opacity=0.3 if isinstance(part, Rectangle) else 0)
        faint = VGroup(*(pieces[k] for k in silent), *(names[1][k] for k in silent), *(names[0][k] for k in silent))
        self.say(
            "Each active neuron adds its column",
            MoveToTarget(matrix),
            faint.animate.set_opacity(0.2),
            beside=names[0],
            side=UP,
            run_time=1,
        )

        # Lift the active columns out, each times its neuron
        slots, terms = self.get_slots(), VGroup()
        signs = VGroup(
            Tex(tex, font_size=HEADING).move_to(midpoint(a, b))
            for tex, a, b in zip("++=", slots, slots[1:], strict=False)
        )
        for unit, slot in zip(ACTIVE_UNITS, slots, strict=False):
            term, value = self.get_term(unit, slot), get_pass().neurons[unit]
            term.save_state()
            term[:2].shift((matrix.get_tile(0, unit).get_x() - slot[0]) * RIGHT)
            self.add(term[:2])
            self.play(
                term[:2].animate(path_arc=-0.5).move_to(term.saved_state[:2]),
                TransformFromCopy(names[2][2 * VISIBLE_UNITS.index(unit)], term[2], time_span=(0.4, 1.2)),
                run_time=1.2,
            )
            if value != 1:
                scaled = value * get_toy_mlp().down[:, unit]
                self.play(term[1].animate.set_values(scaled, f"n_{unit} · column {unit}"), FadeIn(signs[0]), run_time=1)
            terms.add(term)
        word = Text("basketball", font_size=36).set_color(BASKETBALL).next_to(terms[0][0], DOWN, buff=0.2)
        self.play(FadeIn(word, 0.3 * DOWN), run_time=0.6)

        # Add the bias, and sum up
        bias = get_large_column(get_toy_mlp().down_bias, "b_down", VISIBLE_COORDINATES, DOWN_SIZE).move_to(slots[2])
        bias_plate = get_plate(bias)
        head = Text("bias", font_size=36).set_color(TEXT).next_to(bias_plate, UP, buff=0.15)
        terms.add(VGroup(bias_plate, bias, head))
        self.hush(FadeIn(VGroup(*terms[2], signs[1]), 0.5 * UP), run_time=0.6)
        total = get_large_column(get_pass().update, "W_down n + b_down", VISIBLE_COORDINATES, DOWN_SIZE)
        total_plate = get_plate(total.move_to(slots[3]))
        head = Text("update", font_size=36).set_color(TEXT).next_to(total_plate, UP, buff=0.15)
        self.play(
            FadeIn(VGroup(total_plate, head, signs[2])),
            *(TransformFromCopy(term[1], total) for term in terms),
            run_time=1.5,
        )
        self.remove(*total.get_family())
        self.add(total)
        return VGroup(*terms, signs, word), VGroup(total_plate, total, head)

    def get_reading(self, update, name, total):
        """How much of the direction "basketball" is in an update, below it."""
        number = get_number(update @ DIRECTIONS["B"], 2, source=(f"{name} · basketball", ()), font_size=HEADING)
        words = Text("along basketball", font_size=36)
        reading = VGroup(number, words).arrange(RIGHT, buff=0.18).set_color(BASKETBALL)
        return reading.next_to(total[0], DOWN, buff=0.2).align_to([RIGHT_END, 0, 0], RIGHT)

    def switch_the_first_neuron(self, balls, terms, total):
        # See how far the update points along basketball
        seen, first = get_pass(), terms[0]
        reading = self.get_reading(seen.update, "update", total)
        self.play(FadeIn(reading, 0.2 * UP), run_time=0.6)
        self.wait(1.2)

        # Switch the first neuron off
        without = seen.update - seen.neurons[0] * get_toy_mlp().down[:, 0]
        rest = self.get_reading(without, "update without neuron 0", total)
        away, back = VGroup(first, terms[-1]), balls[0].get_x() - first[1].get_x()
        away.save_state()
        heads = VGroup(*(term[2] for term in terms[:3]), total[2])
        self.say(
            "Now switch neuron 0 off",
            UpdateFromAlphaFunc(balls[0], lambda ball, share: ball.set_value(1 - share)),
            beside=heads,
            side=UP,
        )
        self.play(
            away.animate(path_arc=0.5).shift(back * RIGHT).set_opacity(0),
            total[1].animate.set_values(without, "update without neuron 0"),
            FadeOut(reading, time_span=(0, 0.5)),
            FadeIn(rest, time_span=(0.7, 1.2)),
            run_time=1.4,
        )
        self.say(f"As for “{TOKENS[OTHER].words}”: no basketball", beside=heads, side=UP)
        self.wait(0.8)

        # And on again
        self.hush(
            UpdateFromAlphaFunc(balls[0], lambda ball, share: ball.set_value(share)),
            total[1].animate.set_values(seen.update, "W_down n + b_down"),
            Restore(away),
            FadeOut(rest),
            run_time=0.9,
        )

    def dock_the_line(self, stage, page):
        # Put the line away over the last arrow, and the update behind it
        plate, matrix, balls, names, terms, total = page
        line = get_line(DOWN_LINE, stage.down)
        letters = get_letters_on(line, DOWN_LINE[:1], [plate])
        self.play(
            FadeOut(Group(matrix, balls, names, *(part for part in terms[1:]))),
            FadeIn(letters, scale=0.7),
            run_time=0.7,
        )
        self.play(
            Transform(letters[0], line[DOWN_LINE[0]][0]),
            FadeIn(line[len(letters[0]) :], time_span=(0.8, 1.3)),
            FadeOut(plate, scale=0.1, shift=line.get_center() - plate.get_center()),
            total.animate.replace(stage.update, stretch=True).set_opacity(0),
            *change(stage, *WITHOUT_ANSWERS, "neurons", "down", "update", low=True),
            run_time=1.4,
        )
        self.remove(letters, total, *line.get_family())
        stage.docked.add(line)
        self.add(stage.docked)
        self.wait(0.6)
