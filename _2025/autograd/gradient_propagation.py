from _2025.autograd.two_layers import BEFORE_THE_WAY_BACK, FRONT, GATE_X, PANEL_Y, RADIUS, TwoLayerNetwork, X, d
from manim_imports_ext import *
from truth.two_layer import run_two_layers


class GradientPropagationScene(CaptionedScene):
    """A layer turns the one gradient that reaches it into three: for its weights, its bias and its input."""

    def construct(self):
        self.record = run_two_layers()
        net = self.stand_before_the_network()
        self.start_with_the_error(net)
        self.find_weight_gradient(net)
        self.find_bias_gradient(net)
        self.find_input_gradient(net)
        self.pass_through_relu(net)
        self.sweep_through_layer_one(net)
        self.see_the_whole_way_back(net)

    # What is shown

    def get_network(self):
        return TwoLayerNetwork(self.record)

    def get_formula(self, result, *factors, sign=R" \cdot ", font_size=HEADING):
        """What a gradient is the product of; gradients crimson."""
        formula = Tex(f"{d(result)} = " + sign.join(factors), font_size=font_size, isolate=[d(result), *factors])
        for part in (d(result), *(factor for factor in factors if "partial" in factor)):
            formula[part].set_color(mix_colors(GRADIENT, TEXT, 0.3))
        return formula

    def get_sizes(self, result, *factors):
        """The shapes of a product of matrices, and what each is read from: arrays of two dimensions."""
        shapes = [np.atleast_2d(array).shape for array in (result, *factors)]
        texts = [Rf"({rows} \times {columns})" for rows, columns in shapes]
        sizes = Tex(f"{texts[0]} = " + R" \cdot ".join(texts[1:]), font_size=36).set_color(MUTED)
        sizes.sources = [Source("shape", (), np.array(n)) for shape in shapes for n in shape]
        return sizes

    def get_panel(self, *rows, buff=0.7):
        """What is worked out, on a plate below the network."""
        content = VGroup(*rows).arrange(RIGHT, buff=buff).set_max_width(15).move_to([0, PANEL_Y, 0])
        return VGroup(Plate(content, 0.17), content)

    def get_purpose(self, words):
        return Text(words, font_size=BODY).set_color(FOCUS)

    def get_ring(self, ball):
        ring = Circle(radius=1.14 * RADIUS).set_stroke(FOCUS, 7).move_to(ball.body.get_center())
        return ring.set_z_index(2)

    def get_product(self):
        """The gradient of one weight: what arrived times what the weight was given."""
        record = self.record
        return get_formula(
            R"({}) \cdot {} = {}",
            Shown("dL/dout", record.gradients["out"][1, None], 1),
            Shown("a1", record.a1[0, None], 1),
            Shown("dL/dW2", record.gradients["W2"][1, 0, None], 1),
            font_size=54,
        )

    def get_sum(self):
        """The gradient of the first entry of a1, written out."""
        record = self.record
        numbers = []
        for k in range(2):
            numbers += [Shown("W2", record.W2[k, 0, None], 1), Shown("dL/dout", record.gradients["out"][k, None], 1)]
        pieces = ["({})" if number.value < 0 else "{}" for number in numbers]
        tex = Rf"{pieces[0]} \cdot {pieces[1]} + {pieces[2]} \cdot {pieces[3]} = {{}}"
        return get_formula(tex, *numbers, Shown("dL/da1", record.gradients["a1"][0, None], 1), font_size=54)

    def get_weight_tag(self, net, i, j):
        """The gradient of a weight of the second layer, on its tube."""
        tag = GradientTag(get_number(self.record.gradients["W2"][i, j, None], 1, source="dL/dW2", font_size=34))
        return tag.move_to(net.lines["W2"][i][j].point_from_proportion(0.42)).set_z_index(2)

    def get_traffic(self):
        """What enters the second layer, and what leaves it for its weights, its bias and its input: tags on arrows."""
        traffic = VGroup()
        for name, word, place, start, end in (
            ("out", "arrives", (5.2, 0.75), (4.6, 0.75), (3.35, 0.75)),
            ("W2", "for its weights", (0.8, -2.4), (0.8, -0.7), (0.8, -2.0)),
            ("b2", "for its bias", (3.5, -2.4), (2.9, -1.15), (3.3, -2.0)),
            ("a1", "for its input", (-3.6, 0.75), (-1.7, 0.75), (-2.85, 0.75)),
        ):
            tag = GradientTag(Tex(d(name), font_size=HEADING), padding=0.13).move_to([*place, 0])
            told = Text(word, font_size=BODY).set_color(FOCUS).next_to(tag, DOWN, buff=0.15)
            arrow = Arrow([*start, 0], [*end, 0], buff=0, thickness=7).set_color(GRADIENT)
            traffic.add(VGroup(arrow, tag, told).set_z_index(2))
        return traffic

    # What moves

    def show_panel(self, panel, *animations, **config):
        """The old panel goes while a new one comes."""
        old = getattr(self, "panel", None)
        going = [FadeOut(old, time_span=(0, 0.35))] if old is not None else []
        self.panel = panel
        self.play(*going, FadeIn(panel, time_span=(0.3, 0.8)), *animations, **({"run_time": 0.8} | config))

    def color_beads(self, net, name):
        """Animation: the beads of a layer's biases take the colour of their gradients."""
        return AnimationGroup(*(bead.animate.set_color(GRADIENT) for bead in net.beads[name]))

    def send_down(self, net, name, tags):
        """Animations: what arrived goes over to the beads."""
        copies = tags.copy()
        return [
            copy.animate(remover=True).scale(0.3).move_to(bead.get_center())
            for copy, bead in zip(copies, net.beads[name], strict=True)
        ]

    # Beats

    def stand_before_the_network(self):
        # Come closer to the network as the forward pass left it
        set_telephoto(self.frame)
        net = self.get_network()
        self.add(net.get_kept_state())
        title = get_title("How Gradients Propagate").fix_in_frame()
        self.frame.reorient(*BEFORE_THE_WAY_BACK)
        self.play(FadeIn(title, 0.2 * UP), run_time=0.8)
        self.wait(1)
        self.play(FadeOut(title, 0.3 * UP, time_span=(0, 0.5)), self.frame.animate.reorient(*FRONT), run_time=1.4)
        return net

    def start_with_the_error(self, net):
        # Ask the loss how it changes with the output
        loss = Tex(R"L = \tfrac{1}{2} \, \| \text{out} - t \|^2", font_size=HEADING, t2c={"L": LOSS})
        slope = self.get_formula("out", R"\text{out}", "t", sign=" - ")
        self.show_panel(self.get_panel(loss, Tex(R"\Rightarrow", font_size=HEADING), slope))
        self.tags = {"out": net.get_gradient_tags("out")}
        self.say(
            "The first gradient is how far the output is off",
            net.get_wave(net.loss_lines[0], GRADIENT),
            FadeIn(self.tags["out"], 0.4 * LEFT, time_span=(0.6, 1)),
            run_time=1,
        )

    def find_weight_gradient(self, net):
        # Let what arrived meet what the weight was given
        rings = VGroup(SurroundingRectangle(self.tags["out"][1], buff=0.05).set_stroke(FOCUS, 5))
        rings.add(self.get_ring(net.balls["a1"][0])).set_z_index(2)
        tag = self.get_weight_tag(net, 1, 0)
        self.wait_until_read()
        self.play(
            net.color_tubes("W2", 1, is_gradient=False, dimmed=0.75, kept=[(1, 0)]),
            LaggedStartMap(FadeIn, rings, lag_ratio=0.3),
            FadeOut(self.panel),
            run_time=0.8,
        )
        self.panel = None
        self.say("A weight's gradient: what arrived times its input", run_time=0.6)
        self.show_panel(self.get_panel(self.get_product()), net.get_wave([net.lines["W2"][1][0]], GRADIENT))
        self.play(FadeIn(tag, scale=1.3), net.tubes["W2"][1][0].animate.set_color(GRADIENT), run_time=0.6)
        self.wait(1)

        # Do so for all eight at once
        gradients, record = self.record.gradients, self.record
        formula = self.get_formula("W2", d("out"), R"a_1^\top")
        sizes = self.get_sizes(gradients["W2"], gradients["out"][:, None], record.a1[None, :])
        self.hush(FadeOut(VGroup(rings, tag)), run_time=0.4)
        self.show_panel(
            self.get_panel(self.get_purpose("for its weights"), formula, sizes),
            net.get_wave(net.get_all_lines("W2"), GRADIENT),
            net.color_tubes("W2", 1, time_span=(0.5, 1)),
            run_time=1,
        )
        largest = [(1, 0), (1, 3), (0, 0), (0, 3)]
        self.some = VGroup(self.get_weight_tag(net, i, j) for i, j in largest).set_z_index(2)
        self.say("All eight at once: the brighter, the larger", LaggedStartMap(FadeIn, self.some, lag_ratio=0.2))

    def find_bias_gradient(self, net):
        # Hand what arrived to the bias as it is
        formula = self.get_formula("b2", d("out"))
        self.say(
            "The bias is only added: it gets what arrived",
            *self.send_down(net, "b2", self.tags["out"]),
            self.color_beads(net, "b2"),
            FadeOut(VGroup(self.panel, self.some), time_span=(0, 0.4)),
            net.color_tubes("W2", 1, dimmed=0.55),
            run_time=1,
        )
        self.panel = None
        self.show_panel(self.get_panel(self.get_purpose("for its bias"), formula))

    def find_input_gradient(self, net):
        # Follow the two edges of one neuron back
        ways = [net.lines["W2"][k][0] for k in range(2)]
        chips = VGroup(net.get_weight_chip("W2", k, 0, at=0.55) for k in range(2))
        ring = self.get_ring(net.balls["a1"][0])
        self.hush(FadeOut(self.panel), run_time=0.4)
        self.panel = None
        self.say(
            "This neuron reaches the loss on two edges",
            net.color_tubes("W2", 1, is_gradient=False, dimmed=0.8, kept=[(0, 0), (1, 0)]),
            FadeIn(ring, scale=1.3),
            FadeIn(chips, time_span=(0.4, 0.9)),
            run_time=0.9,
        )
        self.tags["a1"] = net.get_gradient_tags("a1")
        self.hush(net.get_wave(ways, GRADIENT, run_time=1.1), run_time=1.1)
        self.show_panel(self.get_panel(self.get_sum()))
        self.say("Two edges: their shares add up", FadeIn(self.tags["a1"][0], scale=1.3))

        # Do so for every neuron of the layer
        gradients = self.record.gradients
        formula = self.get_formula("a1", R"W_2^\top", d("out"))
        sizes = self.get_sizes(gradients["a1"][:, None], self.record.W2.T, gradients["out"][:, None])
        self.hush(FadeOut(VGroup(chips, ring)), net.color_tubes("W2", 1, is_gradient=False), run_time=0.5)
        self.show_panel(
            self.get_panel(self.get_purpose("for its input"), formula, sizes),
            net.get_wave(net.get_all_lines("W2"), GRADIENT),
            FadeIn(self.tags["a1"][1:], time_span=(0.6, 1)),
            run_time=1,
        )
        self.play(net.color_tubes("W2", 1, dimmed=0.7), run_time=0.5)  # it has been dealt with
        self.wait(1.2)

    def pass_through_relu(self, net):
        # Ask which gradient the ReLU will stop
        off = int(np.argmin(self.record.mask))
        ring = self.get_ring(net.balls["a1"][off])
        self.say("This unit was off. What happens to its gradient?", FadeIn(ring, scale=1.4))
        self.wait(0.6)

        # Send all four to the gate: where it was shut, nothing comes through
        formula = self.get_formula("h1", d("a1"), R"[a_1 > 0]", sign=R" \odot ")
        self.tags["h1"] = net.get_gradient_tags("h1")
        lines = net.get_link_lines()
        stopped = Line([GATE_X + 0.2, lines[off].get_y(), 0], lines[off].get_end())
        passing = [k for k in range(len(lines)) if k != off]
        moving = VGroup(self.tags["a1"][k].copy() for k in passing).set_z_index(2)
        self.hush(
            *(tag.animate.set_x(X["h1"]) for tag in moving),
            net.get_wave([lines[k] for k in passing] + [stopped], GRADIENT, run_time=1.3),
            net.links[off].animate.set_color(SCAFFOLD),
            run_time=1.3,
        )
        self.play(FadeIn(self.tags["h1"][off], scale=1.3), run_time=0.5)
        self.remove(moving)
        self.add(self.tags["h1"])
        self.say("A ReLU that was off lets no gradient through", run_time=0.7)
        self.show_panel(self.get_panel(formula))
        self.hush(FadeOut(ring))

    def sweep_through_layer_one(self, net):
        # Let the first layer do all three at once
        formulas = VGroup(
            self.get_formula("W1", d("h1"), R"x^\top", font_size=44),
            self.get_formula("b1", d("h1"), font_size=44),
            self.get_formula("x", R"W_1^\top", d("h1"), font_size=44),
        )
        self.tags["x"] = net.get_gradient_tags("x")
        self.say("Layer 1 does the same three things")
        self.show_panel(
            self.get_panel(*formulas, buff=1.0),
            net.get_wave(net.get_all_lines("W1"), GRADIENT, run_time=1.4),
            net.color_tubes("W1", 1, time_span=(0.7, 1.4)),
            *self.send_down(net, "b1", self.tags["h1"]),
            self.color_beads(net, "b1"),
            FadeIn(self.tags["x"], time_span=(1, 1.4)),
            run_time=1.4,
        )
        self.wait(1.2)

    def see_the_whole_way_back(self, net):
        # Look at one layer alone: a gradient comes in, and three leave
        inner = [net.tubes["W1"], net.links, net.gate, net.beads["b1"], net.balls["x"], net.balls["h1"], net.end]
        words = [net.loss_words, net.numbers["x"], net.numbers["t"], self.tags["x"], self.tags["h1"]]
        words += [net.heads[name] for name in ("x", "W1", "h1", "relu", "t")]
        others = Group(*inner, *words)
        self.hush(
            FadeOut(Group(self.panel, others)),
            net.color_tubes("W2", 1),
            self.frame.animate.reorient(0, 0, 0, (0.8, -0.08, 0), 9.4),
            run_time=1.2,
        )
        came, *left = self.get_traffic()
        self.say("In each layer: one gradient in, three out", FadeIn(came, 0.8 * LEFT))
        for way, part, lines in (
            (DOWN, left[0], net.get_all_lines("W2")),
            (DOWN, left[1], []),
            (LEFT, left[2], net.get_all_lines("W2")),
        ):
            light = [net.get_wave(lines, GRADIENT, run_time=0.8)] if lines else []
            self.play(*light, FadeIn(part, 0.6 * way, time_span=(0.3, 0.9)), run_time=0.9)
            self.wait(0.3)
        self.wait(1.2)

        # Step back, and see all of it at once
        self.hush(
            FadeOut(VGroup(came, *left), time_span=(0, 0.6)),
            FadeIn(others, time_span=(0.6, 1.6)),
            net.color_tubes("W2", 1, dimmed=0.4),
            net.color_tubes("W1", 1, dimmed=0.4),
            self.frame.animate.reorient(-6, -8, 0, (0, 0.3, 0), 10),
            run_time=1.6,
        )
        ways = [
            net.loss_lines[0],
            net.get_all_lines("W2"),
            [line for k, line in enumerate(net.get_link_lines()) if self.record.mask[k]],
            net.get_all_lines("W1"),
        ]
        self.play(LaggedStart(*(net.get_wave(lines, GRADIENT, run_time=0.8) for lines in ways), lag_ratio=0.75))
        self.say(
            "An earlier layer would take it from here",
            *(FlashAround(tag, color=FOCUS, stroke_width=6, time_span=(0, 1)) for tag in self.tags["x"]),
            self.frame.animate.reorient(10, -9, 0, (0, 0.3, 0), 10),
            run_time=3.6,
        )
        self.wait(0.4)
