from manim_imports_ext import *
from truth.toy_mlp import ACTIVE, TOKENS, VISIBLE_COORDINATES, VISIBLE_UNITS, get_toy_mlp


class MLPIcon(InteractiveScene):
    """A perceptron block is two layers of lines between three columns of numbers."""

    chapter = "What a block looks like"

    coordinates = (*VISIBLE_COORDINATES[:4], 4, VISIBLE_COORDINATES[-1])
    units = (*VISIBLE_UNITS[:7], 7, 8, 9, 10, VISIBLE_UNITS[-1])

    def construct(self):
        x = TOKENS[ACTIVE].embedding[list(self.coordinates)]

        # Write the network
        network = self.get_network(x)
        network.shift(0.55 * UP)
        name = Text(TOKENS[ACTIVE].words, font_size=BODY).set_color(ACTIVATION).next_to(network, LEFT, buff=0.4)
        answer = Text("Basketball", font_size=BODY).set_color(ACTIVATION).next_to(network, RIGHT, buff=0.4)
        silent = [np.zeros(size) for size in network.sizes]
        network.set_activations(silent)
        names = VGroup(
            Text(name, font_size=BODY).next_to(layer, DOWN, buff=0.3)
            for name, layer in zip(("embedding", "neurons", "update"), network.layers, strict=True)
        )
        self.play(
            LaggedStartMap(
                FadeIn, VGroup(*(dot for layer in network.layers for dot in layer)), scale=1.6, lag_ratio=0.06
            ),
            LaggedStartMap(ShowCreation, VGroup(*network.edges[0], *network.edges[1]), lag_ratio=0.012),
            LaggedStartMap(FadeIn, names, shift=0.2 * UP, lag_ratio=0.4),
            run_time=3.2,
        )
        self.wait(0.3)

        # Send "Michael Jordan" through it
        legend = get_caption("White is above zero, orange below", {"White": ACTIVATION, "orange": NEGATIVE_RAMP[1]})
        self.play(FadeIn(name, 0.3 * RIGHT), FadeIn(legend), run_time=0.6)
        self.play(network.forward_pulse(x), run_time=2.8)
        self.play(FadeIn(answer, 0.3 * RIGHT), run_time=0.6)
        self.wait(3)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.4)

    def get_network(self, x):
        """A part of the toy block, enough of it to give the true update: what is left out is zero."""
        mlp, places, units = get_toy_mlp(), list(self.coordinates), list(self.units)
        return get_mlp_icon(
            mlp.up[np.ix_(units, places)],
            mlp.down[np.ix_(places, units)],
            x,
            up_bias=mlp.up_bias[units],
            down_bias=mlp.down_bias[places],
            height=5.4,
            layer_buff=3.1,
            max_width=4,
        )
