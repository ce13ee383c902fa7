"""Is every scene of every film what it should be? Each is played once, and that account is asked everything."""

import pytest

from darkroom import discover, engine

engine.load()

from darkroom.check import gate, report  # noqa: E402
from tests.films.playing import PIXELS, ROOT, play, scenes  # noqa: E402

# Seconds each storyboard asks for; a scene may be a fifth longer or shorter. Cards may take what they need.
TARGETS = {
    "ChainRuleScene": 66,
    "ComputationGraphScene": 45,
    "ParametersVsActivationsScene": 84,
    "GradientPropagationScene": 60,
    "BackwardPassScene": 64,
    "MLPAutogradScene": 98,
    "SummaryScene": 44,
    "TikTokGradientDescent": 72,
    "TikTokGradientDescentLive": 95,
    "LastTwoChapters": 34,
    "AltLastTwoChapters": 12,
    "MLPIcon": 10,
    "MLPStepsPreview": 36,
    "MatricesVsIntuition": 60,
    "TransformerEncoder": 122,
    "BreakDownThreeSteps": 20,
    "BasicMLPWalkThrough": 320,
    "NonlinearityOfLanguage": 40,
    "BackpropagationGradientFlow": 85,
    "ClassicNeuralNetworksPicture": 74,
    "ShowBiasBakedIntoWeightMatrix": 44,
    "Superposition": 85,
    "ShowAngleRange": 25,
    "SuperpositionVectorBundle": 45,
    "StackOfVectors": 20,
    "AlmostOrthogonal": 85,
    "MLPFeatures": 52,
    "FiveFeaturesInTwoDimensions": 90,
    "DimensionsPerFeature": 42,
    "PhaseOfTwoFeatures": 40,
    "NeuronsReadAsDirections": 45,
}

pytestmark = pytest.mark.slow


# The walkthrough's acts are played within it; tests/films/test_mlp_walkthrough.py plays them alone.
(ACTS,) = discover.find([str(ROOT / "_2025" / "mlp" / "walkthrough")])
PLAYED = {name: ref for name, ref in scenes().items() if ref not in ACTS.scenes}


SCENES = [pytest.param(ref, id=name) for name, ref in PLAYED.items()]


# Tests that share a fixture of wider scope are run in a row: each scene is played by one process, once.
@pytest.fixture(scope="module", params=SCENES)
def scene(request):
    return request.param


@pytest.fixture(scope="module")
def playing(scene, request):
    return play(scene, request.config.cache)


def test_runs_to_the_end_within_its_length(scene, playing):
    if scene.name in ("OpeningCard", "ClosingCard"):
        assert playing.seconds < 10
    elif scene.file.name == "your_module.py":  # the camera goes into each layer, twice
        assert 30 < playing.seconds < 80
    elif scene.file.name in ("your_expression.py", "your_model.py", "examples.py"):  # as long as what is shown
        assert 15 < playing.seconds < 60
    else:
        assert scene.name in TARGETS, "a new scene needs the length its storyboard asks for"
        assert 0.8 * TARGETS[scene.name] <= playing.seconds <= 1.2 * TARGETS[scene.name]


def test_every_beat_changes_the_picture(playing):
    assert playing.blocks
    idle = [f"{block.name} ({block.place})" for block in playing.blocks if block.changed < PIXELS]
    assert not idle, "nothing can be seen to happen in these beats"


def test_no_number_is_invented(playing):
    assert [f"{finding['code']} {finding['says']}" for finding in playing.findings] == []


def test_every_source_has_a_name(playing):
    unnamed = [row["shown"] for row in playing.numbers if row["source"].startswith("unnamed")]
    assert not unnamed, "give what draws them source='...', the name a reader of the table would look for"


def test_no_decimal_is_typed(playing):
    """A decimal is data: it is shown by a number that knows its source, or its Tex says `sources`."""
    typed = [row for row in playing.numbers if row["kind"] == "typed" and not row["source"]]
    assert [row["inside"] for row in typed if "." in row["shown"]] == []


def test_layout_is_clean(scene, tmp_path):
    films = discover.find([str(scene)])
    (verdict,) = gate.check(films, still=6, draw=False, output=tmp_path)
    found = [finding for finding in verdict.findings if not finding.waived]
    assert verdict.failure is None, report.as_text([verdict])
    assert not found, report.as_text([verdict])
