"""Reverse-mode automatic differentiation on scalars, small enough to read in one sitting.

Every operation stands in one place with its three faces: the forward value, the local derivatives, and how
both are written in TeX. A picture drawn from a run therefore cannot say anything the run did not compute.

    x, w, b = Value(2.0, "x"), Value(-0.5, "w"), Value(3.0, "b")
    L = ((x * w).named("h_1") + b).named("h_2") ** 2
    L.backward()
    w.grad                                                      # 8.0
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Operation:
    """One differentiable operation of one or two scalars.

    Attributes:
        backward_name: the name of its rule for going back, as in PyTorch without the trailing number.
        symbol: TeX for the inside of a node.
        forward: inputs to output.
        derivatives: (inputs, output) to one local derivative per input.
        tex: the result in terms of its inputs' names; `{0}` and `{1}` stand for them.
        derivatives_tex: one local derivative per input; `{out}` stands for the result's name.
    """

    backward_name: str
    symbol: str
    forward: Callable[..., float]
    derivatives: Callable[[tuple[float, ...], float], tuple[float, ...]]
    tex: str
    derivatives_tex: tuple[str, ...]


ADD = Operation("AddBackward", "+", lambda a, b: a + b, lambda inputs, out: (1.0, 1.0), "{0} + {1}", ("1", "1"))
SUB = Operation("SubBackward", "-", lambda a, b: a - b, lambda inputs, out: (1.0, -1.0), "{0} - {1}", ("1", "-1"))
MUL = Operation(
    "MulBackward",
    R"\times",
    lambda a, b: a * b,
    lambda inputs, out: (inputs[1], inputs[0]),
    R"{0} \cdot {1}",
    ("{1}", "{0}"),
)
DIV = Operation(
    "DivBackward",
    R"\div",
    lambda a, b: a / b,
    lambda inputs, out: (1 / inputs[1], -inputs[0] / inputs[1] ** 2),
    "{0} / {1}",
    ("1 / {1}", "-{0} / {1}^2"),
)
NEG = Operation("NegBackward", "-", lambda a: -a, lambda inputs, out: (-1.0,), "-{0}", ("-1",))
RELU = Operation(
    "ReluBackward",
    R"\mathrm{ReLU}",
    lambda a: max(a, 0.0),
    lambda inputs, out: (1.0 if inputs[0] > 0 else 0.0,),
    R"\mathrm{ReLU}({0})",
    ("[{0} > 0]",),
)
TANH = Operation(
    "TanhBackward",
    R"\tanh",
    math.tanh,
    lambda inputs, out: (1 - out**2,),
    R"\tanh({0})",
    ("1 - {out}^2",),
)
EXP = Operation("ExpBackward", R"\exp", math.exp, lambda inputs, out: (out,), "e^{{{0}}}", ("{out}",))
LOG = Operation("LogBackward", R"\ln", math.log, lambda inputs, out: (1 / inputs[0],), R"\ln {0}", ("1 / {0}",))


def tex_number(number: float, digits: int = 6) -> str:
    """A plain number in TeX: 0.5, or 1 \\cdot 10^{-7} where it is very small or large."""
    mantissa, _, exponent = f"{number:.{digits}g}".partition("e")
    return Rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _escaped(tex: str) -> str:
    """For a template that is still to be formatted."""
    return tex.replace("{", "{{").replace("}", "}}")


def _add_number(number: float) -> Operation:
    sign = "+" if number >= 0 else "-"
    shown = tex_number(abs(number))
    return Operation(
        "AddBackward",
        f"{sign}{shown}",
        lambda a: a + number,
        lambda inputs, out: (1.0,),
        f"{{0}} {sign} {_escaped(shown)}",
        ("1",),
    )


def _mul_number(number: float) -> Operation:
    return Operation(
        "MulBackward",
        Rf"\times {tex_number(number)}",
        lambda a: a * number,
        lambda inputs, out: (number,),
        f"{_escaped(tex_number(number))} {{0}}",
        (_escaped(tex_number(number)),),
    )


def _pow_number(exponent: float) -> Operation:
    slope = "2 {0}" if exponent == 2 else f"{exponent:g} {{0}}^{{{{{exponent - 1:g}}}}}"
    return Operation(
        "PowBackward",
        f"(\\cdot)^{{{exponent:g}}}",
        lambda a: a**exponent,
        lambda inputs, out: (exponent * inputs[0] ** (exponent - 1) if exponent else 0.0,),
        f"{{0}}^{{{{{exponent:g}}}}}",
        (slope,),
    )


class Value:
    """A number that remembers how it was made.

    Args:
        data: the number itself, a real one.
        name: TeX for it; operations on unnamed results stay drawable, by their symbol.

    Raises:
        ValueError: it is complex, or an operation has no finite real value or derivative at these numbers.

    Attributes:
        grad: d(root)/d(self), set by `root.backward()`; 0.0 before.
        operation: the `Operation` that made it, or None for a leaf.
        inputs: the values it was made from, in order (the same value may stand twice).
        derivatives: d(self)/d(input), one per input, fixed when the value is made.
    """

    def __init__(self, data: float, name: str = "") -> None:
        if isinstance(data, complex):
            raise ValueError(f"{data} is complex: compute with its real and its imaginary part apart, as two values")
        self.data = float(data)
        self.name = name
        self.grad = 0.0
        self.operation: Operation | None = None
        self.inputs: tuple[Value, ...] = ()
        self.derivatives: tuple[float, ...] = ()

    @classmethod
    def _make(cls, operation: Operation, *inputs: Value) -> Value:
        numbers = tuple(value.data for value in inputs)
        try:
            result = cls(operation.forward(*numbers))
            result.derivatives = operation.derivatives(numbers, result.data)
        except (ZeroDivisionError, OverflowError, ValueError) as error:
            given = " and ".join(f"{number:g}" for number in numbers)
            name = operation.backward_name.removesuffix("Backward")
            raise ValueError(
                f"{name} has no finite real value and derivative at {given}: choose other numbers"
            ) from error
        result.operation, result.inputs = operation, inputs
        return result

    def named(self, name: str) -> Value:
        """Set the TeX name and return self, so that a name can be given in mid-expression."""
        self.name = name
        return self

    def __repr__(self) -> str:
        return f"Value({self.data:g}{', ' + self.name if self.name else ''})"

    def __add__(self, other: Value | float) -> Value:
        if isinstance(other, Value):
            return self._make(ADD, self, other)
        return self._make(_add_number(other), self)

    def __mul__(self, other: Value | float) -> Value:
        if isinstance(other, Value):
            return self._make(MUL, self, other)
        return self._make(_mul_number(other), self)

    def __sub__(self, other: Value | float) -> Value:
        return self._make(SUB, self, other) if isinstance(other, Value) else self + (-other)

    def __truediv__(self, other: Value | float) -> Value:
        return self._make(DIV, self, other) if isinstance(other, Value) else self * (1 / other)

    def __pow__(self, exponent: float) -> Value:
        if isinstance(exponent, Value):
            raise TypeError("the exponent must be a plain number; write (b * a.log()).exp() for a ** b")
        return self._make(_pow_number(exponent), self)

    def __neg__(self) -> Value:
        return self._make(NEG, self)

    def __radd__(self, other: float) -> Value:
        return self + other

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __rsub__(self, other: float) -> Value:
        return -self + other

    def __rtruediv__(self, other: float) -> Value:
        return self**-1 * other

    def relu(self) -> Value:
        """max(self, 0); its derivative at 0 is 0, as in PyTorch."""
        return self._make(RELU, self)

    def tanh(self) -> Value:
        """The hyperbolic tangent."""
        return self._make(TANH, self)

    def exp(self) -> Value:
        """e to the power of self."""
        return self._make(EXP, self)

    def log(self) -> Value:
        """The natural logarithm.

        Raises:
            ValueError: self is not positive.
        """
        if self.data <= 0:
            raise ValueError(f"log of {self!r}: the logarithm needs a positive number")
        return self._make(LOG, self)

    def forward_order(self) -> list[Value]:
        """Everything this value was made from and itself, inputs always before results."""
        order: list[Value] = []
        seen: set[int] = set()
        stack = [(self, False)]
        while stack:  # depth first without recursion: a long chain must not meet Python's limit
            value, inputs_done = stack.pop()
            if inputs_done:
                order.append(value)
            elif id(value) not in seen:
                seen.add(id(value))
                stack.append((value, True))
                stack.extend((child, False) for child in reversed(value.inputs))
        return order

    def backward(self) -> None:
        """Set `.grad` of everything this value was made from to d(self)/d(that).

        Gradients are of this one pass: what an earlier pass left is cleared first. A value used more than
        once receives the sum over its uses.
        """
        order = self.forward_order()
        for value in order:
            value.grad = 0.0
        self.grad = 1.0
        for value in reversed(order):
            for source, derivative in zip(value.inputs, value.derivatives, strict=True):
                source.grad += derivative * value.grad
