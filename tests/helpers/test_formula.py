import numpy as np
import pytest

from helpers.formula import Shown, get_formula


def test_numbers_stand_in_their_places_and_know_their_sources():
    w, x = np.array([-1.5]), np.array(2.0)
    formula = get_formula(R"{} \cdot {{1 \over {}}}", Shown("w", w, 1), Shown("x", x, 0))
    assert formula.get_tex() == R"-1.5 \cdot {1 \over 2}"
    assert [(str(source), source.true_value()) for source in formula.sources] == [("w", -1.5), ("x", 2.0)]
    w[0] = 7
    assert formula.sources[0].true_value() == 7


def test_an_array_cannot_stand_in_one_place():
    with pytest.raises(ValueError, match=r"w must be one number.*\(2,\)"):
        get_formula("{}", Shown("w", np.zeros(2)))


def test_a_small_number_in_a_formula_is_not_nothing():
    formula = get_formula("L = {} + {}", Shown("a", 2e-7), Shown("b", -0.004))
    assert formula.get_tex() == R"L = 2 \cdot 10^{-7} + -0.004"
    with pytest.raises(ValueError, match="a must be real"):
        get_formula("{}", Shown("a", 1j))
