import torch
from sklearn.datasets import load_digits
from torch import nn

from manim_imports_ext import *


class HelpersPicture(InteractiveScene):
    """The README's picture: a network, one of its weight matrices and an input, drawn from a torch model."""

    def construct(self):
        # Make a small model and run an input through it
        generator = torch.Generator().manual_seed(3)
        model = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.ReLU(), torch.nn.Linear(6, 3))
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.5, generator=generator)
        x = torch.tensor([0.9, -0.4, 0.6, 0.2])

        # Draw it
        network = NeuralNetwork(model, height=5.2)
        network.set_activations(network.forward(x))
        weights = WeightMatrix(model[0].weight, source="W", num_decimal_places=2, max_value=1).set_width(5)
        embedding = NumericEmbedding(x, source="x")
        VGroup(network, weights, embedding).arrange(RIGHT, buff=0.7).set_max_width(13.2).center()
        self.add(network, weights, embedding)
        self.wait(0.1)


class NetworkPicture(InteractiveScene):
    """The README's picture of a Sequential of any modules, lit by what it makes of an image of a digit."""

    def construct(self):
        # Make a small convolutional network, of random weights
        torch.manual_seed(1)
        model = nn.Sequential(
            nn.Conv2d(1, 6, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(96, 16),
            nn.Tanh(),
            nn.Linear(16, 10),
            nn.Softmax(1),
        )

        # Draw it with the image
        network = NeuralNetwork(model, load_digits().images[:1] / 16)
        VGroup(network, network.get_size_labels()).center()
        self.add(network, network.get_size_labels())
        self.wait(0.1)
