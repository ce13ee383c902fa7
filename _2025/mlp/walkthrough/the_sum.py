"""Act K: the update is added, and the same happens everywhere at once, in every layer."""

from functools import partial
from textwrap import fill

from _2025.mlp.walkthrough.collapse import DOWN_LINE, UP_LINE, get_line
from _2025.mlp.walkthrough.numbers import (
    BASKETBALL,
    DOWN_SIZE,
    DOWN_Y,
    JORDAN,
    MICHAEL,
    TALL,
    get_down_matrix,
    get_large_column,
    get_large_matrix,
    get_plate,
    get_update,
    step_back,
)
from _2025.mlp.walkthrough.relu import WITHOUT_ANSWERS
from _2025.mlp.walkthrough.stage import OneAct, Update, get_headline, get_pass, get_relu_icon
from manim_imports_ext import *
from truth.toy_mlp import (
    ACTIVE,
    DIRECTIONS,
    NEURON_MEANINGS,
    PARAMETERS,
    TOKENS,
    VISIBLE_COORDINATES,
    VISIBLE_UNITS,
    get_toy_mlp,
)

TERM_XS = -5.95, -3.85, -1.75  # of what is added, and of the sum
KNOWN = ("M", "Michael", MICHAEL), ("J", "Jordan", JORDAN), ("B", "basketball", BASKETBALL)  # what bars stand for
BAR_XS, BAR_BOTTOM, BAR_UNIT, BAR_WIDTH = (1.1, 3.2, 5.3), -2.05, 3.4, 1.3
BALL_XS = -3.2 + 1.34 * np.arange(len(VISIBLE_UNITS))
ROW_YS = 1.35 - 0.7 * np.arange(len(TOKENS))
NAMES_X = -4.1  # where the names of rows end
ALEXIS = [token.words for token in TOKENS].index("Alexis Jordan")
MODEL = 12.4, 5.0  # the area that stands for all parameters of GPT-3


