"""Act K: the update is added, and the same happens everywhere at once, in every layer."""

from functools import partial
from textwrap import fill

from _2025.mlp.walkthrough.collapse import DOWN_LINE, UP_LINE, get_line
from _2025.mlp.walkthrough.in_parallel import ALL_LANES
from _2025.mlp.walkthrough.numbers import BASKETBALL, JORDAN, MICHAEL, get_update
from _2025.mlp.walkthrough.relu import WITHOUT_ANSWERS
from _2025.mlp.walkthrough.stage import (
    BLOCK_LEFT,
    BLOCK_RIGHT,
    BLOCK_TOP,
    GROUND,
    PAGE,
    PLUS_X,
    OneAct,
    Update,
    change,
    face_camera,
    get_depths,
    get_flow,
    get_headline,
    get_lanes,
    get_names,
    get_pass,
    get_relu_icon,
    get_stage,
    open_block,
)
from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, DIRECTIONS, NEURON_MEANINGS, PARAMETERS, TOKENS, VISIBLE_UNITS

NEURONS = View(14, -46, 0, (-2.0, -3.9, -4.7), 15.8)
NEURONS_ASIDE = View(20, -42, 0, (-2.1, -4.1, -4.7), 14.8)
IDEA = View(-6, -5, 0, (0, -1, 0), 7.8)
LAST = View(5, -7, 0, (0.2, -1, 0), 8.4)
TERM_Y, TERM_XS = 2.35, (-6.1, -1.45, 3.2)
KNOWN = ("M", "Michael", MICHAEL), ("J", "Jordan", JORDAN), ("B", "basketball", BASKETBALL)  # what bars stand for
BALL_XS = -4.6 + 1.2 * np.arange(len(VISIBLE_UNITS))
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
        stage = before.stage
        self.raise_the_stage(before)
        self.add_the_update(stage)
        ways, names = self.do_it_for_all_tokens(stage)
        balls, names = self.light_the_neurons(stage, ways, names)
        cells = self.count_the_blocks(stage, balls, names)
        self.say_the_idea(stage, cells)

    def raise_the_stage(self, update):
        # Raise the stage again, and put the update in its place
        stage = update.stage
        home = get_stage().update
        self.play(
            *change(stage),
            FadeOut(stage.docked, time_span=(0, 0.6)),
            FadeOut(
                VGroup(update.plate, update.column),
                home.get_center() - update.plate.get_center(),
                scale=0.5,
                time_span=(0, 1),
            ),
            run_time=1.6,
        )

    # The sum

    def get_terms(self, stage):
        """What is added to what, and the sum: vectors in a line above the stage, signs between, bars beside."""
        terms = VGroup(vector.copy() for vector in (stage.embedding, stage.update, stage.output))
        heads = "embedding", "update", "sum"
        meanings = VGroup(map(get_bars, terms, heads))
        for term, meaning, x in zip(terms, meanings, TERM_XS, strict=True):
            term.move_to([x, TERM_Y, 0])
            meaning.next_to(term, RIGHT, buff=0.15)
        signs = VGroup(Tex(sign, font_size=TITLE) for sign in "+=")
        for sign, meaning, term in zip(signs, meanings, terms[1:], strict=False):
            sign.move_to([(meaning.get_right()[0] + term.get_left()[0]) / 2, TERM_Y, 0])
        return terms, signs, meanings

    def add_the_update(self, stage):
        # Write down what goes in and what is added to it
        terms, signs, meanings = self.get_terms(stage)
        plate = Plate(VGroup(terms, meanings), buff=0.15)
        self.play(
            FadeIn(plate, time_span=(0, 0.6)),
            TransformFromCopy(stage.embedding, terms[0]),
            FadeIn(meanings[0], time_span=(0.8, 1.4)),
            run_time=1.4,
        )
        self.play(
            TransformFromCopy(stage.update, terms[1]),
            FadeIn(signs[0]),
            FadeIn(meanings[1], time_span=(0.8, 1.4)),
            run_time=1.4,
        )

        # Add them, number by number
        self.play(*get_flow(stage), FadeIn(signs[1]), FadeIn(terms[2].brackets), run_time=1.6)
        rows = [list(zip(term.cells, strict=True)) for term in terms]
        for place, parts in enumerate(zip(*rows, strict=True)):
            numbers = VGroup(*(part[0] for part in parts))
            is_number = isinstance(parts[0][0], SourcedNumber)
            tile = self.get_tile(terms[2], place)
            box = VGroup(SurroundingRectangle(number, buff=0.07).set_stroke(FOCUS, 3) for number in numbers[:2])
            self.play(
                *([FadeIn(box), FadeIn(tile)] if is_number else []),
                FadeIn(numbers[2]),
                run_time=0.7 if place < 2 else 0.35,
            )
            self.remove(box)
        self.play(FadeIn(meanings[2]))
        self.wait(2)
        self.play(FadeOut(VGroup(plate, terms, signs, meanings), 0.4 * UP), run_time=0.6)
        self.remove(*self.mobjects[1:])
        self.add(*stage.get_parts().values())

    def get_tile(self, column, place):
        """The tile under a cell of a column; nothing under its dots."""
        before = [cell for cell in column.cells[:place] if isinstance(cell, SourcedNumber)]
        return column.tiles[min(len(before), len(column.tiles) - 1)]

    # All tokens

    def do_it_for_all_tokens(self, stage):
        # Send all tokens the same way
        lanes, names = get_lanes(stage), get_names(ALL_LANES)
        front = [part for name, part in stage.get_parts().items() if name not in ("room", "tokens", "wire", "output")]
        for part in (*front, names):  # what is flat is painted over all that stands behind it
            part.set_z_index(1)
        self.add(*front)
        self.play(
            self.frame.animate.reorient(*ALL_LANES),
            *open_block(stage),
            FadeOut(Group(stage.wire, stage.output, stage.tokens), time_span=(0, 0.6)),
            FadeIn(lanes, time_span=(0.3, 1)),
            LaggedStartMap(FadeIn, names, lag_ratio=0.15, time_span=(1, 2.4)),
            run_time=2.6,
        )
        self.say(get_headline("Each token gets an update of its own"))
        self.wait(0.8)

        # Take the roof off
        self.hush()
        self.remove(stage.room.remove_face("top"))  # what is left of it
        return Group(lanes, *front), names

    def get_balls(self, token):
        """The neurons of a token that we know by name, on the floor of its way, all dark."""
        depth = get_depths()[token]
        return Group(Ball(0.4).move_to([x, GROUND + 0.4, depth]) for x in BALL_XS)

    def light(self, balls, token):
        """Animations: each ball of a token takes the value of its neuron."""
        values = get_pass(token).neurons[list(VISIBLE_UNITS)]
        pairs = zip(balls, values, strict=True)
        return [UpdateFromAlphaFunc(ball, partial(set_share, value=value)) for ball, value in pairs]

    def light_the_neurons(self, stage, ways, names):
        # Put the neurons that have a question in rows, and Michael Jordan's light up
        rows = {token: self.get_balls(token) for token in np.argsort(get_depths())}
        questions = VGroup()
        for place, (words, x) in enumerate(zip(NEURON_MEANINGS, BALL_XS, strict=True)):
            question = Text(fill(words, 9), font_size=42, alignment="CENTER").set_backstroke(BACKGROUND, 4)
            z = 1.3 + 1.5 * (place % 2)  # in two rows, so that they have room
            questions.add(face_camera(question.move_to([x, GROUND + 0.1, z]), NEURONS))
        self.play(
            LaggedStart(*(FadeIn(row, 0.6 * UP) for row in rows.values()), lag_ratio=0.1),
            Transform(names, get_names(NEURONS, GROUND + 0.4)),
            FadeIn(questions.set_z_index(1), time_span=(1, 1.8)),
            FadeOut(ways, time_span=(0.3, 1.3)),
            self.frame.animate.reorient(*NEURONS),
            run_time=2.2,
        )
        self.play(*self.light(rows[ACTIVE], ACTIVE), run_time=1.2)

        # Ask which ones Alexis Jordan will light
        self.say(
            get_headline("Alexis Jordan: which one will light up?"),
            names[ACTIVE].animate.set_fill(TEXT),
            names[ALEXIS].animate.set_fill(FOCUS),
        )
        self.wait(2.6)

        # Light hers: half of "Michael Jordan" is not enough
        self.play(*self.light(rows[ALEXIS], ALEXIS), run_time=1.2)
        self.wait(1.2)
        others = [token for token in rows if token not in (ACTIVE, ALEXIS)]
        self.hush(
            *(animation for token in others for animation in self.light(rows[token], token)),
            names[ALEXIS].animate.set_fill(TEXT),
            self.frame.animate.reorient(*NEURONS_ASIDE),
            run_time=2.4,
        )
        self.wait(0.6)
        return Group(*rows.values()), VGroup(names, questions)

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

    def count_the_blocks(self, stage, balls, names):
        # Shrink the block to one of the squares that make up a large model
        model, cells = self.get_areas()
        first, whole = cells[0], Group(stage.room, balls)
        place = [(cells.get_right()[0] + model.get_right()[0]) / 2, model.get_y(), 0]
        total = PARAMETERS.total / 1e9
        label = Text(f"GPT-3:\n{total:.0f} billion\nparameters", font_size=BODY, alignment="CENTER").move_to(place)
        label.sources = [Source("parameters of GPT-3, in billions", (), np.array(total))]
        one = self.get_one_block()
        self.add(model, *self.mobjects[1:])
        self.play(
            self.frame.animate.reorient(*PAGE),
            FadeOut(names, time_span=(0, 0.6)),
            FadeIn(model, time_span=(0.2, 0.8)),
            FadeIn(label, time_span=(0.8, 1.4)),
            whole.animate.scale(0.05).move_to(first),
            run_time=2,
        )
        self.play(FadeIn(first), FadeOut(whole), FadeIn(one), run_time=0.6)
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
            every.animate.shift(total.get_width() / 2 * LEFT),
            FadeIn(total.next_to(every, RIGHT, buff=0.2).shift(total.get_width() / 2 * LEFT), time_span=(0.5, 1)),
        )
        self.wait(2.5)

        return Group(cells, model, rest, VGroup(every, total))

    def say_the_idea(self, stage, counted):
        # Let the first square grow to the block again
        parts, (cells, model, rest, counts) = get_stage().get_parts(), counted
        block = Rectangle(BLOCK_RIGHT - BLOCK_LEFT, BLOCK_TOP - GROUND)
        block.move_to([(BLOCK_LEFT + BLOCK_RIGHT) / 2, (BLOCK_TOP + GROUND) / 2, 0])
        front = cells[0]
        self.add(front)
        self.play(
            FadeOut(VGroup(*cells[1:], model, rest, counts), time_span=(0, 0.8)),
            front.animate.replace(block, stretch=True).set_fill(mix_colors(PARAMETER, PLATE, 0.5)),
            run_time=1.2,
        )
        self.remove(*self.mobjects[1:])
        self.add(*parts.values(), front)
        stay = [part for name, part in parts.items() if name != "room"]
        self.play(*(FadeIn(part) for part in stay), FadeOut(front), self.frame.animate.reorient(*IDEA), run_time=1.5)

        # Say in one sentence what it does
        colors = {"Michael Jordan?": FOCUS, "basketball": BASKETBALL}
        phrases = VGroup(
            Text(words, font_size=BODY, alignment="CENTER", t2c=colors).set_backstroke(BACKGROUND, 4)
            for words in (
                "row 0 asks:\nMichael Jordan?",
                "a threshold\ndecides",
                "column 0 answers:\nbasketball",
                "and it\nis added",
            )
        )
        steps = (parts["up"], parts["relu"], parts["down"])
        for phrase, x in zip(phrases, (*(step.arrow.get_x() for step in steps), PLUS_X + 0.25), strict=True):
            phrase.move_to([x, 1.2, 0])
        for phrase, step in zip(phrases, steps, strict=False):
            self.play(FadeIn(phrase, 0.2 * UP), step.arrow.animate.set_color(FOCUS), run_time=0.8)
            self.wait(0.7)
        self.play(FadeIn(phrases[3], 0.2 * UP), *get_flow(stage), run_time=1.8)
        self.say(get_headline("The fact is kept in row 0 and column 0"), self.frame.animate.reorient(*LAST), run_time=4)
        self.wait()


def get_bars(vector, head):
    """How far a vector points along each of three directions. Parts: a word over them; for each, name, bar, number."""
    lines = VGroup(Text(head, font_size=LABEL).set_color(TEXT))
    for place, (letter, name, color) in enumerate(KNOWN):
        along = get_number(
            np.round(DIRECTIONS[letter] @ vector.values, 9), 2, source=(f"{head} · {name}", ()), font_size=28
        )
        y = -0.5 * (place + 1)
        bar = Rectangle(max(0.8 * along.value, 0.02), 0.26).set_fill(color, 1).set_stroke(width=0)
        word = Text(name, font_size=28).set_color(color).move_to([1.35, y, 0], RIGHT)
        bar.move_to([1.5, y, 0], LEFT)
        lines.add(VGroup(word, bar, along.set_color(TEXT).next_to(bar, RIGHT, buff=0.1)))
    lines[0].move_to([1.5, 0, 0])
    return lines


def set_share(ball, alpha, value):
    """Light a ball up by a share of a value."""
    ball.set_value(alpha * value)
