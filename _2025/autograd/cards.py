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
        card = TitleCard("Autograd", "How a network learns which way to change each of its numbers")
        words = VGroup(card.title, card.subtitle).arrange(DOWN, buff=0.35).set_max_width(12.6)
        words.to_edge(UP, buff=0.7).fix_in_frame()
        self.add(rails)
        self.play(
            FadeIn(words, 0.2 * UP, time_span=(0, 1)),
            *rails.get_moves(nudge=0.3, reach=2),
            self.frame.animate.reorient(-22, -16, 0, (1.0, 1.3, 0), 8.2),
            run_time=3.5,
        )
        self.wait(0.8)

        # Fly on to the rails
        self.play(
            FadeOut(words, 0.4 * UP, time_span=(0, 0.7)),
            *rails.get_moves(nudge=1e-6, reach=0, y0=YS[0], y1=YS[1], y2=YS[2]),
            self.frame.animate.reorient(*FAN_OUT),
            run_time=1.5,
        )


class ClosingCard(InteractiveScene):
    """Slopes are kept on the way forward; on the way back they are multiplied, and added where paths meet."""

    def get_leaf(self, graph, edge, done):
        """What a gradient leaves behind: its node's tag, and what each of several uses sends, on its edge."""
        node, uses = edge.start_node, graph.edges_out_of(edge.start_node)
        tag = get_gradient_tag(node, UP, font_size=36)
        if len(uses) == 1:
            return tag
        part = GradientTag(edge.get_flow_label(font_size=32)).move_to(edge.path.point_from_proportion(0.55))
        return VGroup(part, tag) if all(use in done or use is edge for use in uses) else part

    def construct(self):
        # Close the film with its graph
        card = EndCard(
            "Keep each slope on the way; going back, multiply and add",
            "Every number shown was computed",
        )
        VGroup(card.message, card.note).arrange(DOWN, buff=0.35).set_max_width(12.6).to_edge(DOWN, buff=0.6)
        record = BackwardPassScene.run_formula_with_two_uses(BackwardPassScene)
        graph = ComputationGraph(record, layer_gap=5.2, node_gap=2.8, radius=0.55)
        graph.set_y(1.05)
        self.add(graph)
        self.play(FadeIn(card.message, 0.2 * UP), *(Pulse(node, scale=1.1) for node in graph.nodes), run_time=1)

        # Let the gradients run back through it
        done = []
        for node in graph.backward_order():
            edges = graph.edges_into(node)
            if len(edges):
                leaves = [self.get_leaf(graph, edge, done) for edge in edges]
                self.play(GradientFlow(edges, leaves, run_time=0.9))
                done += edges
        self.play(FadeIn(card.note, 0.1 * UP), run_time=0.8)
        self.wait(2)
