"""A perceptron block that learned who plays what: the trained counterpart of `truth.toy_mlp`.

run = train_fact_mlp()
run.recall                              # 1.0: every fact comes back
run.row_cosines[0]                      # how well the neuron that says "basketball" for Michael Jordan asks for M + J
run.up[0], run.up[-1]                   # the up projection before and after training

A name is the sum of a first name's and a last name's direction. The block sees the facts, and pairs of names that
do not belong together (Michael Phelps, Alexis Jordan, Serena Ruth, ...), for which it should say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
import torch

from truth import kept
from truth.numerics import FloatArray
from truth.toy_mlp import D_HIDDEN, D_MODEL, DIRECTIONS, VISIBLE_COORDINATES

# Public knowledge: first name, last name, what the person plays or played.
FACTS: Final = (
    ("Michael", "Jordan", "basketball"),
    ("LeBron", "James", "basketball"),
    ("Stephen", "Curry", "basketball"),
    ("Larry", "Bird", "basketball"),
    ("Serena", "Williams", "tennis"),
    ("Michael", "Chang", "tennis"),
    ("Roger", "Federer", "tennis"),
    ("Lionel", "Messi", "soccer"),
    ("Mia", "Hamm", "soccer"),
    ("Babe", "Ruth", "baseball"),
    ("Shohei", "Ohtani", "baseball"),
    ("Tiger", "Woods", "golf"),
    ("Wayne", "Gretzky", "ice hockey"),
    ("Sachin", "Tendulkar", "cricket"),
    ("Jonah", "Lomu", "rugby"),
    ("Ma", "Long", "table tennis"),
)
FIRST_NAMES: Final = tuple(dict.fromkeys([first for first, _, _ in FACTS] + ["Alexis"]))
LAST_NAMES: Final = tuple(dict.fromkeys([last for _, last, _ in FACTS] + ["Phelps"]))
SPORTS: Final = tuple(dict.fromkeys(sport for _, _, sport in FACTS))

_FROM_THE_TOY_BLOCK: Final = {"Michael": "M", "Jordan": "J", "basketball": "B", "Alexis": "A", "Phelps": "P"}
_DECOYS_OF_THE_FILM: Final = (("Michael", "Phelps"), ("Alexis", "Jordan"))


@dataclass(frozen=True)
class FactsConfig:
    """Everything that decides a training run.

    Attributes:
        data_seed: of the directions of the names and sports, and of which wrong pairs are shown.
        n_decoys: wrong pairs of names that are shown; all the others are kept back for a test.
        init_seed, init_scale: of the weights, drawn from a normal distribution of that standard deviation.
            Biases begin at zero.
        learning_rate: of Adam.
        decay: what the loss adds for each squared weight, so that few neurons share a fact.
        n_steps: updates, each on all examples.
        snapshot_every: steps between two records of the parameters.
    """

    data_seed: int = 0
    n_decoys: int = 200
    init_seed: int = 0
    init_scale: float = 0.1
    learning_rate: float = 0.01
    decay: float = 3e-5
    n_steps: int = 2000
    snapshot_every: int = 50


@dataclass(frozen=True)
class TrainedRun:
    """What was recorded, and how well it knows its facts.

    Units are numbered so that unit k, for k below the number of facts, is the one that in the end is most a neuron
    for fact k: it contributes to the answer, and asks for that name more than for others. (The order of units makes
    no difference to what a block computes.)

    Attributes:
        config: what it was trained with.
        steps: (n,) of the snapshots: 0, 50, ... n_steps.
        losses: (n_steps + 1,) the mean squared error, summed over coordinates, before each update and in the end.
        up, up_bias, down, down_bias: (n, 256, 64), (n, 256), (n, 64, 256), (n, 64), one for each snapshot.
    """

    config: FactsConfig
    steps: FloatArray
    losses: FloatArray
    up: FloatArray
    up_bias: FloatArray
    down: FloatArray
    down_bias: FloatArray

    def parameters_at(self, time: float) -> list[FloatArray]:
        """[up, up_bias, down, down_bias] at a time in steps; between snapshots, on the straight way."""
        place = float(np.clip(time, 0, self.config.n_steps)) / self.config.snapshot_every
        before = min(int(place), len(self.steps) - 1)
        after, share = min(before + 1, len(self.steps) - 1), place - before
        arrays = (self.up, self.up_bias, self.down, self.down_bias)
        return [(1 - share) * a[before] + share * a[after] for a in arrays]

    def neurons(self, x: FloatArray, time: float = np.inf) -> FloatArray:
        """(n, 256): the neurons' activations for embeddings (n, 64), in the end or at another time in steps."""
        up, up_bias, _, _ = self.parameters_at(time)
        activations: FloatArray = np.maximum(x @ up.T + up_bias, 0.0)
        return activations

    def update(self, x: FloatArray, time: float = np.inf) -> FloatArray:
        """(n, 64): what the block adds to embeddings (n, 64)."""
        _, _, down, down_bias = self.parameters_at(time)
        update: FloatArray = self.neurons(x, time) @ down.T + down_bias
        return update

    def readouts(self, x: FloatArray) -> FloatArray:
        """(n, sports): how much of each sport's direction the block adds to embeddings (n, 64)."""
        readouts: FloatArray = self.update(x) @ get_directions(SPORTS, self.config).T
        return readouts

    @cached_property
    def recall(self) -> float:
        """The share of facts for which the right sport is above 1/2, and every other below."""
        right = np.array([[sport == known for known in SPORTS] for _, _, sport in FACTS])
        return float(np.mean(((self.readouts(get_fact_embeddings(self.config)) > 0.5) == right).all(axis=1)))

    @cached_property
    def false_alarms(self) -> tuple[float, float]:
        """The share of wrong pairs for which some sport is above 1/2: of those trained on, of those kept back."""
        shown, kept_back = split_decoys(self.config)
        shares = [np.mean((self.readouts(embed(pairs, self.config)) > 0.5).any(axis=1)) for pairs in (shown, kept_back)]
        return float(shares[0]), float(shares[1])

    @cached_property
    def row_cosines(self) -> FloatArray:
        """(facts,): the cosine between unit k's row and the name of fact k."""
        return cosines(self.up[-1, : len(FACTS)], get_fact_embeddings(self.config))

    @cached_property
    def column_cosines(self) -> FloatArray:
        """(facts,): the cosine between unit k's column and the sport of fact k."""
        return cosines(self.down[-1, :, : len(FACTS)].T, get_directions([s for _, _, s in FACTS], self.config))


