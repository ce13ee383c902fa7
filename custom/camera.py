"""Camera views that are used more than once, by name: `self.frame.animate.reorient(*OVERVIEW)`."""

from typing import Final, NamedTuple


class View(NamedTuple):
    """The arguments of `CameraFrame.reorient` in order: three angles in degrees, a point, a frame height."""

    theta: float = 0
    phi: float = 0
    gamma: float = 0
    center: tuple[float, float, float] = (0, 0, 0)
    height: float = 8


OVERVIEW: Final = View()
