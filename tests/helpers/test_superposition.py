"""Arrows end where the weights say, cells and bars are the products and lengths; and what does not fit is refused."""

import numpy as np
import pytest

from darkroom import engine

engine.load()

from helpers import (  # noqa: E402
    FeatureArrows,
    InterferenceHeat,
    PhasePicture,
    Sheet,
    SuperpositionOfModel,
    get_feature_colors,
)

WEIGHTS = np.array([[1.0, 0.5, -0.6, 0.0], [0.0, 1.0, 0.8, 0.01]])
FORMS = (lambda x, y: x / (1 + x), lambda x, y: 1 / (1 + x), lambda x, y: y)
COLORS = [*get_feature_colors(3)]


def points_of(mobject):
    return np.concatenate([part.get_points() for part in mobject.get_family() if part.has_points()])


# Arrows


@pytest.mark.parametrize("rows", [1, 2])
def test_arrows_end_at_the_columns(rows):
    arrows = FeatureArrows(WEIGHTS[:rows], unit=2.0, center=[1, 0, 0])
    for k, column in enumerate(WEIGHTS[:rows].T[:3]):
        tip = [1, 0, 0] + 2.0 * np.pad(column, (0, 3 - rows))
        assert arrows.get_tip(k) == pytest.approx(tip)
        assert np.linalg.norm(points_of(arrows[k]) - tip, axis=1).min() < 1e-5


def test_an_arrow_too_short_to_be_seen_is_not_drawn_until_it_grows():
    arrows = FeatureArrows(WEIGHTS)
    assert [len(place) for place in arrows] == [1, 1, 1, 0]
    arrows.set_weights(np.roll(WEIGHTS, 1, axis=1))
    assert [len(place) for place in arrows] == [0, 1, 1, 1]


def test_arrows_in_space_and_no_farther():
    assert FeatureArrows(np.eye(3), unit=1).get_tip(2) == pytest.approx([0, 0, 1])
    with pytest.raises(ValueError, match=r"1 to 3.*\(4, 4\)"):
        FeatureArrows(np.eye(4))
    with pytest.raises(ValueError, match=r"\(2, 3\).*4 arrows"):
        FeatureArrows(WEIGHTS).set_weights(WEIGHTS[:, :3])


# Interference


def test_cells_are_products_and_bars_are_lengths():
    shown = InterferenceHeat(WEIGHTS, longest=2.0)
    cells = np.array([cell.source.true_value() for cell in shown.heat.cells]).reshape(4, 4)
    assert cells == pytest.approx(WEIGHTS.T @ WEIGHTS)
    widths = [bar.get_width() for bar in shown.bars]
    assert widths == pytest.approx(2.0 * np.linalg.norm(WEIGHTS, axis=0), abs=0.01)
    for k, bar in enumerate(shown.bars):
        assert bar.get_y() == pytest.approx(shown.heat.get_cell(k, 0).get_y())
        assert bar.get_left()[0] == pytest.approx(shown.bars[0].get_left()[0])


def test_other_weights_change_both_in_place():
    shown = InterferenceHeat(WEIGHTS).shift([1, 2, 0])
    left = shown.bars[0].get_left()
    shown.set_weights(0.5 * WEIGHTS)
    assert shown.heat.values == pytest.approx(0.25 * WEIGHTS.T @ WEIGHTS)
    assert shown.bars[0].get_left() == pytest.approx(left)
    assert shown.bars[0].get_width() == pytest.approx(0.5 * 1.3)


def test_dimensionality_bars_do_not_depend_on_scale():
    shown = InterferenceHeat(5 * np.eye(2), "dimensionality", most=5.0, longest=2.0)
    assert [bar.get_width() for bar in shown.bars] == pytest.approx([2.0, 2.0])
    with pytest.raises(ValueError, match="not 'size'"):
        InterferenceHeat(WEIGHTS, "size")


