"""Act J: the down projection: its columns are what the neurons add."""

from functools import partial

from _2025.mlp.walkthrough.collapse import DOWN_LINE, UP_LINE, get_line
from _2025.mlp.walkthrough.numbers import (
    BASKETBALL,
    DOWN_GROWTH,
    DOWN_SIZE,
    DOWN_Y,
    TALL,
    PageAct,
    get_balls_over,
    get_down_matrix,
    get_large_column,
    get_large_down_matrix,
    get_ledger,
    get_neurons,
    get_plate,
    get_update,
)
from _2025.mlp.walkthrough.relu import OTHER, WITHOUT_ANSWERS
from _2025.mlp.walkthrough.stage import Neurons, Update, change, get_pass, get_relu_icon
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, DIRECTIONS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp

ACTIVE_UNITS, OTHER_UNITS = (
    [unit for unit in VISIBLE_UNITS if get_pass(token).neurons[unit] > 0] for token in (ACTIVE, OTHER)
)
LEFT_END, RIGHT_END = -6.7, 6.7


def get_shown_update(token):
    """(64,): what the neurons shown, and the bias, make of the update for a token."""
    mlp, units = get_toy_mlp(), list(VISIBLE_UNITS)
    return mlp.down[:, units] @ get_pass(token).neurons[units] + mlp.down_bias


