"""The trained block recalls its facts, its numbers are torch's, and what is said about it is what was measured."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from truth import facts, kept
from truth.facts import (
    FACTS,
    FIRST_NAMES,
    LAST_NAMES,
    SPORTS,
    FactsConfig,
    cache_file,
    embed,
    get_directions,
    get_fact_embeddings,
    split_decoys,
    train_fact_mlp,
)
from truth.toy_mlp import DIRECTIONS

SMALL = FactsConfig(n_steps=6, snapshot_every=2)


@pytest.fixture
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(kept, "user_cache_dir", lambda name: str(tmp_path / name))
    train_fact_mlp.cache_clear()
    yield
    train_fact_mlp.cache_clear()


def test_every_fact_is_recalled_and_no_decoy_is_believed():
    run = train_fact_mlp()
    assert run.recall == 1.0
    of_those_shown, of_those_kept_back = run.false_alarms
    assert of_those_shown == 0.0
    assert of_those_kept_back <= 0.05, "as measured: 2 of 56"
    readouts = run.readouts(get_fact_embeddings())
    assert [SPORTS[i] for i in readouts.argmax(axis=1)] == [sport for _, _, sport in FACTS]
    assert readouts.max(axis=1).min() > 0.9
    assert run.losses[-1] < 1e-4 * run.losses[0]


def test_each_fact_has_a_neuron_that_asks_for_the_name_and_answers_with_the_sport():
    """As measured: rows between 0.72 and 0.96, columns above 0.85. Before training there is nothing of the kind."""
    run = train_fact_mlp()
    assert run.row_cosines.min() > 0.7 and run.row_cosines.mean() > 0.85 and run.row_cosines[0] > 0.85
    assert run.column_cosines.min() > 0.8
    names = get_fact_embeddings()
    assert np.abs(facts.cosines(run.up[0, : len(FACTS)], names)).max() < 0.45
    for k, (name, sport) in enumerate(zip(names, [sport for _, _, sport in FACTS], strict=True)):
        assert run.row_cosines[k] == pytest.approx(
            float(torch.cosine_similarity(torch.tensor(run.up[-1, k]), torch.tensor(name), dim=0))
        )
        assert run.column_cosines[k] == pytest.approx(
            float(
                torch.cosine_similarity(
                    torch.tensor(run.down[-1, :, k]), torch.tensor(get_directions([sport])[0]), dim=0
                )
            )
        )


def test_neurons_and_updates_are_torchs():
    run = train_fact_mlp()
    names = torch.tensor(get_fact_embeddings())
    up, up_bias, down, down_bias = (torch.tensor(w[-1]) for w in (run.up, run.up_bias, run.down, run.down_bias))
    neurons = torch.relu(names @ up.T + up_bias)
    assert run.neurons(names.numpy()) == pytest.approx(neurons.numpy(), abs=1e-12)
    assert run.update(names.numpy()) == pytest.approx((neurons @ down.T + down_bias).numpy(), abs=1e-12)


def test_the_snapshots_are_of_one_training(own_cache):
    """Adam, written out by hand, gets from each snapshot's past to its future; the first losses are recomputed."""
    run = train_fact_mlp(SMALL)
    assert run.steps.tolist() == [0, 2, 4, 6] and len(run.losses) == 7
    every = train_fact_mlp(replace(SMALL, snapshot_every=1))
    order = [int(np.flatnonzero((every.up[0] == row).all(axis=1))[0]) for row in run.up[0]]
    assert (every.up[::2][:, order] == run.up).all() and (every.down[::2][:, :, order] == run.down).all()
    shown, _ = split_decoys(SMALL)
    x = np.concatenate([get_fact_embeddings(SMALL), embed(shown, SMALL)])
    y = np.concatenate([get_directions([sport for _, _, sport in FACTS]), np.zeros((len(shown), 64))])
    for step in (0, 2, 4, 6):
        loss = np.mean(((run.update(x, time=step) - y) ** 2).sum(axis=1))
        assert run.losses[step] == pytest.approx(loss, rel=1e-9)


