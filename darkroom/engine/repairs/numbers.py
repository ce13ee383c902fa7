"""Numbers that NumPy 2 and torch hand to ManimGL, and that it takes for something else."""

from functools import wraps
from typing import Any

from darkroom.engine.repairs.registry import repair


def _plain(value: Any) -> Any:
    """A NumPy or torch scalar as the Python number it stands for; anything else as it is."""
    return value.item() if getattr(value, "ndim", None) == 0 else value


@repair("manimlib.mobject.mobject")
def opacity(mobject: Any) -> None:
    """NumPy 2 keeps `interpolate(0, np.float32(1), a)` a float32, which is no Python float: ManimGL takes
    such an opacity for a list of them and fails ("len() of unsized object"). VFadeIn and VFadeOut do so on
    their own. NumPy 1.26 would mend only those, not an opacity read from an array.
    """
    stock = mobject.Mobject.set_rgba_array_by_color

    @wraps(stock)
    def set_rgba_array_by_color(
        self: Any, color: Any = None, opacity: Any = None, name: str = "rgba", recurse: bool = True
    ) -> Any:
        return stock(self, color, _plain(opacity), name, recurse)

    mobject.Mobject.set_rgba_array_by_color = set_rgba_array_by_color


@repair("manimlib.mobject.types.vectorized_mobject")
def stroke_width(vectorized_mobject: Any) -> None:
    """The same as `opacity`, for `set_stroke(width=other.get_stroke_width())`."""
    stock = vectorized_mobject.VMobject.set_stroke

    @wraps(stock)
    def set_stroke(self: Any, color: Any = None, width: Any = None, *args: Any, **kwargs: Any) -> Any:
        return stock(self, color, _plain(width), *args, **kwargs)

    vectorized_mobject.VMobject.set_stroke = set_stroke


@repair("manimlib.mobject.numbers")
def displayed_number(numbers: Any) -> None:
    """A whole NumPy float32 or torch value cannot be formatted as an Integer ("unknown format code 'd'"), and
    a torch value not at all. As a Python number each can.
    """
    stock = numbers.DecimalNumber.set_submobjects_from_number

    @wraps(stock)
    def set_submobjects_from_number(self: Any, number: Any) -> None:
        stock(self, _plain(number))

    numbers.DecimalNumber.set_submobjects_from_number = set_submobjects_from_number
