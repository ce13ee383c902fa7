from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp


class MLPIcon(CaptionedScene):
    """A perceptron block is two layers of lines between three columns of numbers."""

    chapter = "What a block looks like"

    def construct(self):
        # Build the network
        set_telephoto(self.frame)
        network = self.get_network()
        seen = network.activations
        body = SolidNetwork(network, 0.015, 0.12).set_activations([np.zeros(n) for n in network.sizes])
        names = VGroup(
            Text(name, font_size=BODY).next_to(Group(*(ball.body for ball in balls)), DOWN, buff=0.2)
            for name, balls in zip(("embedding", "neurons", "update"), body.balls, strict=True)
        )
        self.frame.reorient(-50, -14, 0, 0.25 * DOWN, 8)
        self.add(body.balls)
        self.play(
            LaggedStart(*(FadeIn(tubes) for tubes in body.tubes), lag_ratio=0.6),
            self.frame.animate.reorient(-12, -4),
            run_time=3.2,
        )
        self.play(FadeIn(names, lag_ratio=0.3), self.frame.animate.reorient(0, 0))

        # Let an embedding pass through
        words = (
            Text(TOKENS[ACTIVE].words.replace(" ", "\n"), font_size=BODY).set_color(INPUT).next_to(body, LEFT, buff=0.5)
        )
        silent = body.network.activations
        self.play(FadeIn(words, RIGHT), body.animate.set_activations([seen[0], *silent[1:]]))
        for layer in (0, 1):
            shown = [*seen[: layer + 2], *silent[layer + 2 :]]
            edges = [edge for edge in network.get_edges(layer) if seen[layer][edge.source[1][1]]]
            self.play(
                EdgeWave(edges, ACTIVATION, width=9, radius=0.3),
                body.animate(time_span=(0.6, 1.2)).set_activations(shown),
                run_time=1.2,
            )
        self.wait(1.5)

    def get_network(self):
        """What is visible of the toy block, with its active token in it: it gives the whole block's update."""
        mlp, places, units = get_toy_mlp(), list(VISIBLE_COORDINATES), list(VISIBLE_UNITS)
        return get_mlp_icon(
            mlp.up[np.ix_(units, places)],
            mlp.down[np.ix_(places, units)],
            TOKENS[ACTIVE].embedding[places],
            up_bias=mlp.up_bias[units],
            down_bias=mlp.down_bias[places],
            height=5.6,
            layer_buff=3.4,
        )