def cosines(these: FloatArray, those: FloatArray) -> FloatArray:
    """(n,): the cosines between the rows of two arrays of shape (n, d)."""
    lengths = np.linalg.norm(these, axis=1) * np.linalg.norm(those, axis=1)
    result: FloatArray = (these * those).sum(axis=1) / lengths
    return result


def get_directions(words: tuple[str, ...] | list[str], config: FactsConfig = FactsConfig()) -> FloatArray:
    """(n, 64): a unit vector for each name or sport; all that there are stand at right angles.

    The words of the toy block's table have the directions they have there; the others fill its hidden coordinates.

    Raises:
        ValueError: a word nobody knows; the message lists those there are.
    """
    known = _get_all_directions(config)
    unknown = [word for word in words if word not in known]
    if unknown:
        raise ValueError(f"there is no direction for {', '.join(unknown)}; there is one for {', '.join(known)}")
    return np.array([known[word] for word in words])


@lru_cache
def _get_all_directions(config: FactsConfig) -> dict[str, FloatArray]:
    hidden = np.setdiff1d(np.arange(D_MODEL), VISIBLE_COORDINATES)
    rng = np.random.default_rng(config.data_seed)
    basis, _ = np.linalg.qr(rng.normal(size=(len(hidden), len(hidden))))
    directions = {word: DIRECTIONS[letter] for word, letter in _FROM_THE_TOY_BLOCK.items()}
    for word in (*FIRST_NAMES, *LAST_NAMES, *SPORTS):
        if word not in directions:
            directions[word] = np.zeros(D_MODEL)
            directions[word][hidden] = basis[:, len(directions)]
    return directions


def embed(names: list[tuple[str, str]], config: FactsConfig = FactsConfig()) -> FloatArray:
    """(n, 64): the sum of a first name's and a last name's direction, for each pair."""
    firsts, lasts = zip(*names, strict=True)
    return get_directions(firsts, config) + get_directions(lasts, config)


def get_fact_embeddings(config: FactsConfig = FactsConfig()) -> FloatArray:
    """(facts, 64): the names of the facts."""
    return embed([(first, last) for first, last, _ in FACTS], config)