def test_bars_stay_on_the_plate():
    shown = InterferenceHeat(WEIGHTS, most=float(np.linalg.norm(WEIGHTS, axis=0).max()))
    assert max(bar.get_right()[0] for bar in shown.bars) < shown.plate.get_right()[0]


# The phase picture


def test_the_surface_is_the_lowest_loss_in_the_winners_colour():
    picture = PhasePicture(FORMS, COLORS, (0.1, 10), (0.01, 1), height=2.0, resolution=21)
    expected = np.min([form(picture.x, picture.y) for form in FORMS], axis=0)
    points = picture.top.get_points().reshape(21, 21, 3)
    assert points[..., 1] == pytest.approx(picture.base + 2 * expected, abs=1e-5)
    rgb = picture.top.data["rgba"][:, :3].reshape(21, 21, 3)
    for k in range(3):
        assert np.ptp(rgb[picture.winners == k], axis=0) == pytest.approx(0)
    assert len({tuple(color) for color in rgb.reshape(-1, 3).round(4).tolist()}) == 3
    assert (picture.top.get_unit_normals()[:, 1] > 0).all()


def test_its_axes_are_logarithmic_and_run_right_and_into_the_depth():
    picture = PhasePicture(FORMS, COLORS, (0.1, 10), (0.01, 1), width=8, depth=6, resolution=5)
    assert picture.place(1.0, 0.1, 0)[[0, 2]] == pytest.approx([0, 0])
    assert picture.place(10.0, 1.0, 0)[[0, 2]] == pytest.approx([4, -3])


def test_dots_lie_on_the_surface_in_the_colour_of_their_phase():
    picture = PhasePicture(FORMS, COLORS, (0.1, 10), (0.01, 1), resolution=5)
    picture.set_dots([0.2, 5.0], [0.9, 0.02], [0, 2])
    assert picture.dots.get_points()[0] == pytest.approx(picture.place(0.2, 0.9, 1 / 6, 0.5 * picture.dot_radius))
    assert (picture.dots.data["rgba"][0] != picture.dots.data["rgba"][1]).any()


def test_ranges_and_colours_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"3 losses.*2 colours"):
        PhasePicture(FORMS, COLORS[:2], (0.1, 10), (0.01, 1))
    with pytest.raises(ValueError, match="y_range must rise from above 0"):
        PhasePicture(FORMS, COLORS, (0.1, 10), (0, 1))


def test_a_sheet_takes_a_colour_for_each_point():
    sheet = Sheet((2, 2)).set_colors(np.arange(12).reshape(2, 2, 3) / 12)
    assert sheet.data["rgba"][3, :3] == pytest.approx([9 / 12, 10 / 12, 11 / 12])


# The user's own model


def refuse(match, weights, names=()):
    scene = SuperpositionOfModel.__new__(SuperpositionOfModel)
    scene.weights, scene.names = weights, names
    with pytest.raises(ValueError, match=match):
        scene.read_weights()


def test_weights_that_cannot_be_drawn_are_refused_with_what_to_do():
    refuse("has no weights: write, for example", None)
    refuse(r"row for each feature.*\(3,\)", [1.0, 2.0, 3.0])
    refuse(r"500 features are more.*weights\[:120\], or weights.T", np.ones((500, 4)))
    refuse("all weights are 0", np.zeros((3, 2)))
    refuse("2 names do not fit 3 features", np.ones((3, 2)), ("a", "b"))
    refuse(r"must be finite, but entry \(1, 0\) is nan", [[1.0, 2.0], [np.nan, 1.0]])


def test_a_torch_tensor_with_gradients_is_taken():
    torch = pytest.importorskip("torch")
    scene = SuperpositionOfModel.__new__(SuperpositionOfModel)
    scene.weights, scene.names = torch.ones(3, 2, requires_grad=True), ()
    scene.read_weights()
    assert scene.w.shape == (2, 3) and scene.get_count() == "3 features, 2 hidden numbers"
