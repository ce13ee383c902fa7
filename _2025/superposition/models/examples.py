from manim_imports_ext import *
from truth.superposition import MANY_IN_TWENTY, train


class SixInThree(SuperpositionOfModel):
    """Three opposite pairs, one along each axis, stand as an octahedron."""

    weights = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
    title = "An Octahedron"


class ManyInTwenty(SuperpositionOfModel):
    """Forty features in twenty dimensions, as training left them: each has half a dimension to itself."""

    density = 7  # index of the density at which they were trained: about one in three
    most = 40  # features that are shown, those with the longest vectors
    title = "Forty Features in Twenty Dimensions"

    def read_weights(self):
        rows = train(MANY_IN_TWENTY).weights[self.density, 0, -1].T
        order = np.argsort(-np.linalg.norm(rows, axis=1))[: self.most]
        self.weights = rows[np.sort(order)]
        super().read_weights()