class AddItUp(OneAct):
    """Adding "basketball" to a name's vector stores a fact; blocks that do so hold two thirds of a large model."""

    def set_up(self) -> Update:
        stage = self.set_up_stage(*WITHOUT_ANSWERS, "neurons", "down", "update", low=True)
        lines = get_line(UP_LINE, stage.up), get_line(DOWN_LINE, stage.down)
        stage.docked.add(lines[0], get_relu_icon(stage.relu), lines[1])
        update = get_update(stage)
        self.add(stage.docked, update.plate, update.column)
        return update

    def act(self, before: Update) -> None:
        columns = self.add_the_update(before)
        chart = self.see_what_it_holds(columns)
        going = self.answer_the_question(before.stage, columns, chart)
        balls, names = self.light_the_neurons(going)
        counted = self.count_the_blocks(balls, names)
        self.say_the_idea(*counted)

    # The sum

    def get_columns(self):
        """Embedding, update and sum, side by side. Parts of each: plate, numbers, name."""
        seen, columns = get_pass(), VGroup()
        heads = (seen.x, "embedding", FOCUS), (seen.update, "update", TEXT), (seen.output, "sum", TEXT)
        for (values, head, color), x in zip(heads, TERM_XS, strict=True):
            column = get_large_column(values, head, VISIBLE_COORDINATES, DOWN_SIZE, **TALL).move_to([x, DOWN_Y, 0])
            plate = get_plate(column)
            columns.add(
                VGroup(plate, column, Text(head, font_size=LABEL).set_color(color).next_to(plate, UP, buff=0.15))
            )
        return columns

    def add_the_update(self, before):
        # Write down what goes in beside what is added to it
        stage, columns = before.stage, self.get_columns()
        embedding, update, total = columns
        signs = VGroup(Tex(sign, font_size=TITLE) for sign in "+=")
        for sign, left, right in zip(signs, columns[:2], columns[1:], strict=True):
            sign.move_to(midpoint(left[0].get_right(), right[0].get_left()))
        self.play(
            before.plate.animate.move_to(update[0]),
            before.column.animate.move_to(update[1]),
            GrowFromPoint(embedding[:2], stage.embedding.get_center(), time_span=(0.4, 1.4)),
            FadeIn(VGroup(embedding[2], update[2], signs[0]), time_span=(1, 1.4)),
            run_time=1.4,
        )
        self.remove(before.plate, before.column)
        self.add(update)

        # Add them, number by number
        self.play(FadeIn(VGroup(signs[1], total[0], total[2], total[1].brackets)), run_time=0.6)
        for place, k in enumerate(VISIBLE_COORDINATES):
            boxes = VGroup(SurroundingRectangle(part[1].get_tile(k), buff=0) for part in columns[:2])
            self.play(
                FadeIn(boxes.set_stroke(FOCUS, 4)),
                FadeIn(VGroup(total[1].get_tile(k), total[1].get_entry(k)), 0.4 * RIGHT),
                run_time=0.8 if place < 2 else 0.4,
            )
            self.remove(boxes)
        self.play(FadeIn(total[1].get_ellipses()), run_time=0.3)
        self.remove(*total.get_family())
        self.add(total)
        return VGroup(*columns, signs)

    def see_what_it_holds(self, columns):
        # Ask what the embedding holds
        embedding, _, total, _ = columns
        ground = Line([BAR_XS[0] - 0.9, BAR_BOTTOM, 0], [BAR_XS[2] + 0.9, BAR_BOTTOM, 0]).set_stroke(MUTED, 3)
        words = VGroup(
            Text(name, font_size=36).set_color(color).move_to([x, BAR_BOTTOM - 0.4, 0])
            for (_, name, color), x in zip(KNOWN, BAR_XS, strict=True)
        )
        put_on_baseline(words[1], words[0])
        put_on_baseline(words[2], words[0])
        before, added, after = (get_shares(column[1].values, column[2].text) for column in columns[:3])
        bars = get_bars(before)
        for shares in (before, after):
            for bar, number in zip(get_bars(shares), shares, strict=True):
                number.next_to(bar, UP, buff=0.15)
        self.say(
            get_headline("The embedding holds the name"),
            FadeIn(ground),
            FadeIn(words),
            *(GrowFromPoint(bar, embedding[0].get_center()) for bar in bars),
            FadeIn(before, time_span=(0.7, 1.2)),
            run_time=1.2,
        )
        self.wait(0.4)

        # Slide what the update holds over onto it
        green = get_bars(added)[2]
        start = green.copy().set_x(TERM_XS[1])
        self.play(FadeOut(before[2]), GrowFromEdge(start, DOWN), run_time=0.8)
        self.say(
            get_headline("Now it also holds basketball"),
            start.animate.move_to(green),
            FadeIn(after[2], time_span=(1, 1.4)),
            FadeTransform(before[1], after[1], time_span=(1, 1.4)),
            Transform(bars[1], get_bars(after)[1], time_span=(1, 1.4)),
            run_time=1.4,
        )
        self.play(total[0].animate.set_stroke(BASKETBALL, 5), FlashAround(total, color=BASKETBALL), run_time=1)
        self.wait(1.4)
        return VGroup(ground, words, bars, start, before[0], after[1:])

    def answer_the_question(self, stage, columns, chart):
        # Bring the opening sentence back, and fill its gap
        sentence = Text("Michael Jordan plays basketball", font_size=60, t2c={"Michael Jordan": FOCUS})
        sentence["basketball"].set_color(BASKETBALL)
        sentence.move_to(3.3 * UP)
        known, answer = sentence["Michael Jordan plays"], sentence["basketball"]
        gap = Text("?", font_size=70).set_color(BASKETBALL).move_to(answer)
        heads = VGroup(column[2] for column in columns[:3])
        self.hush(FadeIn(known), FadeIn(gap), FadeOut(heads, time_span=(0, 0.4)), run_time=0.8)
        self.wait(0.8)
        self.play(TransformFromCopy(chart[1][2], answer), FadeOut(gap, time_span=(0, 0.5)), run_time=1.4)
        self.wait(2)
        return Group(*stage.get_parts().values(), stage.docked, columns, chart, known, answer)

    # All tokens

    def get_balls(self, token):
        """The neurons of a token that we know by name, in its row of the table, all dark."""
        return Group(Ball(0.27).move_to([x, ROW_YS[token], 0]) for x in BALL_XS)

    def light(self, balls, token):
        """Animations: each ball of a token takes the value of its neuron."""
        values = get_pass(token).neurons[list(VISIBLE_UNITS)]
        pairs = zip(balls, values, strict=True)
        return [UpdateFromAlphaFunc(ball, partial(set_share, value=value)) for ball, value in pairs]

    def get_stripe(self, token):
        """What lies behind the row of the table that is spoken of."""
        return Rectangle(13.3, 0.68).set_fill(PLATE, 1).set_stroke(width=0).move_to([0, ROW_YS[token], 0])

    def light_the_neurons(self, going):
        # Put the neurons that have a question in a table, a row for each token
        rows = [self.get_balls(token) for token in range(len(TOKENS))]
        names, questions = VGroup(), VGroup()
        for token, y in zip(TOKENS, ROW_YS, strict=True):
            names.add(Text(token.words, font_size=LABEL).set_color(TEXT).move_to([NAMES_X, y, 0], RIGHT))
        names[ACTIVE].set_color(FOCUS)
        for words, x in zip(NEURON_MEANINGS, BALL_XS, strict=True):
            question = Text(fill(words, 9), font_size=26, alignment="CENTER").set_color(TEXT)
            questions.add(question.move_to([x, ROW_YS[0] + 0.5, 0], DOWN))
        stripe = self.get_stripe(ACTIVE)
        self.say(
            get_headline("Each token has neurons of its own"),
            FadeOut(going, time_span=(0, 0.6)),
            FadeIn(VGroup(stripe, names, questions), time_span=(0.4, 1)),
            LaggedStart(*(FadeIn(row, 0.3 * RIGHT) for row in rows), lag_ratio=0.1, time_span=(0.4, 1.8)),
            run_time=1.8,
        )
        self.play(*self.light(rows[ACTIVE], ACTIVE), run_time=1.2)

        # Ask which ones Alexis Jordan will light
        self.say(
            get_headline("Alexis Jordan: which one will light up?"),
            names[ACTIVE].animate.set_fill(TEXT),
            names[ALEXIS].animate.set_fill(FOCUS),
            stripe.animate.move_to(self.get_stripe(ALEXIS)),
        )
        self.wait(1.6)

        # Light hers: half of "Michael Jordan" is not enough
        self.play(*self.light(rows[ALEXIS], ALEXIS), run_time=1.2)
        self.say(get_headline("Half of his name is not enough"))
        self.wait(0.4)
        others = [token for token in range(len(TOKENS)) if token not in (ACTIVE, ALEXIS)]
        self.hush(
            *(animation for token in others for animation in self.light(rows[token], token)),
            names[ALEXIS].animate.set_fill(TEXT),
            FadeOut(stripe),
            run_time=1.6,
        )
        self.wait(1.2)
        return Group(*rows), VGroup(names, questions)

    # All layers

    def get_count(self, before, number, after, decimals=0):
        """So many parameters, in billions, with words before and after, above the areas that show them."""
        value = get_number(np.array(number / 1e9), decimals, source="parameters, in billions", font_size=HEADING)
        words = (Text(text, font_size=HEADING) for text in (before, after))
        line = VGroup(next(words), value.set_color(PARAMETER), next(words)).arrange(RIGHT, buff=0.2)
        for part in line[1:]:
            put_on_baseline(part, line[0])
        return line.move_to(2.75 * UP)

    def get_one_block(self):
        """Up and down projection, in millions, and the whole block in billions, above the areas."""
        half = PARAMETERS.up_weights / 1e6
        words = f"One block: {half:.0f} million up + {half:.0f} million down ≈ {PARAMETERS.block / 1e9:.1f} billion"
        line = Text(words, font_size=BODY)
        line.sources = [
            Source("weights of W_up in GPT-3, in millions", (), np.array(half)),
            Source("weights of W_down in GPT-3, in millions", (), np.array(half)),
            Source("one block, in billions", (), np.array(PARAMETERS.block / 1e9)),
        ]
        return line.move_to(2.75 * UP)

    def get_areas(self):
        """All parameters of GPT-3 as an area, and those of each of its blocks as a part of it, to the same scale."""
        model = Rectangle(*MODEL).set_fill(PLATE, 1).set_stroke(MUTED, 2).shift(0.6 * DOWN)
        n_rows = 6
        height = MODEL[1] / n_rows
        width = MODEL[0] * MODEL[1] * PARAMETERS.block / PARAMETERS.total / height
        cell = Rectangle(width, height).set_fill(PARAMETER, 1).set_stroke(BACKGROUND, 3)
        cells = cell.replicate(PARAMETERS.n_layers)
        cells.arrange_in_grid(n_rows, fill_rows_first=False, buff=0).move_to(model, LEFT)
        return model, cells

    def count_the_blocks(self, balls, names):
        # Shrink the block to one of the squares that make up a large model
        model, cells = self.get_areas()
        first = cells[0]
        place = [(cells.get_right()[0] + model.get_right()[0]) / 2, model.get_y(), 0]
        total = PARAMETERS.total / 1e9
        label = Text(f"GPT-3:\n{total:.0f} billion\nparameters", font_size=BODY, alignment="CENTER").move_to(place)
        label.sources = [Source("parameters of GPT-3, in billions", (), np.array(total))]
        one = self.get_one_block()
        self.add(model, *self.mobjects[1:])
        self.play(
            FadeOut(names, time_span=(0, 0.6)),
            FadeIn(model, time_span=(0.2, 0.8)),
            FadeIn(label, time_span=(0.8, 1.4)),
            balls.animate.scale(0.05).move_to(first),
            run_time=2,
        )
        self.play(FadeIn(first), FadeOut(balls), FadeIn(one), run_time=0.6)
        self.wait(2.8)

        # Count all of them
        n_layers = PARAMETERS.n_layers
        every = self.get_count(f"{n_layers} blocks:", PARAMETERS.all_blocks, "billion")
        every[0].sources = [Source("blocks of GPT-3", (), np.array(n_layers))]
        self.play(
            FadeOut(one, time_span=(0, 0.4)),
            FadeIn(every, time_span=(0.5, 1)),
            LaggedStartMap(FadeIn, cells[1:], lag_ratio=0.05),
            run_time=2.4,
        )
        self.wait(0.6)

        # Compare them with the whole model
        total = self.get_count("of about", PARAMETERS.total, "billion: two thirds")
        rest = Text("attention\nand the rest", font_size=BODY, alignment="CENTER").move_to(place)
        self.play(
            FadeOut(label, time_span=(0, 0.4)),
            FadeIn(rest, time_span=(0.5, 1)),
            every.animate(time_span=(0, 0.6)).shift(total.get_width() / 2 * LEFT),
            FadeIn(total.next_to(every, RIGHT, buff=0.2).shift(total.get_width() / 2 * LEFT), time_span=(0.8, 1.2)),
            run_time=1.2,
        )
        self.wait(2.5)

        return cells, VGroup(model, rest, every, total)

    def say_the_idea(self, cells, counted):
        # Let the first square grow to the weights of the toy again
        block = get_toy_weights()
        (up_plate, up), (bias_plate, bias), (down_plate, down) = block
        plates = VGroup(up_plate, bias_plate, down_plate)
        self.play(
            FadeOut(VGroup(*cells[1:], counted), time_span=(0, 0.6)),
            FadeOut(cells[0], time_span=(0, 0.6)),
            *(TransformFromCopy(cells[0], plate) for plate in plates),
            run_time=1.2,
        )
        self.play(FadeIn(VGroup(up, bias, down)), run_time=0.5)
        self.remove(*self.mobjects[1:])
        self.add(plates, up, bias, down)

        # Say in one sentence what it does
        colors = {"Michael Jordan?": FOCUS, "basketball": BASKETBALL}
        phrases = VGroup(
            Text(words, font_size=36, alignment="CENTER", t2c=colors)
            for words in ("row 0 asks:\nMichael Jordan?", "its bias\ndecides", "column 0 answers:\nbasketball")
        )
        top = max(plate.get_top()[1] for plate in plates) + 0.25
        boxes = VGroup(
            SurroundingRectangle(up.get_row(0), buff=0.03).set_stroke(FOCUS, 6),
            SurroundingRectangle(bias.get_tile(0), buff=0.03).set_stroke(FOCUS, 6),
            SurroundingRectangle(down.get_column(0), buff=0.03).set_stroke(BASKETBALL, 6),
        )
        fades = step_back(up, VISIBLE_UNITS[1:]), step_back(bias, VISIBLE_UNITS[1:]), step_back_columns(down)
        for phrase, plate, box, fade in zip(phrases, plates, boxes, fades, strict=True):
            phrase.move_to([plate.get_x(), top, 0], DOWN)
            self.play(FadeIn(phrase, 0.2 * UP), ShowCreation(box), fade, run_time=1)
            self.wait(1.4)
        self.say(get_headline("In our toy, the fact is these three"), FlashAround(boxes[0]), FlashAround(boxes[2]))
        self.wait(3)


