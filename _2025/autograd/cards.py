from _2025.autograd.chain_rule import FAN_OUT, YS, get_rails
from _2025.autograd.computation_graph import ComputationGraphScene
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
    """Slopes are remembered on the way forward and multiplied on the way back."""

    def construct(self):
        # Close the film with its graph
        card = EndCard(
            "Run forward, remember each slope, multiply on the way back",
            "Every number in this film was computed, and checked against PyTorch",
        )
        VGroup(card.message, card.note).arrange(DOWN, buff=0.35).set_max_width(12.6).to_edge(DOWN, buff=0.6)
        record = ComputationGraphScene.run_formula(ComputationGraphScene)
        graph = ComputationGraph(record, layer_gap=3.75, node_gap=2.3, radius=0.62)
        graph.set_y(0.75)
        self.add(graph)
        self.play(FadeIn(card.message, 0.2 * UP), *(Pulse(node, scale=1.1) for node in graph.nodes), run_time=1)

        # Let the gradients run back through it
        for node in graph.backward_order():
            edges = graph.edges_into(node)
            if len(edges):
                self.play(GradientFlow(edges, run_time=0.9))
        self.play(FadeIn(card.note, 0.1 * UP), run_time=0.8)
        self.wait(2)
