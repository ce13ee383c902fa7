"""Colour roles. Scenes say what a thing is; this file alone knows how that looks.

One table for all films:
- The sign of a number, a neuron or an edge is its hue, blue above zero and orange below; its size is its brightness.
- Light flows forward (cyan to white), crimson flows back: no gradient has a colour that a number could have.
- Green is what an operation does, or what the answer should be; pink is the loss; yellow says "look here".

Roles that meet in one picture stay apart for colour-blind viewers, and the two pairs that a
picture's sense hangs on (positive and negative, forward and back) in a grey print as well: a test measures it.
"""

from typing import Final

BACKGROUND: Final = "#0F1117"

INPUT: Final = "#74D7EC"  # values a network is handed
PARAMETER: Final = "#5B8CF5"  # weights and biases: what learning changes
OPERATION: Final = "#86C46A"  # what is done to values
ACTIVATION: Final = "#DDF1FF"  # what flows forward: light, the brighter the larger
GRADIENT: Final = "#F21D66"  # what flows back
LOSS: Final = "#CF57A6"  # the number learning makes small
TARGET: Final = "#93E67C"  # what we hoped to see

TEXT: Final = "#F1EFE7"  # words and formulas
MUTED: Final = "#9AA1AC"  # words that support
SCAFFOLD: Final = "#565D69"  # axes, frames, braces: present, never the subject
PANEL: Final = "#1A1E27"  # the fill of boxes and cards
PLATE: Final = "#2B3648"  # what matrices, cards and machines stand on: a body, clearly lighter than the background
WARNING: Final = "#FFD000"  # what is no number: NaN and infinity
FOCUS: Final = "#FFE37A"  # look here

# The blocks of a transformer, in the order a line of text runs through them.
EMBEDDING: Final = "#5B8CF5"
ATTENTION: Final = "#F4606A"
EXPERTS: Final = "#F59B42"
FEED_FORWARD: Final = "#A880F2"
HEAD: Final = "#6CC47A"

# What is said of an answer beside the right one.
WRONG: Final = "#FF6150"
PARTLY_RIGHT: Final = "#FFDA66"
EXACT: Final = "#7FE07A"

# The two ends of each signed ramp, from a value near zero to the largest one shown.
POSITIVE_RAMP: Final = ("#24506E", "#8AD0FF")
NEGATIVE_RAMP: Final = ("#6B2616", "#FF8040")
NEUTRAL: Final = "#7C828D"  # exactly zero
SILENT: Final = "#1D3450"  # a neuron that is off: a body all the same
# Activations have a size but no sign to warn of: from off to on.
MAGNITUDE_RAMP: Final = ("#46505E", "#DDF1FF")
