from _2025.autograd.backward_pass import BackwardPassScene
from _2025.autograd.chain_rule import FAN_OUT, YS, get_rails
from manim_imports_ext import *


class OpeningCard(InteractiveScene):
    """This film is about how a machine finds derivatives by itself."""

    def construct(self):
        # Open the film over the rails of its first scene
        set_telephoto(self.frame)
        self.frame.reorient(-32, -14, 0, (1.0, 1.35, 0), 8.4)
        rails = get_rails()
        for k, y in enumerate((1.5, 0, -1.5)):  # closer together, to leave room for words
            rails.state[f"y{k}"].set_value(y)
        card = TitleCard("Autograd", "Automatic gradients: how far does a nudge travel?")
        words = VGroup(card.title, card.subtitle).arrange(DOWN, buff=0.35).set_max_width(12.6)
        words.to_edge(UP, buff=0.7).fix_in_frame()
        self.add(rails)
        self.play(
            FadeIn(words, 0.2 * UP, time_span=(0, 1)),
            self.frame.animate.reorient(-22, -16, 0, (1.0, 1.3, 0), 8.2),
            run_time=3.5,
        )
        self.wait(0.8)

        # Fly on to the rails
        self.play(
            FadeOut(words, 0.4 * UP, time_span=(0, 0.7)),
            *rails.get_moves(y0=YS[0], y1=YS[1], y2=YS[2]),
            self.frame.animate.reorient(*FAN_OUT),
            run_time=1.5,
        )


class ClosingCard(BackwardPassScene):
    """Slopes are kept on the way forward; on the way back they are multiplied, and added where paths meet."""

    def construct(self):
        # Close the film with its graph: run it forward once more, and keep each slope
        self.glows = Group()
        graph = self.get_graph(self.run_formula_with_two_uses(), 5.0, 3.0, 1.85, 0.62)
        uses = graph.edges_out_of(graph.node("x"))
        slopes = self.get_slopes(graph, [list(graph.edges).index(uses[1])])
        self.add(graph, self.get_values(graph))
        self.say(
            "Going forward, keep each slope",
            LaggedStart(*self.get_sparks(graph.edges), lag_ratio=0.1),
            LaggedStartMap(FadeIn, slopes, lag_ratio=0.15, time_span=(0.3, 1.3)),
            run_time=1.3,
        )

        # Let the gradients run back: products on the edges, and where two meet, their sum
        self.say(
            "Going back, multiply; where paths meet, add",
            FadeIn(self.get_tag(graph, "L"), 0.3 * DOWN),
            self.glow(graph.node("L")),
        )
        for node in graph.backward_order():
            edges = graph.edges_into(node)
            if len(edges):
                ready = [edge for edge in edges if edge.start_node is not graph.node("x")]
                leaves = [self.get_tag(graph, edge.start_node.record.name) if edge in ready else None for edge in edges]
                self.play(GradientFlow(edges, leaves, run_time=0.5))
                self.play(*(self.glow(edge.start_node) for edge in ready), run_time=0.2) if ready else None
        total = VGroup(
            GradientTag(uses[0].get_flow_label(font_size=36)),
            Tex("+", font_size=HEADING),
            GradientTag(uses[1].get_flow_label(font_size=36)),
            Tex("=", font_size=HEADING),
            self.get_tag(graph, "x"),
        ).arrange(RIGHT, buff=0.22)
        total.next_to(graph.node("x").shape, DOWN, buff=0.2).align_to(graph.node("x").shape, LEFT)
        self.play(FadeIn(total, 0.3 * UP), self.glow(graph.node("x")), Pulse(graph.node("x")), run_time=0.8)
        self.wait(2.2)