def get_toy_weights():
    """The toy's weights, small: up projection and its bias, down projection. Each on its plate."""
    up = get_large_matrix(get_toy_mlp().up, "W_up", VISIBLE_UNITS, VISIBLE_COORDINATES)
    bias = get_large_column(get_toy_mlp().up_bias, "b_up", VISIBLE_UNITS)
    down = get_down_matrix()
    for part in (up, bias):
        part.scale(4.6 / up.get_height() if part is up else 1)
    bias.set_height(up.get_height())
    down.set_width(5.6)
    parts = VGroup(VGroup(get_plate(part), part) for part in (up, bias, down))
    return parts.arrange(RIGHT, buff=0.55).move_to(0.75 * DOWN)


def step_back_columns(matrix):
    """Animation: all columns but the first become faint tiles without digits."""
    matrix.generate_target()
    for unit in VISIBLE_UNITS[1:]:
        for part in matrix.target.get_column(unit):
            part.set_fill(opacity=0.3 if isinstance(part, Rectangle) else 0)
    return MoveToTarget(matrix)


def get_shares(values, name):
    """How far a vector points along each of KNOWN's directions, as numbers."""
    return VGroup(
        get_number(
            np.round(DIRECTIONS[letter] @ values, 9), 2, source=(f"{name} · {word}", ()), font_size=44
        ).set_color(TEXT)
        for letter, word, _ in KNOWN
    )


def get_bars(shares):
    """A bar as high as each share, in the color of its direction, from one line."""
    bars = VGroup()
    for share, x, (_, _, color) in zip(shares, BAR_XS, KNOWN, strict=True):
        bar = Rectangle(BAR_WIDTH, max(BAR_UNIT * share.value, 0.02)).set_fill(color, 1).set_stroke(width=0)
        bars.add(bar.move_to([x, BAR_BOTTOM, 0], DOWN))
    return bars


def set_share(ball, alpha, value):
    """Light a ball up by a share of a value."""
    ball.set_value(alpha * value)
