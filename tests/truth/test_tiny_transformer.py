"""The tiny transformer: is what was recorded what happened, and does it learn its answers?"""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from truth import kept, tiny_transformer
from truth.tiny_transformer import (
    BLOCKS,
    PAIRS,
    NotLearned,
    TinyTransformer,
    TransformerConfig,
    build_model,
    likeness,
    train,
)

SMALL = TransformerConfig(
    pairs=(("ab?", "cab"), ("ba?", "dad!"), ("a?", "bead.")),
    width=8,
    n_heads=2,
    n_experts=2,
    expert_width=8,
    hidden=12,
    learning_rate=0.3,
    recorded=(6, 7, 8, 7, 6),
)


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "transformers"
    monkeypatch.setattr(kept, "user_cache_dir", lambda name: str(folder / name))


@pytest.fixture(scope="module")
def replayed():
    """The whole run done again by other means: its models at each checkpoint, and losses and gradients by torch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "read", lambda file: None)
        patch.setattr(kept, "write", lambda file, arrays: None)
        train.cache_clear()
        run = train(SMALL)
    model = build_model(SMALL, torch.Generator().manual_seed(SMALL.seed))
    losses, norms, states = [], [], []
    for batch in run.batches:
        states.append({name: value.clone() for name, value in model.state_dict().items()})
        nats, count = 0.0, 0
        for pair in batch:
            question, answer = SMALL.pairs[pair]
            line = torch.tensor([*map(ord, question + answer), 0])
            chances = F.log_softmax(model(line[None, :-1])[0], dim=-1)[len(question) - 1 :]
            nats = nats - chances[torch.arange(len(answer) + 1), line[len(question) :]].sum()
            count += len(answer) + 1
        loss = nats / count
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        named = dict(zip([name for name, _ in model.named_parameters()], gradients, strict=True))
        norms.append(
            [math.sqrt(sum(g.square().sum().item() for n, g in named.items() if n.startswith(b + "."))) for b in BLOCKS]
        )
        whole = torch.cat([g.flatten() for g in gradients]).norm().item()
        with torch.no_grad():
            for parameter, gradient in zip(model.parameters(), gradients, strict=True):
                parameter -= SMALL.learning_rate * min(1.0, SMALL.longest_step / whole) * gradient
        losses.append(loss.item())
    states.append(model.state_dict())
    return run, losses, norms, states


def model_at(states, checkpoint):
    model = TinyTransformer(SMALL)
    model.load_state_dict(states[checkpoint])
    return model


def test_losses_are_torchs(replayed):
    run, losses, _, _ = replayed
    assert run.losses == pytest.approx(losses, rel=1e-6)
    assert run.losses[0] == pytest.approx(math.log(128), abs=0.1), "an untrained network has no opinion"


def test_gradient_norms_are_the_blocks(replayed):
    run, _, norms, _ = replayed
    assert run.gradient_norms == pytest.approx(np.array(norms), rel=1e-5)


def test_recorded_weights_are_the_ones_they_are_named_for(replayed):
    run, _, _, states = replayed
    assert run.weights.shape == (len(run.losses) + 1, sum(SMALL.recorded))
    for recorded in range(sum(SMALL.recorded)):
        name, _, index = run.name_of(recorded).rstrip("]").partition("[")
        place = tuple(map(int, index.split(", ")))
        for checkpoint in (0, 1, len(run.losses)):
            assert run.weights[checkpoint, recorded] == pytest.approx(states[checkpoint][name][place].item(), rel=1e-6)


def test_each_block_has_its_stretch_of_the_recorded_weights():
    run = train(SMALL)
    for name, stretch in zip(BLOCKS, run.blocks, strict=True):
        assert {run.name_of(place).partition(".")[0] for place in range(stretch.start, stretch.stop)} == {name}
    assert run.blocks[-1].stop == sum(SMALL.recorded)


def test_every_recorded_weight_learns():
    run = train(SMALL)
    assert (np.ptp(run.weights, axis=0) > 0).all()


def test_outputs_are_what_the_checkpoints_say(replayed):
    run, _, _, states = replayed
    for pair, (question, answer) in enumerate(SMALL.pairs):
        for checkpoint, output in zip(run.lessons[pair], run.outputs[pair], strict=True):
            assert model_at(states, checkpoint).answer(question, SMALL.longest) == output
        assert run.outputs[pair, 2] == answer
    assert run.outputs[0, 1] != SMALL.pairs[0][1]


def test_lessons_follow_each_other_and_are_about_their_pair():
    run = train(SMALL)
    assert run.lessons[0, 0] == 0
    assert (run.lessons[1:, 0] == run.lessons[:-1, 2]).all()
    assert (np.diff(run.lessons, axis=1) > 0).all()
    for pair, (early, _, last) in enumerate(run.lessons):
        assert (run.batches[early:last, 0] == pair).all()
        assert last - early >= SMALL.least


def test_in_the_end_every_answer_is_exact(replayed):
    run, _, _, states = replayed
    assert list(run.answers) == [answer for _, answer in SMALL.pairs]
    last = model_at(states, -1)
    assert [last.answer(question, SMALL.longest) for question, _ in SMALL.pairs] == list(run.answers)


def test_no_place_sees_what_comes_after_it():
    model = build_model(SMALL, torch.Generator().manual_seed(1))
    line = torch.tensor([[*map(ord, "ab?ca")]])
    changed = line.clone()
    changed[0, -1] = ord("d")
    one, other = model(line), model(changed)
    assert torch.equal(one[0, :-1], other[0, :-1])
    assert not torch.allclose(one[0, -1], other[0, -1])


def test_the_mixture_weighs_its_experts():
    mixture = build_model(SMALL, torch.Generator().manual_seed(1)).mixture
    x = torch.randn(1, 3, SMALL.width, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    shares = (x @ mixture.router.T).softmax(-1)
    experts = [F.relu(x @ up.T) @ down.T for up, down in zip(mixture.up, mixture.down, strict=True)]
    expected = sum(shares[..., e, None] * expert for e, expert in enumerate(experts))
    assert torch.allclose(mixture(x), expected)


def test_the_same_configuration_gives_the_same_numbers():
    first = train(SMALL)
    train.cache_clear()
    kept.cache_file("transformer", SMALL, tiny_transformer.__file__, np, torch).unlink(missing_ok=True)
    again = train(SMALL)
    assert (first.weights == again.weights).all() and (first.losses == again.losses).all()
    train.cache_clear()
    assert (train(SMALL).outputs == first.outputs).all(), "and so does the cache"


@pytest.mark.parametrize("damage", ["truncated", "incomplete", "misshapen", "not finite"])
def test_a_damaged_cache_is_trained_anew(damage):
    good = train(SMALL)
    train.cache_clear()
    file = kept.cache_file("transformer", SMALL, tiny_transformer.__file__, np, torch)
    arrays = kept.read(file)
    if damage == "truncated":
        file.write_bytes(file.read_bytes()[:500])
    elif damage == "incomplete":
        kept.write(file, {"losses": arrays["losses"]})
    elif damage == "misshapen":
        kept.write(file, arrays | {"weights": arrays["weights"][1:]})
    else:
        kept.write(file, arrays | {"losses": np.nan * arrays["losses"]})
    assert (train(SMALL).weights == good.weights).all()


def test_what_cannot_be_learned_is_said():
    config = replace(SMALL, pairs=(("a?", "yes"), ("a?", "no")), most=60)
    with pytest.raises(NotLearned, match="try another seed"):
        train(config)


def test_only_ascii():
    with pytest.raises(ValueError, match="ASCII"):
        train(replace(SMALL, pairs=(("é?", "yes"),)))


@pytest.mark.parametrize(("output", "share"), [("cab", 1), ("cat", 2 / 3), ("", 0), ("cabcab", 0.5)])
def test_likeness(output, share):
    assert likeness(output, "cab") == pytest.approx(share)


@pytest.mark.slow
def test_the_films_run_answers_all_ten():
    """The run that the films draw: trained here if it is not in this cache, which takes some seconds."""
    run = train(TransformerConfig())
    assert list(run.answers) == [answer for _, answer in PAIRS]
    assert len(PAIRS) == 10 and run.config.recorded == (40, 55, 70, 55, 40)
    assert run.losses[0] == pytest.approx(math.log(128), abs=0.1)
    assert run.losses[-1] < 0.5
    assert (np.diff(run.losses) > 0.1).sum() >= 9, "it rises now and then, as a minibatch's loss does"
    for (_, answer), outputs in zip(PAIRS, run.outputs, strict=True):
        assert outputs[2] == answer and outputs[1] != answer
