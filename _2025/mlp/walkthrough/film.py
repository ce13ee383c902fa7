"""The walkthrough, act by act: for authors. Each scene is one act of BasicMLPWalkThrough, which plays them all."""

from _2025.mlp.walkthrough.walkthrough import BasicMLPWalkThrough

SCENES_IN_ORDER = list(BasicMLPWalkThrough.acts)
