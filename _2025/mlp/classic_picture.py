from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, PARAMETERS, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp


class ClassicNeuralNetworksPicture(CaptionedScene):
    """The textbook's dots and lines are the two matrices and the ReLU, and lack only the residual."""

    chapter = "The classic picture"

    other_tokens = (1, 0)  # half matches: the wrong last name, the wrong first name
    strongest = 1.5  # the weight drawn strongest

    def construct(self):
        self.mlp = get_toy_mlp()
        self.passes = [self.mlp.forward(token.embedding) for token in TOKENS]
        self.draw_the_picture()
        self.read_a_row()
        self.fold_the_edges_up()
        self.add_the_bias()
        self.send_a_token_through()
        self.unfold_the_columns()
        self.light_the_update()
        self.add_the_residual()
        self.try_other_tokens()
        self.count_the_edges()

    # What is shown

    def get_network(self):
        """The block, its hidden coordinates and neurons behind ellipses."""
        mlp = self.mlp
        network = NeuralNetwork(
            [mlp.up, mlp.down],
            biases=[mlp.up_bias, mlp.down_bias],
            max_shown=[VISIBLE_COORDINATES, VISIBLE_UNITS, VISIBLE_COORDINATES],
            height=4.6,
            layer_buff=3.2,
            max_weight=self.strongest,
            max_width=5,
        )
        return network.move_to(0.1 * UP)

    def get_standing_aside(self, side):
        """Animation: the whole picture makes room for a matrix, on one side; back in the middle for ORIGIN."""
        picture = Group(self.network, self.names, *self.marks)
        scale = 0.8 if self.stands_at_home else 1.25
        self.stands_at_home = side is ORIGIN
        return picture.animate.scale(scale, about_point=self.network.get_center()).shift(
            3.5 * side + 0.1 * UP - self.network.get_center()
        )

    def get_matrix(self, values, name, rows, columns, height):
        return WeightMatrix(
            values, source=name, shown_rows=rows, shown_columns=columns, max_value=self.strongest, height=height
        )

    def get_layers(self, seen):
        """What each layer's dots show when a token has gone through."""
        return [seen.x, seen.neurons, seen.update]

    def get_edges_at(self, unit):
        """The edges into a neuron, and those out of it."""
        into, out = self.network.edges
        return (
            VGroup(edge for edge in into if edge.source[1][0] == unit),
            VGroup(edge for edge in out if edge.source[1][1] == unit),
        )

    def get_dimming(self, chosen, opacity=0.12):
        """Animations: of all edges, only some stay bright."""
        bright = set(chosen)
        return [
            edge.animate.set_stroke(opacity=0.95 if edge in bright else opacity)
            for edges in self.network.edges
            for edge in edges
        ]

    def get_brightening(self):
        """Animations: every edge as bright as its weight is large."""
        return [
            edge.animate.set_stroke(opacity=0.35 + 0.6 * min(abs(edge.weight) / self.strongest, 1))
            for edges in self.network.edges
            for edge in edges
        ]

    # Beats

    def draw_the_picture(self):
        # Draw the textbook's picture
        title = get_title("The Classic Picture")
        network = self.network = self.get_network()
        names = VGroup(Text(name, font_size=33) for name in ("Embedding", "Neurons", "Update"))
        for name, layer in zip(names, network.layers, strict=True):
            name.set_color(MUTED).next_to(network, DOWN, buff=0.25).match_x(layer)
        self.play(FadeIn(title, 0.2 * UP), LaggedStartMap(FadeIn, network.layers, lag_ratio=0.3), run_time=0.8)
        self.play(
            LaggedStartMap(ShowCreation, VGroup(edge for edges in network.edges for edge in edges), lag_ratio=0.02),
            FadeIn(network.dots),
            FadeIn(names, lag_ratio=0.3),
            run_time=1.6,
        )
        self.bring_to_front(network.layers)
        self.wait(0.6)
        self.names, self.marks, self.stands_at_home = names, [], True

    def read_a_row(self):
        # Single out the edges into one neuron
        into, _ = self.get_edges_at(VISIBLE_UNITS[0])
        matrix = self.get_matrix(self.mlp.up, "W up", VISIBLE_UNITS, VISIBLE_COORDINATES, 4.4).move_to(3.7 * LEFT)
        self.play(self.get_standing_aside(RIGHT), run_time=0.9)
        self.say("The lines into one neuron are one row of weights", *self.get_dimming(into))
        self.wait(0.4)

        # Slide them out as a row of the matrix
        self.play(self.get_sliding(into, matrix.get_row(VISIBLE_UNITS[0])), run_time=1.4)
        self.wait(0.8)
        self.up_matrix = matrix

    def get_sliding(self, edges, cells):
        """Animation: a light leaves each edge, and its weight arrives in the matrix."""
        numbers = [cell for cell in cells if isinstance(cell, SourcedNumber)]
        lights = (
            VShowPassingFlash(
                Line(edge.get_center(), number.get_center()).set_stroke(number.get_fill_color(), 5), time_width=0.8
            )
            for edge, number in zip(edges, numbers, strict=True)
        )
        return AnimationGroup(LaggedStart(*lights, lag_ratio=0.1), FadeIn(cells, time_span=(0.7, 1.4)))

    def fold_the_edges_up(self):
        # Fold all lines of the layer into a matrix
        matrix, network = self.up_matrix, self.network
        rest = VGroup(cell for cell in matrix.cells if cell not in set(matrix.get_row(VISIBLE_UNITS[0])))
        name = Tex(R"W_\uparrow", font_size=BODY).set_color(PARAMETER).next_to(matrix, UP, buff=0.15)
        flashes = (
            VShowPassingFlash(edge.copy().reverse_points().set_stroke(FOCUS, 4), time_width=0.6)
            for edge in network.get_edges(0)
        )
        self.say("All lines of a layer are one matrix", *self.get_brightening())
        self.play(
            LaggedStart(*flashes, lag_ratio=0.01, run_time=1.8),
            FadeIn(rest, lag_ratio=0.02, run_time=1.8),
            FadeIn(VGroup(matrix.brackets, name), run_time=1.8),
        )
        self.wait(0.8)
        self.up_name = name

    def add_the_bias(self):
        # Put a ring round each neuron for its bias
        network, biases = self.network, self.mlp.up_bias[list(VISIBLE_UNITS)]
        rings = VGroup(
            Circle(radius=0.5 * neuron.get_width() + 0.055)
            .set_stroke(value_to_color(bias, 0, 1), 1 + 4 * abs(bias))
            .move_to(neuron)
            for neuron, bias in zip(network.get_layer(1), biases, strict=True)
        )
        self.say("A ring for each bias: orange makes it harder to wake, blue easier", FadeIn(rings, lag_ratio=0.1))
        self.wait(1)
        self.marks.append(rings)

    def send_a_token_through(self):
        # Light the embedding of one token
        seen, network = self.passes[ACTIVE], self.network
        silent = [np.zeros(n) for n in network.sizes]
        self.play(FadeOut(VGroup(self.up_matrix, self.up_name, self.caption)), run_time=0.4)
        self.caption = VGroup()
        self.play(self.get_standing_aside(ORIGIN), run_time=0.9)
        self.token = Text(TOKENS[ACTIVE].words, font_size=LABEL).set_color(INPUT)
        self.token.next_to(network.get_layer(0), UP, buff=0.4).align_to(network.get_layer(0), LEFT).shift(0.3 * LEFT)
        self.say(
            "An embedding comes in",
            FadeIn(self.token),
            network.animate.set_activations([seen.x, *silent[1:]]),
        )
        self.marks.append(self.token)

        # Let it run to the neurons: what each gets, above and below zero
        self.play(
            EdgeWave(network.get_edges(0), INPUT, width=4, radius=0.2),
            network.animate(time_span=(1.0, 1.5)).set_activations([seen.x, seen.pre, silent[2]]),
            run_time=1.5,
        )
        self.wait(0.5)

        # Silence what is negative: the ReLU
        negative = [n for n, v in zip(network.get_layer(1), seen.pre[list(VISIBLE_UNITS)], strict=True) if v < 0]
        self.say(
            "ReLU: what is below zero goes dark",
            LaggedStart(*(Flash(neuron, color=GRADIENT, flash_radius=0.3) for neuron in negative), lag_ratio=0.1),
            run_time=1,
        )
        self.play(network.animate.set_activations([seen.x, seen.neurons, silent[2]]), run_time=0.8)
        self.wait(0.8)

    def unfold_the_columns(self):
        # Single out the lines that leave the neuron
        _, out = self.get_edges_at(VISIBLE_UNITS[0])
        matrix = self.get_matrix(self.mlp.down, "W down", VISIBLE_COORDINATES, VISIBLE_UNITS, 3.4)
        self.play(self.get_standing_aside(LEFT), run_time=0.9)
        matrix.set_max_width(6.7).move_to(3.45 * RIGHT)
        self.say("The lines out of a neuron are one column", *self.get_dimming(out))
        self.play(self.get_sliding(out, matrix.get_column(VISIBLE_UNITS[0])), run_time=1.4)

        # Unfold the second matrix
        rest = VGroup(cell for cell in matrix.cells if cell not in set(matrix.get_column(VISIBLE_UNITS[0])))
        name = Tex(R"W_\downarrow", font_size=BODY).set_color(PARAMETER).next_to(matrix, UP, buff=0.2)
        self.play(
            FadeIn(rest, lag_ratio=0.02),
            FadeIn(VGroup(matrix.brackets, name)),
            *self.get_brightening(),
            run_time=1.4,
        )
        self.wait(0.8)
        self.down_matrix = VGroup(matrix, name)

    def light_the_update(self):
        # Let the neurons that are awake write their columns
        network, seen = self.network, self.passes[ACTIVE]
        awake = {unit for unit in VISIBLE_UNITS if seen.neurons[unit] > 0}
        edges = [edge for edge in network.get_edges(1) if edge.source[1][1] in awake]
        self.say("Whoever is awake adds its column to the update")
        self.play(
            EdgeWave(edges, ACTIVATION, width=5, radius=0.2),
            network.animate(time_span=(1.0, 1.5)).set_activations(self.get_layers(seen)),
            run_time=1.5,
        )
        self.say("The bias takes the second column away again: what is left is “Basketball”")
        self.wait(1.4)

    def add_the_residual(self):
        # Add what the picture lacks: the residual
        network = self.network
        self.play(FadeOut(VGroup(self.down_matrix, self.caption)), run_time=0.4)
        self.caption = VGroup()
        self.play(self.get_standing_aside(ORIGIN), run_time=0.9)
        arc = self.get_way_round()
        plus = Tex("+", font_size=HEADING).set_color(FOCUS).next_to(arc.get_end(), DOWN, buff=0.12).shift(0.3 * RIGHT)
        self.say("It lacks one thing: the embedding itself is added at the end", ShowCreation(arc), run_time=1.5)
        name = Text("Output", font_size=33).set_color(MUTED).move_to(self.names[2])
        seen = self.passes[ACTIVE]
        self.play(FadeIn(plus), FadeOut(self.names[2]), run_time=0.4)
        self.play(FadeIn(name), network.animate.set_activations([seen.x, seen.neurons, seen.output]), run_time=0.8)
        self.wait(1)
        self.arc, self.plus = arc, plus

    def get_way_round(self, out=0.6, radius=0.3):
        """A line from beside the embedding, up, across above the network, down, and into the last layer."""
        inputs, outputs = self.network.get_layer(0), self.network.get_layer(2)
        top = self.network.get_top()[1] + 0.35
        start, end = inputs.get_left() + 0.15 * LEFT, outputs.get_right() + 0.15 * RIGHT
        left, right = start + (out - 0.15) * LEFT, end + (out - 0.15) * RIGHT
        corners = (left, left * [1, 0, 0] + top * UP, right * [1, 0, 0] + top * UP, right)
        way = VMobject().set_stroke(FOCUS, 5).start_new_path(start)
        for before, corner, after in zip((start, *corners), corners, (*corners[1:], end), strict=False):
            way.add_line_to(corner + radius * normalize(before - corner))
            way.add_quadratic_bezier_curve_to(corner, corner + radius * normalize(after - corner))
        return way.add_line_to(end)

    def try_other_tokens(self):
        # Watch neuron 0 while other tokens come in
        network = self.network
        neuron = network.get_neuron(1, VISIBLE_UNITS[0])
        ring = Circle(radius=0.32).set_stroke(FOCUS, 4).move_to(neuron)
        self.value = self.get_value(ACTIVE, neuron)
        self.say("The first neuron asks for both names", FadeIn(ring), FadeIn(self.value))
        self.wait(0.8)
        self.say("Half a match is not enough to wake it", *self.get_token(self.other_tokens[0], neuron))
        self.wait(1)
        self.show_token(self.other_tokens[1], neuron)
        self.say("Both together are", *self.get_token(ACTIVE, neuron))
        self.wait(0.8)
        self.ring = ring

    def get_value(self, token, neuron):
        """What neuron 0 says to a token, above it."""
        number = get_number(self.passes[token].neurons[VISIBLE_UNITS[0], None], 1, source=("neuron 0", token))
        return number.set_color(FOCUS).next_to(neuron, RIGHT, buff=0.25).set_backstroke(BACKGROUND, 6)

    def get_token(self, token, neuron):
        """Animations: another token goes through."""
        seen = self.passes[token]
        old = VGroup(self.token, self.value)
        self.token = Text(TOKENS[token].words, font_size=LABEL).set_color(INPUT).move_to(self.token)
        self.token.align_to(old[0], LEFT)
        self.value = self.get_value(token, neuron)
        layers = [seen.x, seen.neurons, seen.output]
        return [
            FadeOut(old, time_span=(0, 0.3)),
            FadeIn(VGroup(self.token, self.value), time_span=(0.3, 0.7)),
            self.network.animate.set_activations(layers),
        ]

    def show_token(self, token, neuron):
        # Let another token through
        self.play(*self.get_token(token, neuron), run_time=0.8)
        self.wait(1)

    def count_the_edges(self):
        # Count the lines of the first layer, here and in GPT-3
        drawn = len(self.network.get_edges(0))
        here = self.get_count("lines drawn here", np.array(drawn))
        there = self.get_count("in GPT-3: 4 × 12,288 neurons × 12,288 inputs", np.array(PARAMETERS.up_weights))
        there[0].sources = [Source("4", (), lambda: 4), *(Source("d", (), lambda: PARAMETERS.d_model) for _ in "dd")]
        VGroup(here, there).arrange(RIGHT, buff=1).to_edge(DOWN, buff=SAFE_AREA + 0.1)
        self.play(
            FadeOut(VGroup(self.caption, self.ring, self.value, self.arc, self.plus)),
            *self.get_dimming(self.network.get_edges(0), opacity=0.06),
            run_time=0.5,
        )
        self.play(FadeIn(here, 0.2 * UP), run_time=0.7)
        self.wait(0.7)
        self.play(FadeIn(there, 0.2 * UP), run_time=0.7)
        self.wait(2.4)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)

    def get_count(self, words, value):
        """Some words, and a whole number with commas."""
        words = Text(words, font_size=LABEL).set_color(MUTED)
        number = get_number(value, 0, source=words.string, font_size=HEADING, group_with_commas=True)
        return VGroup(words, number).arrange(RIGHT, buff=0.3)