def test_the_first_step_goes_down_the_slope(own_cache):
    """Adam's first step has the size of the learning rate, against the sign of the gradient, wherever there is one."""
    run = train_fact_mlp(replace(SMALL, snapshot_every=1, n_steps=1))
    shown, _ = split_decoys(SMALL)
    x = torch.tensor(np.concatenate([get_fact_embeddings(SMALL), embed(shown, SMALL)]))
    y = torch.tensor(np.concatenate([get_directions([sport for _, _, sport in FACTS]), np.zeros((len(shown), 64))]))
    up, up_bias, down, down_bias = (
        torch.tensor(w[0], requires_grad=True) for w in (run.up, run.up_bias, run.down, run.down_bias)
    )
    loss = ((torch.relu(x @ up.T + up_bias) @ down.T + down_bias - y) ** 2).sum() / len(x)
    (loss + SMALL.decay * (up**2).sum() + SMALL.decay * (down**2).sum()).backward()
    clear = np.abs(up.grad.numpy()) > 1e-5
    assert clear.any()
    step = run.up[1] - run.up[0]
    assert step[clear] == pytest.approx(-SMALL.learning_rate * np.sign(up.grad.numpy()[clear]), rel=1e-2)


def test_between_two_snapshots_parameters_are_between(own_cache):
    run = train_fact_mlp(SMALL)
    assert run.parameters_at(3)[0] == pytest.approx((run.up[1] + run.up[2]) / 2)
    assert run.parameters_at(0)[1] == pytest.approx(run.up_bias[0])
    assert run.parameters_at(99)[2] == pytest.approx(run.down[-1])


def test_all_words_stand_at_right_angles_and_some_where_the_toy_block_has_them():
    words = [*FIRST_NAMES, *LAST_NAMES, *SPORTS]
    assert len(set(words)) == len(words) <= 64
    directions = get_directions(words)
    assert directions @ directions.T == pytest.approx(np.eye(len(words)), abs=1e-12)
    m, j, b = get_directions(["Michael", "Jordan", "basketball"])
    assert all((these == DIRECTIONS[letter]).all() for these, letter in zip((m, j, b), "MJB", strict=True))
    assert embed([("Michael", "Jordan")])[0] == pytest.approx(DIRECTIONS["M"] + DIRECTIONS["J"])


def test_decoys_are_wrong_pairs_and_those_kept_back_were_not_shown():
    shown, kept_back = split_decoys()
    assert len(shown) == 200 and kept_back
    real = {(first, last) for first, last, _ in FACTS}
    assert not real & {*shown, *kept_back} and not {*shown} & {*kept_back}
    assert ("Michael", "Phelps") in shown and ("Alexis", "Jordan") in shown


def test_the_facts_are_a_small_table_without_doubles():
    assert 12 <= len(FACTS) <= 20
    assert len({(first, last) for first, last, _ in FACTS}) == len(FACTS)


def test_a_word_nobody_knows_is_named():
    with pytest.raises(ValueError, match=r"no direction for chess; there is one for Michael"):
        get_directions(["golf", "chess"])


def test_training_again_gives_the_same_numbers_and_the_cache_is_used(own_cache):
    first = train_fact_mlp(SMALL)
    file = cache_file(SMALL)
    train_fact_mlp.cache_clear()
    file.unlink()
    again = train_fact_mlp(SMALL)
    assert (first.up == again.up).all() and (first.losses == again.losses).all()
    train_fact_mlp.cache_clear()
    np.savez(file, **dict(np.load(file)) | {"losses": again.losses + 1})
    assert (train_fact_mlp(SMALL).losses == again.losses + 1).all()


def test_a_misshapen_cache_is_trained_anew(own_cache):
    good = train_fact_mlp(SMALL)
    train_fact_mlp.cache_clear()
    np.savez(cache_file(SMALL), up=good.up)
    assert (train_fact_mlp(SMALL).down == good.down).all()


def test_another_configuration_has_another_cache():
    assert cache_file(SMALL) != cache_file(replace(SMALL, decay=0.0))
    assert cache_file(SMALL) == cache_file(replace(SMALL))
