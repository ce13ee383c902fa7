"""Shorts: films of one scene each, made one by one."""

from _2025.shorts.gradient_flow import BackpropagationGradientFlow
from _2025.shorts.transformer_training import TikTokGradientDescent, TikTokGradientDescentLive

SCENES_IN_ORDER = [
    TikTokGradientDescent,  # gibberish, partly right, right: what each update does, with lines to read
    TikTokGradientDescentLive,  # the same, as a tiny transformer really says it
    BackpropagationGradientFlow,  # one step of gradient descent in seven phases, in a wide frame
]
