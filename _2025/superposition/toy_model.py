from _2025.superposition.almost_orthogonal import OTHER_VIEW as SLAB_VIEW
from _2025.superposition.almost_orthogonal import get_histogram
from _2025.superposition.stack import MANY
from manim_imports_ext import *
from truth.almost_orthogonal import get_random_angles
from truth.superposition import FIVE_IN_TWO, name_shape, train

UNIT = 1.95  # frame units for a vector of length 1
BOARD = np.array([-3.1, 0.5, 0])  # the middle of the board
LIFT = 0.32  # of the arrows, over its face
BOARD_VIEW = View(-14, -20, 0, (0, 0, 0), 8)
CROWD = 12, 5  # cards in a row, and rows
CARD = 1.06  # pitch of the cards
SHRUNK = 0.44  # four crowds at once
SHAPE_COLORS = {"pentagon": TARGET, "opposite pairs": PARTLY_RIGHT, "right angle": MUTED, "other": WRONG}


def get_turned(weights, upright=True):
    """W with its hidden space turned, so that the first feature points up, or right: what it computes stays the same.

    Args:
        weights: (…, 2, n); they are turned all alike, by what the last of them needs.
    """
    weights = np.asarray(weights)
    last = weights.reshape(-1, *weights.shape[-2:])[-1]
    angle = (np.pi / 2 if upright else 0) - np.arctan2(last[1, 0], last[0, 0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return turn @ weights


def get_crowd(density):
    """The models of all seeds at a density, as flat stars on cards. Parts: for each a card and its arrows."""
    runs = train(FIVE_IN_TWO)
    crowd = VGroup()
    for k, weights in enumerate(runs.weights[density, :, -1]):
        card = Square(0.93 * CARD).set_stroke(width=0)
        card.set_fill(mix_colors(PLATE, SHAPE_COLORS[name_shape(weights)], 0.45), 1)
        star = VGroup(
            Line(ORIGIN, 0.36 * np.array([*vector, 0])).set_stroke(color, 5)
            for vector, color in zip(get_turned(weights).T, get_feature_colors(5), strict=True)
        )
        place = np.array([k % CROWD[0] - (CROWD[0] - 1) / 2, (CROWD[1] - 1) / 2 - k // CROWD[0], 0])
        crowd.add(VGroup(card, star).shift(CARD * place + 0.35 * UP))
    return crowd.fix_in_frame()


def get_line(*parts, font_size=BODY):
    """Words and numbers on one baseline."""
    line = VGroup(Text(part, font_size=font_size) if isinstance(part, str) else part for part in parts)
    line.arrange(RIGHT, buff=0.14)
    for part in line[1:]:
        put_on_baseline(part, line[0])
    return line


def get_blocks(densities):
    """The crowds of several densities, two by two, each below how many of it are pentagons. Parts: heading, crowd."""
    runs, blocks = train(FIVE_IN_TWO), VGroup()
    for k, density in enumerate(densities):
        crowd = get_crowd(density).scale(SHRUNK)
        percent, count, total = (
            get_number(np.array(value), 0, source=name, font_size=LABEL + 4)
            for value, name in (
                (100 * runs.config.densities[density], "density, in percent"),
                (runs.count_shapes(density)["pentagon"], "pentagons"),
                (runs.config.n_seeds, "seeds"),
            )
        )
        count.set_color(TARGET)
        heading = get_line(
            "there", percent.set_color(INPUT), "% of the time:", count, "of", total, "pentagons", font_size=LABEL
        )
        block = VGroup(heading, crowd).arrange(DOWN, buff=0.14)
        blocks.add(block.move_to([3.35 * (2 * (k % 2) - 1), 2.15 - 2.95 * (k // 2), 0]))
    return blocks.fix_in_frame()


def get_key():
    """What the colours of the cards mean."""
    key = VGroup()
    for name, color in SHAPE_COLORS.items():
        square = Square(0.3).set_fill(mix_colors(PLATE, color, 0.45), 1).set_stroke(width=0)
        key.add(VGroup(square, Text(name, font_size=LABEL)).arrange(RIGHT, buff=0.15))
    return key.arrange(RIGHT, buff=0.6).move_to(2.62 * DOWN).fix_in_frame()


class FiveFeaturesInTwoDimensions(CaptionedScene):
    """The rarer its features, the more of them a model packs into two dimensions; five stand as a pentagon."""

    chapter = "A toy model"

    seed = 10  # of the model that is shown
    dense, rare, rarest, between = 0, 1, 3, 2  # indices of densities
    densities = dense, rare, between, rarest  # from features that are always there to the rarest
    example = 2  # the feature that is sent through the model, before training and after it
    pair = 1, 4  # features that stand opposite each other where they are rare

    def construct(self):
        set_telephoto(self.frame)
        self.runs = train(FIVE_IN_TWO)
        self.time_of_run = ValueTracker(0)
        solid = self.meet_the_model()
        self.put_arrows_on_a_board(solid)
        self.train_with_all_there()
        self.train_with_fewer()
        self.see_why_pairs_work()
        self.train_with_few()
        self.send_it_through_again()
        self.ask_all_seeds()

    # What is computed

    def get_run(self, density):
        """Weights (n_snapshots, 2, 5), turned alike, and losses, of the model that is shown."""
        return get_turned(self.runs.weights[density, self.seed], upright=False), self.runs.losses[density, self.seed]

    def get_between(self, rows):
        """What snapshots hold at the time of now."""
        time = np.clip(self.time_of_run.get_value(), 0, len(rows) - 1)
        k = min(int(time), len(rows) - 2)
        return (k + 1 - time) * rows[k] + (time - k) * rows[k + 1]

    def get_share_left(self):
        """The loss in percent of what it was before this training: losses at different densities do not compare."""
        return 100 * self.get_between(self.run[1]) / self.run[1][0]

    def get_step(self):
        return self.get_between(np.array(self.runs.config.snapshot_steps, dtype=float))

    # What is shown

    def get_model(self, snapshot):
        """Weights and biases of the model whose features are rarest; a snapshot of 0 is before its training."""
        return (a[self.rarest, self.seed, snapshot] for a in (self.runs.weights, self.runs.biases))

    def get_solid(self, snapshot):
        """That model as a body: the colour of an edge is the sign of its weight."""
        weights, biases = self.get_model(snapshot)
        network = NeuralNetwork(
            [weights, weights.T],
            biases=[np.zeros(2), biases],
            last_activation=lambda z: np.maximum(z, 0),
            activation=lambda z: z,
            radius=0.5,
            neuron_buff=0.42,
            layer_buff=4.3,
            max_weight=1.0,
        )
        network.set_activations([np.zeros(n) for n in network.sizes])
        return SolidNetwork(network.shift(0.45 * UP), 0.06, 0.3)

    def get_importance(self, solid):
        """How much an error in each feature counts, as a bar at its neuron, with its number."""
        bars = VGroup()
        for k, (ball, share) in enumerate(zip(solid.balls[0], self.runs.config.importance, strict=True)):
            bar = Rectangle(1.6 * share, 0.5).set_fill(get_feature_colors(5)[k], 1).set_stroke(width=0)
            bar.move_to(ball.body.get_center() + 0.75 * LEFT, RIGHT)
            bars.add(VGroup(bar, Text(str(k + 1), font_size=BODY).set_color(BACKGROUND).move_to(bar)))
        return bars

    def get_table(self, features):
        """What some features, each at 1, become in the model of opposite pairs: a row for each stage, on a plate.

        Parts: plate, names of the features, then rows: what goes in, what stands before ReLU, what comes out.
        """
        w, b = self.run[0][-1], self.runs.biases[self.rare, self.seed, -1]
        x = np.eye(5)[list(features)].sum(axis=0)
        before = w.T @ w @ x + b
        columns = [0.1 + 0.95 * k for k in range(5)]
        heads = VGroup(
            Text(str(k + 1), font_size=LABEL).set_color(color).move_to([columns[k], 0.5, 0])
            for k, color in enumerate(self.arrows.colors)
        )
        rows = VGroup()
        stages = ("in", x, 0), ("before ReLU", before, 2), ("out", np.maximum(before, 0), 2)
        for row, (name, values, decimals) in enumerate(stages):
            numbers = VGroup(
                get_number(round(value, decimals) + 0.0, decimals, source=(name, k), font_size=LABEL).move_to(
                    [columns[k], -0.55 * row, 0]
                )
                for k, value in enumerate(values)
            )
            for k in range(5):
                numbers[k].set_color(TEXT if k in self.pair else MUTED)
            rows.add(VGroup(Text(name, font_size=LABEL - 4).move_to([-0.5, -0.55 * row, 0], RIGHT), numbers))
        body = VGroup(heads, rows)
        return VGroup(Plate(body, 0.22), heads, *rows).scale(0.94).move_to([3.55, -1.92, 0]).fix_in_frame()

    def get_board(self):
        """The plane of the two hidden numbers, with its axes."""
        board = SolidBlock(5.9, 5.9, 0.3).move_to(BOARD + 0.15 * IN)
        axes = Group(get_tube(BOARD - 2.75 * way, BOARD + 2.75 * way, 0.05) for way in (RIGHT, UP))
        return Group(board, axes.set_color(mix_colors(PLATE, TEXT, 0.45)))

    def get_tags(self):
        """The number of each feature at the tip of its arrow."""
        return Group(
            Sign(
                Text(str(k + 1), font_size=BODY).set_color(BACKGROUND),
                self.frame,
                lambda k=k: self.arrows.get_tip(k, 0.32),
                -0.26,
                color=color,
            )
            for k, color in enumerate(self.arrows.colors)
        )

    def get_curve(self):
        """The loss along the lower right, and what it and the step are now. Parts: plate, axis, curve, readouts."""
        axis = Line(ORIGIN, 5.0 * RIGHT).set_stroke(MUTED, 3)
        curve = VMobject().set_stroke(LOSS, 7)
        readouts = VGroup(
            Readout("step", lambda: round(self.get_step()), font_size=BODY),
            Readout("of untrained error", self.get_share_left, 0, "%", color=LOSS, font_size=BODY),
        )
        room = Rectangle(5.0, 1.1).next_to(axis, UP, buff=0)
        readouts.arrange(RIGHT, buff=0.75).next_to(room, UP, buff=0.12)
        VGroup(room, axis, curve, readouts).move_to([3.55, -1.75, 0])
        return VGroup(Plate(VGroup(room, axis, readouts), 0.2), axis, curve, readouts).fix_in_frame()

    def draw_curve(self, curve):
        """Draw the loss up to now, as the snapshots lie: early steps take more room."""
        losses, axis = self.run[1], curve[1]
        shares = np.linspace(0, 1, len(losses))
        now = self.time_of_run.get_value() / (len(losses) - 1)
        heights = 1.05 * losses / losses[0]
        points = [axis.get_start() + 5 * share * RIGHT + h * UP for share, h in zip(shares, heights, strict=True)]
        drawn = [point for point, share in zip(points, shares, strict=True) if share <= now + 1e-6]
        curve[2].set_points_as_corners(drawn if len(drawn) > 1 else points[:1] * 2)
        for readout in curve[3]:
            readout.follow()
        share = curve[3][1]
        share.unit.next_to(share.number, RIGHT, 0.12).align_to(share.word[0], DOWN)

    def get_density_words(self, density):
        """How often each feature is there, at the top right."""
        share = self.runs.config.densities[density]
        number = get_number(np.array(100 * share), 0, source="density, in percent", font_size=HEADING)
        words = VGroup(
            Text("Each feature is there", font_size=BODY),
            number.set_color(INPUT),
            Text("% of the time", font_size=BODY),
        ).arrange(RIGHT, buff=0.15)
        for word in words[1:]:
            put_on_baseline(word, words[0])
        words[2].set_color(TEXT)
        return words.set_max_width(6.2).move_to([3.55, 3.25, 0]).fix_in_frame()

    # What moves

    def hide_if_short(self, tag, k):
        """A feature that is not represented has no tag; nor has one whose arrow is faded."""
        share = float(np.linalg.norm(self.arrows.vectors[k]) > 0.3)
        tag.set_opacity(share * (self.shown > 0.6))

    def follow(self, mobject):
        mobject.set_weights(self.get_between(self.run[0]))

    def train(self, density, seconds, *animations):
        """Play a whole training run: arrows, interference and loss are what they were at each step."""
        self.play(
            self.time_of_run.animate(rate_func=linear).set_value(len(self.run[1]) - 1),
            UpdateFromFunc(self.arrows, self.follow),
            UpdateFromFunc(self.heat, self.follow),
            UpdateFromFunc(self.curve, self.draw_curve),
            *animations,
            run_time=seconds,
        )

    def begin_again(self, density, sentence):
        """The arrows go with the words over them; those that this seed starts with come with another density."""
        words = self.get_density_words(density)
        self.hush(FadeOut(self.words, 0.3 * UP), self.show_arrows(1, 0), run_time=0.6)
        self.run = self.get_run(density)
        self.time_of_run.set_value(0)
        self.say(
            sentence,
            FadeIn(words, 0.3 * UP),
            self.show_arrows(0, 1),
            UpdateFromFunc(self.curve, self.draw_curve),
            run_time=0.8,
        )
        self.words = words

    def show_arrows(self, start, end):
        """Animation: the arrows and their products fade, or appear."""
        weights = self.get_between(self.run[0])

        def show(arrows, alpha):
            self.shown = interpolate(start, end, alpha)
            arrows.set_weights(weights).set_opacity(self.shown)
            self.heat.set_weights(max(self.shown, 0.01) * weights)

        return UpdateFromAlphaFunc(self.arrows, show)

    def send(self, solid, x, snapshot, words=("", "")):
        """Send an example through the model, with a sentence for each of its two layers."""
        weights, biases = self.get_model(snapshot)
        hidden = weights @ x
        out = np.maximum(weights.T @ hidden + biases, 0)
        self.play(solid.animate.set_activations([x, np.zeros(2), np.zeros(5)]), run_time=0.5)
        for layer, activations in enumerate(([x, hidden, np.zeros(5)], [x, hidden, out])):
            if words[layer]:
                self.say(words[layer])
            self.play(
                EdgeWave(solid.network.get_edges(layer), FOCUS, width=16, radius=0.5),
                solid.animate(time_span=(0.5, 0.9)).set_activations(activations),
                run_time=0.9,
            )

    # Beats

    def meet_the_model(self):
        # Let the bare slab sink, and ask whether what geometry allows is ever found
        solid, slab = self.get_solid(0), get_histogram(get_random_angles(MANY)).slab
        self.frame.reorient(*SLAB_VIEW)
        self.add(slab)
        solid.shift(9 * UP)
        self.add(solid)
        self.say(
            "Does a network find such arrangements by itself?",
            slab.animate.shift(7 * DOWN),
            solid.animate.shift(9 * DOWN),
            self.frame.animate.reorient(-20, -9, 0, (-0.5, 0, 0), 8.8),
            run_time=2,
        )
        self.remove(slab)

        # Say which features matter most
        bars = self.get_importance(solid)
        title = Text("importance", font_size=LABEL).next_to(bars[0][0], UP, 0.25).align_to(bars[0][0], RIGHT)
        self.hush(
            FadeIn(title),
            LaggedStart(*(GrowFromPoint(bar, bar.get_right()) for bar in bars), lag_ratio=0.2),
            self.frame.animate.reorient(-12, -6),
            run_time=1.2,
        )

        # Send one feature through it, before any training
        x = np.eye(5)[self.example]
        self.hush()
        formula = Tex(R"x' = \mathrm{ReLU}(W^\top W x + b)", font_size=HEADING).to_edge(UP, buff=0.3).fix_in_frame()
        self.play(FadeIn(formula), run_time=0.5)
        self.send(solid, x, 0, ("W squeezes five numbers into two", "Its transpose and ReLU make five again"))
        numbers = solid.get_numbers(2, 34)
        self.say("Untrained: not what went in", FadeIn(numbers))
        self.formula = Group(formula, bars, title, numbers)
        return solid

    def put_arrows_on_a_board(self, solid):
        # Open the plane of the two numbers: each feature is an arrow in it
        self.run = self.get_run(self.dense)
        self.board, self.shown = self.get_board(), 1.0
        center = BOARD + LIFT * OUT
        self.arrows = FeatureArrows(self.run[0][0], UNIT, 0.16, center=center)
        self.heat = InterferenceHeat(self.run[0][0], cell=0.48, most=1.15, longest=1.35, room=1.3)
        self.heat.move_to([3.55, 1.1, 0]).fix_in_frame()
        self.rows = VGroup(
            Text(str(k + 1), font_size=LABEL).set_color(color).next_to(self.heat.heat.get_cell(k, 0), LEFT, buff=0.45)
            for k, color in enumerate(self.arrows.colors)
        ).fix_in_frame()
        self.curve = self.get_curve()
        self.draw_curve(self.curve)
        self.tags = self.get_tags()
        hidden = solid.balls[1]
        self.hush(
            FadeOut(self.formula, time_span=(0, 0.8)),
            Group(solid.tubes, solid.balls[0], solid.balls[2]).animate(time_span=(0, 1.2)).scale(0.01).move_to(center),
            hidden.animate.scale(0.1).move_to(center),
            FadeIn(self.board, time_span=(0.5, 1.5)),
            self.frame.animate.reorient(*BOARD_VIEW),
            run_time=1.8,
        )
        self.remove(solid, hidden)
        self.words = self.get_density_words(self.dense)
        self.add(self.arrows)
        self.play(FadeIn(self.arrows), LaggedStart(*(FadeIn(tag) for tag in self.tags), lag_ratio=0.15), run_time=0.9)
        for k, tag in enumerate(self.tags):
            tag.add_updater(lambda tag, k=k: self.hide_if_short(tag, k))
        self.say(
            "Each arrow: one feature, as two numbers",
            FadeIn(self.heat),
            FadeIn(self.rows),
            FadeIn(self.curve),
            FadeIn(self.words),
        )

    def train_with_all_there(self):
        # Train it while every feature is always there
        self.hush()
        self.train(self.dense, 2.6, self.frame.animate(rate_func=linear).reorient(-6, -16))
        self.say("It keeps the two that count most, at 90°")

    def train_with_fewer(self):
        # Make features rarer, and train from the same start
        self.begin_again(self.rare, "Another problem, the same random start")
        self.hush()
        self.train(self.rare, 2.8, self.frame.animate(rate_func=linear).reorient(6, -20))
        self.say("Opposite pairs: four, and only two dimensions")

    def see_why_pairs_work(self):
        # Switch on one feature of a pair: its vector lies below zero on the opposite arrow
        one, other = self.pair
        w, center = self.run[0][-1], BOARD + (LIFT + 0.25) * OUT
        ball = Sphere(radius=0.2).set_color(FOCUS).set_shading(0.3, 0.2, 0.4).apply_depth_test().move_to(center)
        alone, both = self.get_table([one]), self.get_table(self.pair)
        self.hush(FadeOut(self.curve), FadeIn(alone[:3]), FadeIn(ball), run_time=0.8)
        box = SurroundingRectangle(alone[3][1][other], buff=0.08).set_stroke(FOCUS, 5).fix_in_frame()
        self.say(
            f"Feature {one + 1} alone: below zero on arrow {other + 1}",
            ball.animate.move_to(center + UNIT * np.array([*w[:, one], 0])),
            FadeIn(alone[3], time_span=(0.6, 1)),
            FadeIn(box, scale=2, time_span=(1, 1.4)),
            run_time=1.4,
        )

        # Let ReLU take away what is below zero
        self.say(
            "ReLU makes it 0: the clash disappears",
            FadeIn(alone[4], 0.3 * DOWN),
            box.animate.move_to(alone[4][1][other]),
            run_time=1,
        )

        # Switch on both: they cancel, but seldom meet
        self.hush(FadeOut(box), FadeOut(alone[2:]), FadeIn(both[2]), run_time=0.6)
        chance = 100 * self.runs.config.densities[self.rare] ** 2
        self.say(
            f"Both at once clash: only {chance:.0f} % of the time",
            ball.animate.move_to(center + UNIT * np.array([*w[:, self.pair].sum(axis=1), 0])),
            FadeIn(both[3:], time_span=(0.7, 1.2)),
            run_time=1.2,
        )
        self.hush(FadeOut(Group(alone[:2], both[2:], ball)), FadeIn(self.curve), run_time=0.7)

    def train_with_few(self):
        # Ask what five will do when they are rarer still
        self.begin_again(self.rarest, "Rarer still: what will the arrows do now?")

        # Train it, and see a pentagon
        self.hush()
        self.train(self.rarest, 4, self.frame.animate(rate_func=linear).reorient(16, -24))
        self.say("A pentagon: all five, each a little in the way")

    def send_it_through_again(self):
        # Bring the network back: what goes in comes out now
        solid = self.get_solid(-1)
        for tag in self.tags:
            tag.clear_updaters()
        self.hush(
            FadeOut(Group(self.heat, self.rows, self.curve, self.words, self.tags), time_span=(0, 0.4)),
            Group(self.board, self.arrows).animate(time_span=(0.2, 1.1)).scale(0.03).move_to(solid.balls[1]),
            FadeIn(solid, time_span=(0.6, 1.4)),
            self.frame.animate.reorient(0, 0, 0, (0, 0, 0), 8),
            run_time=1.4,
        )
        self.remove(self.board, self.arrows)
        self.send(solid, np.eye(5)[self.example], -1)
        numbers = solid.get_numbers(2, 34)
        self.say(f"Trained: feature {self.example + 1} goes in and comes out", FadeIn(numbers))
        self.network = Group(solid, numbers)

    def ask_all_seeds(self):
        # Train from sixty random starts
        blocks, key = get_blocks(self.densities), get_key()
        last = blocks[self.densities.index(self.rarest)]
        home = last.get_center().copy()
        last.scale(1.75).move_to(0.5 * UP)
        self.hush(
            FadeOut(self.network, time_span=(0, 0.6)),
            LaggedStart(*(FadeIn(card) for card in last[1]), lag_ratio=0.02, time_span=(0.4, 1.6)),
            FadeIn(last[0], time_span=(1, 1.6)),
            run_time=1.6,
        )
        self.remove(self.network)
        self.say("The same model from sixty random starts", FadeIn(key))

        # Set beside them the starts where features are less rare
        others = [block for block in blocks if block is not last]
        self.hush(last.animate.scale(1 / 1.75).move_to(home), run_time=0.9)
        self.play(LaggedStart(*(FadeIn(block, 0.2 * UP) for block in others), lag_ratio=0.6), run_time=1.8)
        self.say("The rarer the features, the more pentagons")
        self.wait_until_read()
