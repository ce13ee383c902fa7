from manim_imports_ext import *
from truth.superposition import FIVE_IN_TWO, name_shape, train

UNIT = 2.1  # frame units for a vector of length 1
BOARD_X = -2.9  # the middle of the board
LIFT = 0.32  # of the arrows, over its face
BOARD_VIEW = View(-14, -20, 0, (0, 0, 0), 8)
CROWD = 12, 5  # cards in a row, and rows
CARD = 1.06  # pitch of the cards
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
        card.set_fill(mix_colors(PLATE, SHAPE_COLORS[name_shape(weights)], 0.3), 1)
        star = VGroup(
            Line(ORIGIN, 0.36 * np.array([*vector, 0])).set_stroke(color, 5)
            for vector, color in zip(get_turned(weights).T, get_feature_colors(5), strict=True)
        )
        place = np.array([k % CROWD[0] - (CROWD[0] - 1) / 2, (CROWD[1] - 1) / 2 - k // CROWD[0], 0])
        crowd.add(VGroup(card, star).shift(CARD * place + 0.35 * UP))
    return crowd.fix_in_frame()


class FiveFeaturesInTwoDimensions(CaptionedScene):
    """The rarer its features, the more of them a model packs into two dimensions; five stand as a pentagon."""

    chapter = "A toy model"

    seed = 10  # of the model that is shown
    dense, rare, rarest, between = 0, 1, 3, 2  # indices of densities
    example = 2  # the feature that is sent through the untrained model

    def construct(self):
        set_telephoto(self.frame)
        self.runs = train(FIVE_IN_TWO)
        self.time_of_run = ValueTracker(0)
        solid = self.meet_the_model()
        self.put_arrows_on_a_board(solid)
        self.train_with_all_there()
        self.train_with_fewer()
        self.train_with_few()
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

    def get_step(self):
        return self.get_between(np.array(self.runs.config.snapshot_steps, dtype=float))

    # What is shown

    def get_solid(self):
        weights, biases = (a[self.rarest, self.seed, 0] for a in (self.runs.weights, self.runs.biases))
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

    def get_board(self):
        """The plane of the two hidden numbers, with its axes."""
        board = SolidBlock(6.3, 6.3, 0.3).move_to([BOARD_X, 0.2, -0.15])
        axes = Group(
            get_tube(board.get_center() - 2.95 * way + 0.15 * OUT, board.get_center() + 2.95 * way + 0.15 * OUT, 0.05)
            for way in (RIGHT, UP)
        )
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
            Readout("loss", lambda: self.get_between(self.run[1]), 3, color=LOSS, font_size=BODY),
        )
        room = Rectangle(5.0, 1.1).next_to(axis, UP, buff=0)
        readouts.arrange(RIGHT, buff=0.9).next_to(room, UP, buff=0.12)
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
        """A feature that is not represented has no tag."""
        tag.set_opacity(np.clip(4 * np.linalg.norm(self.arrows.vectors[k]) - 1, 0, 1))

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

    def begin_again(self, density, *animations):
        """The arrows go back to where all runs of this seed start; another density is announced."""
        self.wait_until_read()  # what is shown until then is the run that has just ended
        before, words = self.get_between(self.run[0]), self.get_density_words(density)
        self.run = self.get_run(density)
        self.time_of_run.set_value(0)
        after = self.run[0][0]

        def go_back(mobject, alpha):
            mobject.set_weights((1 - alpha) * before + alpha * after)

        self.hush(
            UpdateFromAlphaFunc(self.arrows, go_back),
            UpdateFromAlphaFunc(self.heat, go_back),
            UpdateFromFunc(self.curve, self.draw_curve),
            FadeOut(self.words, 0.3 * UP, time_span=(0, 0.5)),
            FadeIn(words, 0.3 * UP, time_span=(0.6, 1.2)),
            *animations,
            run_time=1.2,
        )
        self.words = words

    # Beats

    def meet_the_model(self):
        # Stand the model up: five features in, two numbers, five out
        solid = self.get_solid()
        self.frame.reorient(-34, -12, 0, (0, 0, 0), 8.6)
        formula = Tex(R"x' = \mathrm{ReLU}(W^\top W x + b)", font_size=HEADING).to_edge(UP, buff=0.4).fix_in_frame()
        self.add(solid)
        self.say(
            "A toy: five features must pass through two numbers",
            FadeIn(formula),
            self.frame.animate.reorient(-16, -7),
            run_time=2.4,
        )

        # Send one feature through it, before any training
        x = np.eye(5)[self.example]
        weights = self.runs.weights[self.rarest, self.seed, 0]
        hidden = weights @ x
        out = np.maximum(weights.T @ hidden, 0)
        network = solid.network
        self.play(solid.animate.set_activations([x, np.zeros(2), np.zeros(5)]), run_time=0.7)
        for layer, activations in enumerate(([x, hidden, np.zeros(5)], [x, hidden, out])):
            self.play(
                EdgeWave(network.get_edges(layer), INPUT, width=16, radius=0.5),
                solid.animate(time_span=(0.6, 1.1)).set_activations(activations),
                run_time=1.1,
            )
        self.say("Untrained, it does not give back what went in")
        self.wait(0.6)
        self.formula = formula
        return solid

    def put_arrows_on_a_board(self, solid):
        # Open the plane of the two numbers: each feature is an arrow in it
        self.run = self.get_run(self.dense)
        self.board = self.get_board()
        center = np.array([BOARD_X, 0.2, LIFT])
        self.arrows = FeatureArrows(self.run[0][0], UNIT, 0.16, center=center)
        self.heat = InterferenceHeat(self.run[0][0], cell=0.48, most=1.15, longest=1.35, room=1.3)
        self.heat.move_to([3.55, 1.1, 0]).fix_in_frame()
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
            FadeIn(self.curve),
            FadeIn(self.words),
        )
        self.wait(0.4)

    def train_with_all_there(self):
        # Train it while every feature is always there
        self.hush()
        self.train(self.dense, 4, self.frame.animate(rate_func=linear).reorient(-6, -16))
        self.say("It keeps the two most important, at a right angle")

    def train_with_fewer(self):
        # Make features rarer, and train from the same start
        self.begin_again(self.rare)
        self.train(self.rare, 4, self.frame.animate(rate_func=linear).reorient(6, -20))
        self.say("Opposite pairs: four, and only two dimensions")

        # Point at what a feature adds to its opposite: less than nothing, which ReLU takes away
        products = self.heat.heat.values
        cell = self.heat.heat.get_cell(*(int(i) for i in np.unravel_index(products.argmin(), products.shape)))
        self.box = SurroundingRectangle(cell, buff=0.03).set_stroke(FOCUS, 6).fix_in_frame()
        self.say("Orange is below zero: ReLU makes it 0", FadeIn(self.box, scale=2))

    def train_with_few(self):
        # Ask what five will do when they are rarer still
        self.begin_again(self.rarest, FadeOut(self.box, time_span=(0, 0.4)))
        self.say("Rarer still: what will the arrows do now?")
        self.wait(0.6)

        # Train it, and see a pentagon
        self.hush()
        self.train(self.rarest, 5, self.frame.animate(rate_func=linear).reorient(16, -24))
        self.say("A pentagon: all five, each a little in the way")
        self.play(self.frame.animate.reorient(0, 0, 0, (0, 0, 0), 8), run_time=2)

    def ask_all_seeds(self):
        # Train from sixty random starts
        crowd = get_crowd(self.rarest)
        gone = Group(self.arrows, self.board, self.heat, self.curve)
        mine = crowd[self.seed]
        for tag in self.tags:
            tag.clear_updaters()
        self.hush(
            FadeOut(self.tags, time_span=(0, 0.4)),
            FadeOut(self.words, time_span=(0, 0.4)),
            gone.animate(time_span=(0, 1.2)).scale(0.02).move_to(mine),
            LaggedStart(*(FadeIn(card) for card in crowd), lag_ratio=0.02, time_span=(0.6, 2)),
            run_time=2,
        )
        self.remove(gone)
        self.say(self.get_count(self.rarest))
        self.wait(1)

        # Look at the same starts where features are not as rare
        other = get_crowd(self.between)
        self.hush()
        self.play(
            LaggedStart(*(ReplacementTransform(a, b) for a, b in zip(crowd, other, strict=True)), lag_ratio=0.01),
            run_time=2,
        )
        self.say(self.get_count(self.between))
        self.wait(1.5)

    def get_count(self, density):
        """How many of how many seeds made a pentagon at a density, as a line at the lower edge."""
        counts, p = self.runs.count_shapes(density), self.runs.config.densities[density]
        numbers = [
            get_number(np.array(value), 0, source=name, font_size=HEADING)
            for value, name in (
                (100 * p, "density, in percent"),
                (counts["pentagon"], "pentagons"),
                (self.runs.config.n_seeds, "seeds"),
            )
        ]
        numbers[1].set_color(TARGET)
        words = (Text(text, font_size=BODY) for text in ("At", "%:", "of", "random starts make a pentagon"))
        at, percent, of, rest = words
        line = VGroup(at, numbers[0], percent, numbers[1], of, numbers[2], rest).arrange(RIGHT, buff=0.18)
        for part in line[1:]:
            put_on_baseline(part, at)
        return line.set_max_width(13).move_to([0, -3.25, 0]).fix_in_frame()