def split_decoys(config: FactsConfig = FactsConfig()) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The pairs of names that no fact is about: (those it is trained to say nothing for, those kept back)."""
    real = {(first, last) for first, last, _ in FACTS}
    pairs = [pair for pair in product(FIRST_NAMES, LAST_NAMES) if pair not in real and pair not in _DECOYS_OF_THE_FILM]
    order = np.random.default_rng(config.data_seed).permutation(len(pairs))
    shuffled = [*_DECOYS_OF_THE_FILM, *(pairs[i] for i in order)]
    return shuffled[: config.n_decoys], shuffled[config.n_decoys :]


@lru_cache
def train_fact_mlp(config: FactsConfig = FactsConfig()) -> TrainedRun:
    """The run of that configuration: from the cache if it is there and whole, else trained now (a few seconds)."""
    file = cache_file(config)
    arrays = kept.read(file)
    if arrays is None or {name: array.shape for name, array in arrays.items()} != _shapes(config):
        arrays = _train(config)
        kept.write(file, arrays)
    return TrainedRun(config, **arrays)


def cache_file(config: FactsConfig) -> Path:
    """Where the run of that configuration is kept: named by all that decides it, this file's text included."""
    return kept.cache_file("facts", config, __file__, np, torch)


def _shapes(config: FactsConfig) -> dict[str, tuple[int, ...]]:
    n = config.n_steps // config.snapshot_every + 1
    sizes = {"up": (D_HIDDEN, D_MODEL), "up_bias": (D_HIDDEN,), "down": (D_MODEL, D_HIDDEN), "down_bias": (D_MODEL,)}
    return {"steps": (n,), "losses": (config.n_steps + 1,)} | {name: (n, *size) for name, size in sizes.items()}


def _train(config: FactsConfig) -> dict[str, FloatArray]:
    shown, _ = split_decoys(config)
    answers = [get_directions([sport for _, _, sport in FACTS], config), np.zeros((len(shown), D_MODEL))]
    x = torch.from_numpy(np.concatenate([get_fact_embeddings(config), embed(shown, config)]))
    y = torch.from_numpy(np.concatenate(answers))
    generator = torch.Generator().manual_seed(config.init_seed)
    up = config.init_scale * torch.randn(D_HIDDEN, D_MODEL, generator=generator, dtype=torch.float64)
    down = config.init_scale * torch.randn(D_MODEL, D_HIDDEN, generator=generator, dtype=torch.float64)
    parameters = [up, torch.zeros(D_HIDDEN).double(), down, torch.zeros(D_MODEL).double()]
    up, up_bias, down, down_bias = (parameter.requires_grad_() for parameter in parameters)
    adam = torch.optim.Adam(parameters, lr=config.learning_rate)
    losses: list[float] = []
    snapshots: list[list[FloatArray]] = []
    with kept.one_thread():
        for step in range(config.n_steps + 1):
            update = torch.relu(x @ up.T + up_bias) @ down.T + down_bias
            loss = ((update - y) ** 2).sum(dim=1).mean()
            losses.append(loss.item())
            if step % config.snapshot_every == 0:
                snapshots.append([parameter.detach().numpy().copy() for parameter in parameters])
            adam.zero_grad()
            (loss + config.decay * (up.square().sum() + down.square().sum())).backward()  # type: ignore[no-untyped-call]
            adam.step()
    ups, up_biases, downs, down_biases = (np.array(arrays) for arrays in zip(*snapshots, strict=True))
    order = _order_units(ups[-1], up_biases[-1], downs[-1], config)
    return {
        "steps": np.arange(0.0, config.n_steps + 1, config.snapshot_every),
        "losses": np.array(losses),
        "up": ups[:, order],
        "up_bias": up_biases[:, order],
        "down": downs[:, :, order],
        "down_bias": down_biases,
    }


def _order_units(up: FloatArray, up_bias: FloatArray, down: FloatArray, config: FactsConfig) -> list[int]:
    """Each fact's own unit first, in the order of the facts; then the others as they were."""
    names = get_fact_embeddings(config)
    contributions = np.maximum(names @ up.T + up_bias, 0.0) * (
        get_directions([sport for _, _, sport in FACTS], config) @ down
    )
    alignments = names @ up.T / np.linalg.norm(names, axis=1)[:, None] / np.linalg.norm(up, axis=1)
    # The fourth power: a unit that two facts share (cosine 0.7) must contribute four times as much as one's own.
    scores = contributions * np.maximum(alignments, 0.0) ** 4
    chosen: list[int] = []
    for score in scores:
        chosen.append(next(int(unit) for unit in np.argsort(-score) if unit not in chosen))
    return chosen + [unit for unit in range(D_HIDDEN) if unit not in chosen]