class DownProjection(PageAct):
    """Each active neuron adds its column of the down projection: the first one's adds "basketball"."""

    def set_up(self) -> Neurons:
        stage = self.set_up_stage(*WITHOUT_ANSWERS, "neurons", low=True)
        stage.docked.add(get_line(UP_LINE, stage.up), get_relu_icon(stage.relu))
        neurons = get_neurons(stage)
        self.add(stage.docked, neurons.balls)
        return neurons

    def act(self, before: Neurons) -> Update:
        balls = before.balls
        matrix, plate = self.bring_the_matrix(before.stage)
        names = self.name_the_columns(plate, matrix, balls)
        whole = matrix.copy()
        first = self.recognize_column_0(matrix, balls, names)
        terms, total = self.add_the_active_columns(matrix, names, first)
        product = self.multiply_by_basketball(terms, total)
        self.try_other_neurons(Group(matrix, whole, balls, names), total, product)
        return self.dock_the_line(before.stage, Group(plate, matrix, balls, names), total, product)

    def bring_the_matrix(self, stage):
        # Unfold the matrix out of the last arrow, a column under each neuron
        matrix = get_large_down_matrix()
        plate = get_plate(matrix)
        self.play(
            *change(stage, *WITHOUT_ANSWERS, "neurons", "down", low=True),
            GrowFromPoint(plate, stage.down.get_center(), time_span=(0, 0.9)),
            LaggedStart(*(FadeIn(column) for column in matrix.get_columns()), lag_ratio=0.2, time_span=(0.8, 1.7)),
            FadeIn(matrix.brackets, time_span=(0.8, 1.1)),
            run_time=1.7,
        )
        self.remove(*matrix.get_family())
        self.add(plate, matrix)
        return matrix, plate

    def get_terms(self, n_names, c_names):
        """The sum over all neurons in letters. Parts: the line's pieces."""
        pieces = VGroup()
        for k in range(len(VISIBLE_UNITS)):
            if k == len(VISIBLE_UNITS) - 1:
                pieces.add(Tex(R"\cdots", font_size=36), Tex("+", font_size=36))
            pair = VGroup(n_names[k].copy(), c_names[k].copy()).arrange(RIGHT, buff=0.05, aligned_edge=DOWN)
            pieces.add(pair)
            if k < len(VISIBLE_UNITS) - 1:
                pieces.add(Tex("+", font_size=36))
        pieces.add(Tex("+", font_size=36), Tex(DOWN_LINE[2], font_size=38).set_color(PARAMETER))
        for piece in pieces:
            if not isinstance(piece, Tex):
                piece.scale(38 / 34)
        return pieces.arrange(RIGHT, buff=0.17).set_max_width(RIGHT_END - LEFT_END)

    def get_names(self, matrix, balls, font_size):
        """What the neurons and the columns are called: two VGroups."""
        n_names, c_names = VGroup(), VGroup()
        for ball, unit in zip(balls, VISIBLE_UNITS, strict=True):
            n_name = Tex(f"n_{{{unit}}}", font_size=font_size).set_color(ACTIVATION)
            c_name = Tex(f"C_{{{unit}}}", font_size=font_size).set_color(TEXT)
            n_names.add(n_name.next_to(ball.body, UP, buff=0.1))
            c_names.add(c_name.next_to([ball.body.get_x(), matrix.get_bottom()[1] - 0.1, 0], DOWN, buff=0.12))
        for names in (n_names, c_names):
            for name in names[1:]:
                name.align_to(names[0], UP)
        return n_names, c_names

    def name_the_columns(self, plate, matrix, balls):
        # Name the neurons and the columns by the same indices
        n_names, c_names = self.get_names(matrix, balls, 42)
        self.play(LaggedStartMap(FadeIn, n_names), LaggedStartMap(FadeIn, c_names), run_time=1.2)
        self.wait(0.8)

        # Make room at the right and below for what the columns are used for
        small = get_down_matrix()
        small_balls = get_balls_over(small, 0.25)
        small_names = self.get_names(small, small_balls, 34)
        self.play(
            Transform(plate, get_plate(small)),
            matrix.animate.scale(1 / DOWN_GROWTH).move_to(small),
            *(Transform(ball, place) for ball, place in zip(balls, small_balls, strict=True)),
            *(Transform(names, place) for names, place in zip((n_names, c_names), small_names, strict=True)),
            run_time=1.2,
        )

        # Write the product as a sum over the neurons
        line = self.get_terms(n_names, c_names)
        line.next_to(c_names, DOWN, buff=0.2).set_x(0)
        self.play(LaggedStartMap(FadeIn, line, shift=0.2 * RIGHT, lag_ratio=0.15), run_time=1.6)
        self.remove(*line.get_family())
        self.add(line)
        return VGroup(n_names, c_names, line)

    def get_term(self, unit, slot):
        """A neuron's column in its place beside the matrix. Parts: plate, numbers, factor and name above them."""
        column = get_large_column(
            get_toy_mlp().down[:, unit], f"column {unit} of W_down", VISIBLE_COORDINATES, DOWN_SIZE, **TALL
        )
        column.move_to(slot)
        factor = get_number(get_pass().neurons[unit], 1, source=("neurons", unit), font_size=36)
        name = Tex(Rf"\cdot \, C_{{{unit}}}", font_size=36)
        head = VGroup(factor, name).arrange(RIGHT, buff=0.08).set_color(ACTIVATION)
        plate = get_plate(column)
        return VGroup(plate, column, head.next_to(plate, UP, buff=0.15))

    def get_slots(self):
        """Middles of the four columns beside the matrix: two terms, the bias, the sum."""
        return [np.array([x, DOWN_Y, 0]) for x in np.linspace(1.05, RIGHT_END - 0.72, 4)]

    def light(self, page, neurons, units):
        """Animations: some neurons shine as said, and the columns and names of all others step back."""
        matrix, whole, balls, names = page
        target = whole.copy()
        pieces = [piece for piece in names[2] if not isinstance(piece, Tex)]
        fades = []
        for k, unit in enumerate(VISIBLE_UNITS):
            share = 1 if unit in units else 0.2
            fades += [part.animate.set_opacity(share) for part in (pieces[k], names[0][k], names[1][k])]
            if unit not in units:
                for part in target.get_column(unit):
                    part.set_fill(opacity=0.3 if isinstance(part, Rectangle) else 0)

        def to(ball, end):
            start = ball.value
            return UpdateFromAlphaFunc(ball, lambda ball, share: ball.set_value((1 - share) * start + share * end))

        changed = (pair for pair in zip(balls, neurons[list(VISIBLE_UNITS)], strict=True) if pair[0].value != pair[1])
        return [Transform(matrix, target), *fades, *(to(ball, end) for ball, end in changed)]

    def lift(self, matrix, unit, slot):
        """Lift a neuron's column out of the matrix, on a plate of its own."""
        term = self.get_term(unit, slot)
        term.save_state()
        term[:2].shift((matrix.get_tile(0, unit).get_x() - slot[0]) * RIGHT)
        self.add(term[:2])
        self.play(term[:2].animate(path_arc=-0.5).move_to(term.saved_state[:2]), run_time=1)
        return term

    def recognize_column_0(self, matrix, balls, names):
        # Let the columns of inactive neurons step back
        page = Group(matrix, matrix.copy(), balls, names)
        self.say_above(
            "Each active neuron adds its column",
            *self.light(page, get_pass().neurons, ACTIVE_UNITS),
            run_time=1,
        )

        # Lay the direction "basketball" beside column 0
        slots = self.get_slots()
        term = self.lift(matrix, 0, slots[0])
        word = self.get_direction(slots[1])
        name = names[1][0].copy().next_to(term[0], UP, buff=0.15)
        self.play(FadeIn(name), FadeIn(word, 0.5 * LEFT), run_time=0.8)
        equal = Tex("=", font_size=40).move_to(midpoint(slots[0], slots[1]))
        for k in VISIBLE_COORDINATES:
            boxes = VGroup(SurroundingRectangle(column.get_tile(k), buff=0) for column in (term[1], word[1]))
            self.play(FadeIn(boxes.set_stroke(FOCUS, 4)), run_time=0.25)
            self.wait(0.2)
            self.remove(boxes)
        self.say_above("Column 0 is “basketball”, number for number", FadeIn(equal, scale=2))
        self.wait(1)
        self.hush(FadeOut(VGroup(word, equal), 0.3 * RIGHT), FadeOut(name), run_time=0.5)
        return term

    def add_the_active_columns(self, matrix, names, first):
        # Lift the active columns out, each times its neuron
        seen, down = get_pass(), get_toy_mlp().down
        slots, terms = self.get_slots(), VGroup()
        signs = VGroup(
            Tex(tex, font_size=40).move_to(midpoint(a, b)) for tex, a, b in zip("++=", slots, slots[1:], strict=False)
        )
        for unit, slot in zip(ACTIVE_UNITS, slots, strict=False):
            term, value = self.lift(matrix, unit, slot) if terms else first, seen.neurons[unit]
            self.play(
                term[1].animate.set_values(value * down[:, unit], f"n_{unit} · column {unit}"),
                FadeIn(term[2], 0.2 * DOWN),
                *([FadeIn(signs[0])] if terms else []),
                run_time=0.8,
            )
            terms.add(term)

        # Add the bias, and sum up
        column = partial(get_large_column, shown=VISIBLE_COORDINATES, size=DOWN_SIZE, **TALL)
        bias = column(get_toy_mlp().down_bias, "b_down").move_to(slots[2])
        bias_plate = get_plate(bias)
        head = Tex(DOWN_LINE[2], font_size=40).set_color(PARAMETER).next_to(bias_plate, UP, buff=0.15)
        terms.add(VGroup(bias_plate, bias, head))
        self.hush(
            GrowFromPoint(VGroup(bias_plate, bias), names[2][-1].get_center()),
            TransformFromCopy(names[2][-1], head),
            FadeIn(signs[1], time_span=(0.5, 0.8)),
            run_time=0.9,
        )
        total = column(seen.update, "W_down n + b_down").move_to(slots[3])
        total_plate = get_plate(total)
        head = Text("update", font_size=36).set_color(TEXT).next_to(total_plate, UP, buff=0.15)
        self.play(FadeIn(VGroup(total_plate, head, signs[2], total.brackets)), run_time=0.5)
        self.play(
            LaggedStart(
                *(FadeIn(VGroup(total.get_tile(k), total.get_entry(k)), 0.4 * RIGHT) for k in VISIBLE_COORDINATES),
                FadeIn(total.get_ellipses()),
                lag_ratio=0.3,
            ),
            run_time=1.5,
        )
        self.remove(*total.get_family())
        self.add(total)
        self.wait(0.8)
        return VGroup(*terms, signs), VGroup(total_plate, total, head)

    def get_direction(self, place):
        """The direction "basketball" in numbers, under its name. Parts: plate, numbers, name."""
        direction = get_large_column(DIRECTIONS["B"], "basketball", VISIBLE_COORDINATES, DOWN_SIZE, **TALL)
        plate = get_plate(direction.move_to(place))
        name = Text("basketball", font_size=36).set_color(BASKETBALL).next_to(plate, UP, buff=0.15)
        return VGroup(plate, direction, name)

    def get_basketball(self, total):
        """The direction "basketball" beside the update, and a dot between."""
        plate, direction, name = self.get_direction(total[1].get_center() + 1.62 * RIGHT)
        dot = Dot(radius=0.07).set_color(TEXT).move_to(midpoint(total[0].get_right(), plate.get_left()))
        return VGroup(plate, direction, put_on_baseline(name, total[2][-1:]), dot)

    def get_ledger(self, update, name):
        """The update times the direction "basketball", worked out at the right. Parts as of `get_ledger`."""
        ledger = get_ledger(update, DIRECTIONS["B"], (name, "basketball"), 31)
        ledger[-1].set_color(BASKETBALL)
        return ledger.move_to([RIGHT_END, DOWN_Y - 0.1, 0], RIGHT)

    def multiply_by_basketball(self, terms, total):
        # Let the columns go into their sum, and bring the direction "basketball" beside it
        goal = self.get_slots()[0] + 0.05 * LEFT
        goal = total.copy().shift((goal[0] - total[1].get_x()) * RIGHT)
        basketball = self.get_basketball(goal)
        self.play(
            FadeOut(terms, time_span=(0, 0.5)),
            total.animate(time_span=(0.5, 1.4)).move_to(goal),
            run_time=1.4,
        )
        self.say_above("How far does it point along “basketball”?", FadeIn(basketball, 0.4 * LEFT))

        # Multiply line by line and add up
        ledger = self.get_ledger(get_pass().update, "update")
        self.play(FadeIn(ledger[0], 0.3 * RIGHT), run_time=0.5)
        pairs = (VGroup(goal[1].get_entry(k), basketball[1].get_entry(k)) for k in VISIBLE_COORDINATES)
        self.play(
            LaggedStart(
                *(
                    AnimationGroup(FadeIn(line, 0.3 * RIGHT), ShowPassingFlash(get_box(pair), time_width=2))
                    for line, pair in zip(ledger[1], pairs, strict=True)
                ),
                lag_ratio=0.6,
            ),
            run_time=2.4,
        )
        self.play(FadeIn(ledger[2], 0.2 * DOWN), run_time=0.5)
        self.play(FadeIn(ledger[3:], 0.2 * DOWN), run_time=0.6)
        self.wait(1.2)
        return VGroup(basketball, ledger)

    def show_another(self, update, name, total, product):
        """Animations: the update becomes another one, and its product with "basketball" is worked out anew."""
        old, new = product[1], self.get_ledger(update, name)
        product.replace_submobject(1, VGroup(old[0], *new[1:]))
        return [
            total[1].animate.set_values(update, name),
            FadeOut(VGroup(*old[1:]), time_span=(0, 0.5)),
            FadeIn(VGroup(*new[1:]), time_span=(0.6, 1.2)),
        ]

    def try_other_neurons(self, page, total, product):
        # Switch the first neuron off
        seen, down = get_pass(), get_toy_mlp().down
        without = seen.neurons * (np.arange(len(seen.neurons)) != 0)
        self.say_above(
            "Switch neuron 0 off: next to no basketball",
            *self.light(page, without, [unit for unit in ACTIVE_UNITS if unit != 0]),
            *self.show_another(
                np.round(seen.update - seen.neurons[0] * down[:, 0], 9), "update without neuron 0", total, product
            ),
            run_time=1.5,
        )
        self.wait(0.5)

        # Try another name: its neurons, its columns, its update
        whose, update = TOKENS[OTHER].words, np.round(get_shown_update(OTHER), 9)
        boxes = VGroup(SurroundingRectangle(page[1].get_column(unit), buff=0.03) for unit in OTHER_UNITS)
        boxes.set_stroke(ACTIVATION, 5)
        self.say_above(f"{whose}: no basketball", *self.light(page, get_pass(OTHER).neurons, OTHER_UNITS), run_time=1)
        self.play(
            LaggedStartMap(ShowCreation, boxes, lag_ratio=0.4, run_time=1.4),
            *self.show_another(update, f"update of '{whose}', from the neurons shown", total, product),
        )
        self.wait(1.8)

        # Come back to the first one
        self.hush(
            FadeOut(boxes, time_span=(0, 0.4)),
            *self.light(page, seen.neurons, ACTIVE_UNITS),
            *self.show_another(seen.update, "W_down n + b_down", total, product),
            run_time=1.2,
        )

    def dock_the_line(self, stage, page, total, product):
        # Put the line away over the last arrow, and keep the update
        plate, matrix, balls, names = page
        line, update = get_line(DOWN_LINE, stage.down), get_update(stage)
        large = line.copy().set_width(0.6 * plate.get_width()).move_to(plate)
        self.play(
            FadeOut(Group(matrix, balls, names, product, total[2])),
            FadeIn(large, scale=0.7, time_span=(0.5, 1)),
            run_time=1,
        )
        self.wait(1)
        self.play(
            Transform(large, line),
            FadeOut(plate, scale=0.1, shift=line.get_center() - plate.get_center()),
            total[0].animate.move_to(update.plate),
            total[1].animate.move_to(update.column),
            *change(stage, *WITHOUT_ANSWERS, "neurons", "down", "update", low=True),
            run_time=1.4,
        )
        self.remove(large, total)
        stage.docked.add(line)
        self.add(stage.docked, update.plate, update.column)
        return update


def get_box(pair):
    """A box round two numbers that are multiplied."""
    return SurroundingRectangle(pair, buff=0.08).set_stroke(FOCUS, 4)
