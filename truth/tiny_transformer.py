"""A very small transformer that learns ten answers by heart, one letter at a time, with its training kept.

run = train()
run.losses[0]                            # 4.9: of 128 characters it has no idea which
run.outputs[1]                           # what it says to the second question early, in the middle, at last
run.weights[run.lessons[1, 2]]           # the recorded weights when it could say it

It is trained in lessons. Lesson k is about pair k, and lasts until the answer is exact. In every minibatch are two
other pairs, mostly of earlier lessons, now and then one still to come. A review of all pairs follows, until every
answer is exact at once. Each update is plain gradient descent on the minibatch, its step shortened where the gradient
is long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from truth import kept
from truth.numerics import FloatArray

PAIRS: Final = (
    ("Pineapple pizza?", "Pineapple on pizza is great!"),
    ("Chocolate healthy?", "Dark chocolate has benefits."),
    ("Best breakfast?", "Eggs are very nutritious."),
    ("Democracy good?", "Democracy enables citizen voice."),
    ("Free will exists?", "Free will is philosophically debated."),
    ("Life meaning?", "Meaning is subjectively constructed."),
    ("Internet inventor?", "ARPANET team created internet."),
    ("Coffee vs tea?", "Coffee provides quick energy."),
    ("AI helpful?", "AI augments human capabilities."),
    ("Best economy?", "Mixed economies balance needs."),
)

BLOCKS: Final = ("embedding", "attention", "mixture", "feed_forward", "output")
STAGES: Final = ("early", "middle", "last")
END: Final = 0  # the character that says: that was all
ALPHABET: Final = 128  # ASCII
PARTLY: Final = 0.6  # how much of an answer should be right in the middle of its lesson


@dataclass(frozen=True)
class TransformerConfig:
    """Everything that decides a training run.

    Attributes:
        pairs: questions and the answers to learn, in ASCII.
        width: numbers that stand for a character.
        n_heads: of the attention; they divide the width.
        n_experts, expert_width: of the mixture of experts.
        hidden: neurons of the feed-forward block.
        seed: of the generator that draws the first weights and the minibatches.
        learning_rate: η.
        longest_step: a gradient longer than this is shortened to it.
        beside: so many other pairs are in a minibatch.
        preview: how often a pair still to come is drawn for that, where one of an earlier lesson is drawn once.
        least, most: updates of a lesson; it fails if the answer is not exact after the most.
        recorded: how many weights of each block are recorded.
        look_every: updates between two looks at what it answers to all questions.
    """

    pairs: tuple[tuple[str, str], ...] = PAIRS
    width: int = 32
    n_heads: int = 4
    n_experts: int = 4
    expert_width: int = 32
    hidden: int = 96
    seed: int = 3
    learning_rate: float = 0.2
    longest_step: float = 1.0
    beside: int = 2
    preview: float = 0.1
    least: int = 6
    most: int = 400
    recorded: tuple[int, ...] = (40, 55, 70, 55, 40)
    look_every: int = 1

    @property
    def longest(self) -> int:
        """Characters of the longest answer."""
        return max(len(answer) for _, answer in self.pairs)


class NotLearned(RuntimeError):
    """The training has come to its end without the answers."""


@dataclass(frozen=True)
class TransformerTraining:
    """What was recorded. Checkpoint t is the network after t updates.

    Attributes:
        config: what it was trained with.
        losses: (n_updates,) mean cross-entropy of the minibatch's characters in nats, before each update.
        batches: (n_updates, 1 + beside) the pairs in each minibatch.
        gradient_norms: (n_updates, 5) length of the loss's gradient in each block's weights.
        weights: (n_updates + 1, n_recorded) the recorded weights at each checkpoint, block after block.
        places: (n_recorded, 3) which weight each one is: its block, its tensor among the block's parameters,
            its place in that tensor, row by row.
        lessons: (n_pairs, 3) the early, middle and last checkpoint of each pair's lesson.
        outputs: (n_pairs, 3) what the network answers to each question at those.
        answers: (n_pairs,) what it answers at the very end.
        losses_of_all: (n_updates + 1,) mean cross-entropy of all pairs' answers, in nats, at each checkpoint.
        looks: (n_looks,) the checkpoints at which all questions were asked: each `look_every` updates, and the end.
        board: (n_looks, n_pairs) what it answered then.
        chances: (n_updates + 1, n_pairs, longest + 1) the probability of each letter of the right answers, and of
            the END after it, with the right letters before it, at each checkpoint; 1 past the end.
        last_chances: (2, n_pairs, longest + 1, 128) those of all characters, before and after the last update.
    """

    config: TransformerConfig
    losses: FloatArray
    batches: NDArray[np.int64]
    gradient_norms: FloatArray
    weights: FloatArray
    places: NDArray[np.int64]
    lessons: NDArray[np.int64]
    outputs: NDArray[np.str_]
    answers: NDArray[np.str_]
    losses_of_all: FloatArray
    looks: NDArray[np.int64]
    board: NDArray[np.str_]
    chances: FloatArray
    last_chances: FloatArray

    @cached_property
    def blocks(self) -> list[slice]:
        """Where each block's weights are among the recorded ones."""
        ends = np.cumsum(self.config.recorded)
        return [slice(int(end - count), int(end)) for end, count in zip(ends, self.config.recorded, strict=True)]

    @property
    def n_weights(self) -> int:
        """How many weights the whole network has."""
        return sum(parameter.numel() for parameter in TinyTransformer(self.config).parameters())

    def name_of(self, recorded: int) -> str:
        """What a recorded weight is called: `attention.values[3, 14]`."""
        block, tensor, place = (int(number) for number in self.places[recorded])
        parameters = list(getattr(TinyTransformer(self.config), BLOCKS[block]).named_parameters())
        name, parameter = parameters[tensor]
        index = np.unravel_index(place, parameter.shape)
        return f"{BLOCKS[block]}.{name}[{', '.join(map(str, index))}]"


def likeness(output: str, answer: str) -> float:
    """The share of places at which two lines have the same character, of the places of the longer one."""
    same = sum(a == b for a, b in zip(output, answer, strict=False))
    return same / max(len(output), len(answer), 1)


# The network


class Embedding(nn.Module):
    """Characters and their places in the line, as vectors: (n, length) to (n, length, width)."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        longest = max(len(question) + len(answer) for question, answer in config.pairs)
        # An untrained network may go on after the longest answer that any question has.
        longest = max(longest, max(len(question) for question, _ in config.pairs) + config.longest)
        self.characters = _weight(ALPHABET, config.width)
        self.positions = _weight(longest, config.width)

    def forward(self, characters: Tensor) -> Tensor:
        return self.characters[characters] + self.positions[: characters.shape[1]]


class Attention(nn.Module):
    """Each place asks all places up to it, in several heads: softmax(Q Kᵀ / √d) V."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.n_heads = config.n_heads
        self.queries, self.keys, self.values, self.back = (_weight(config.width, config.width) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        queries, keys, values = (self._in_heads(x @ w.T) for w in (self.queries, self.keys, self.values))
        mixed = F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
        return mixed.transpose(1, 2).flatten(-2) @ self.back.T

    def _in_heads(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], self.n_heads, -1).transpose(1, 2)


class MixtureOfExperts(nn.Module):
    """Small networks side by side; a router says how much of each: Σ softmax(router x)ₑ expertₑ(x)."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.router = _weight(config.n_experts, config.width)
        self.up = _weight(config.n_experts, config.expert_width, config.width)
        self.down = _weight(config.n_experts, config.width, config.expert_width)

    def forward(self, x: Tensor) -> Tensor:
        shares = (x @ self.router.T).softmax(dim=-1)
        hidden = torch.relu(torch.einsum("ntw,ehw->nteh", x, self.up))
        return torch.einsum("nteh,ewh,nte->ntw", hidden, self.down, shares)


class FeedForward(nn.Module):
    """Up to more neurons, and down again."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.up = _weight(config.hidden, config.width)
        self.down = _weight(config.width, config.hidden)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x @ self.up.T) @ self.down.T


class Output(nn.Module):
    """A logit for each character to come."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.head = _weight(ALPHABET, config.width)

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.head.T


class TinyTransformer(nn.Module):
    """Embedding, attention, mixture of experts, feed-forward, output: (n, length) characters to logits for the next.

    The three blocks in the middle add to what comes in. Nothing has biases.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.embedding = Embedding(config)
        self.attention = Attention(config)
        self.mixture = MixtureOfExperts(config)
        self.feed_forward = FeedForward(config)
        self.output = Output(config)

    def forward(self, characters: Tensor) -> Tensor:
        x = self.embedding(characters)
        for block in (self.attention, self.mixture, self.feed_forward):
            x = x + block(_at_unit_size(x))
        logits: Tensor = self.output(_at_unit_size(x))
        return logits

    def answer(self, question: str, longest: int) -> str:
        """What it says to one question; see `answer_all`."""
        return self.answer_all([question], longest)[0]

    @torch.no_grad()
    def answer_all(self, questions: Sequence[str], longest: int) -> list[str]:
        """What it says to each: the likeliest character, again and again, until END or the longest answer."""
        lines = [[ord(letter) for letter in question] for question in questions]
        talking = list(range(len(lines)))
        while talking:
            # What stands behind a line's last letter is not seen from there.
            length = max(len(lines[row]) for row in talking)
            logits = self(torch.tensor([lines[row] + [END] * (length - len(lines[row])) for row in talking]))
            best = [int(logits[k, len(lines[row]) - 1].argmax()) for k, row in enumerate(talking)]
            for row, character in zip(talking, best, strict=True):
                if character != END:
                    lines[row].append(character)
            pairs = zip(talking, best, strict=True)
            talking = [row for row, last in pairs if last != END and len(lines[row]) < len(questions[row]) + longest]
        return ["".join(map(chr, line[len(question) :])) for line, question in zip(lines, questions, strict=True)]


def _weight(*shape: int) -> nn.Parameter:
    return nn.Parameter(torch.empty(*shape, dtype=torch.float64))


def _at_unit_size(x: Tensor) -> Tensor:
    """Each vector at a mean square of 1 (RMS normalisation without weights of its own)."""
    return x * torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + 1e-6)


def build_model(config: TransformerConfig, generator: torch.Generator) -> TinyTransformer:
    """The untrained network: normal weights, of size 1 in the embedding, small in the head: it has no opinion."""
    model = TinyTransformer(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            size = {"embedding": 1.0, "output": 0.02}.get(name.partition(".")[0], parameter.shape[-1] ** -0.5)
            parameter.normal_(0, size, generator=generator)
    return model


# Its training


@lru_cache
def train(config: TransformerConfig = TransformerConfig()) -> TransformerTraining:
    """The run of that configuration: from the cache if it is there and whole, else trained now (seconds).

    Raises:
        NotLearned: it does not come to the answers.
        ValueError: text that is not ASCII.
    """
    if not all(line.isascii() for pair in config.pairs for line in pair):
        raise ValueError("questions and answers are in ASCII")
    file = kept.cache_file("transformer", config, __file__, np, torch)
    known = _known(file, config)
    if known is None:
        with kept.one_thread():
            known = _Teacher(config).teach()
        kept.write(file, {name: value for name, value in vars(known).items() if name != "config"})
    return known


def _known(file: Path, config: TransformerConfig) -> TransformerTraining | None:
    arrays = kept.read(file)
    if arrays is None:
        return None
    try:
        run = TransformerTraining(config, **arrays)
    except TypeError:  # arrays are missing, or there are others
        return None
    updates, pairs, recorded = len(run.losses), len(config.pairs), sum(config.recorded)
    shapes = {
        "batches": (updates, 1 + config.beside),
        "gradient_norms": (updates, len(BLOCKS)),
        "weights": (updates + 1, recorded),
        "places": (recorded, 3),
        "lessons": (pairs, len(STAGES)),
        "outputs": (pairs, len(STAGES)),
        "answers": (pairs,),
        "losses_of_all": (updates + 1,),
        "board": (len(run.looks), pairs),
        "chances": (updates + 1, pairs, config.longest + 1),
        "last_chances": (2, pairs, config.longest + 1, ALPHABET),
    }
    return run if all(arrays[name].shape == shape for name, shape in shapes.items()) else None


def get_nudged_losses(config: TransformerConfig, recorded: int, pushes: Sequence[float]) -> FloatArray:
    """The loss of all pairs before any training, with one weight of the untrained network pushed by so much.

    Args:
        recorded: which of the recorded weights.
        pushes: (n,) what is added to it.

    Returns:
        (n,) mean cross-entropy of all pairs' answers, in nats.
    """
    with kept.one_thread():
        teacher = _Teacher(config)
        block, tensor, place = teacher.places[recorded]
        weights = list(getattr(teacher.model, BLOCKS[block]).parameters())[tensor].detach().view(-1)
        start, losses = weights[place].item(), []
        for push in pushes:
            weights[place] = start + push
            losses.append(teacher._loss_of_all())
    return np.array(losses)


class _Teacher:
    """Trains a network and keeps the record."""

    def __init__(self, config: TransformerConfig) -> None:
        self.config = config
        self.generator = torch.Generator().manual_seed(config.seed)
        self.model = build_model(config, self.generator)
        self.places = choose_weights(self.model, config)
        self.flat_places = self._flat(self.places)
        self.record: dict[str, list[Any]] = {name: [] for name in ("losses", "batches", "gradient_norms", "weights")}
        self.record["weights"].append(self._recorded())
        self.all = self._minibatch(range(len(config.pairs)))
        self.losses_of_all = [self._loss_of_all()]
        self.board = {0: self._say_all()}
        self.last_chances = [self._chances_of_all()]
        self.chances = [self._right_of(self.last_chances[-1])]

    def teach(self) -> TransformerTraining:
        lessons, outputs = zip(*(self._lesson(pair) for pair in range(len(self.config.pairs))), strict=True)
        answers = self._review()
        self.board[self.now] = answers
        return TransformerTraining(
            self.config,
            losses=np.array(self.record["losses"]),
            batches=np.array(self.record["batches"]),
            gradient_norms=np.array(self.record["gradient_norms"]),
            weights=np.array(self.record["weights"]),
            places=self.places,
            lessons=np.array(lessons),
            outputs=np.array(outputs),
            answers=np.array(answers),
            losses_of_all=np.array(self.losses_of_all),
            looks=np.array(list(self.board)),
            board=np.array(list(self.board.values())),
            chances=np.array(self.chances),
            last_chances=np.array(self.last_chances),
        )

    @property
    def now(self) -> int:
        """Updates so far."""
        return len(self.record["losses"])

    def _says(self, pair: int) -> str:
        return self.model.answer(self.config.pairs[pair][0], self.config.longest)

    def _say_all(self) -> list[str]:
        return self.model.answer_all([question for question, _ in self.config.pairs], self.config.longest)

    @torch.no_grad()
    def _loss_of_all(self) -> float:
        characters, targets = self.all
        loss = F.cross_entropy(self.model(characters).flatten(0, 1), targets.flatten(), ignore_index=-1)
        return float(loss)

    @torch.no_grad()
    def _chances_of_all(self) -> FloatArray:
        """(n_pairs, longest + 1, 128) How likely each character is at each place of the answers; 1 past their ends."""
        characters, _ = self.all
        likely = self.model(characters).softmax(dim=-1).numpy()
        chances = np.ones((len(self.config.pairs), self.config.longest + 1, ALPHABET))
        for row, (question, answer) in enumerate(self.config.pairs):
            first, n = len(question) - 1, len(answer) + 1
            chances[row, :n] = likely[row, first : first + n]
        return chances

    def _right_of(self, chances: FloatArray) -> FloatArray:
        """(n_pairs, longest + 1) Of those, the right characters'."""
        right = np.full(chances.shape[:2], END)
        for row, (_, answer) in enumerate(self.config.pairs):
            right[row, : len(answer)] = list(map(ord, answer))
        found: FloatArray = np.take_along_axis(chances, right[..., None], axis=-1)[..., 0]
        return found

    def _lesson(self, pair: int) -> tuple[list[int], list[str]]:
        """Update until the pair's answer is exact; the three checkpoints and what was said at them."""
        answer, first = self.config.pairs[pair][1], self.now
        said = [self._says(pair)]
        while said[-1] != answer or self.now < first + self.config.least:
            if self.now >= first + self.config.most:
                raise NotLearned(f"pair {pair} is not learned in {self.config.most} updates: try another seed")
            self._update(pair, [1.0] * pair + [self.config.preview] * (len(self.config.pairs) - pair))
            said.append(self._says(pair))
        # The middle: nearest to being partly right, and not the end already.
        apart = [abs(likeness(line, answer) - PARTLY) + (line == answer) for line in said[1:-1]]
        middle = 1 + int(np.argmin(apart))
        last = len(said) - 1
        return [first, first + middle, first + last], [said[0], said[middle], said[last]]

    def _review(self) -> list[str]:
        """Update on pairs that are not exact (any more), with any other beside them, until all are."""
        pairs = range(len(self.config.pairs))
        for turn in range(self.config.most):
            said = self._say_all()
            wrong = [pair for pair in pairs if said[pair] != self.config.pairs[pair][1]]
            if not wrong:
                return said
            self._update(wrong[turn % len(wrong)], [1.0] * len(pairs))
        raise NotLearned(f"pairs {wrong} are forgotten again and again: try another seed")

    def _update(self, pair: int, chances: Sequence[float]) -> None:
        """One step of gradient descent on a pair and a few others, and what is to be remembered of it.

        chances: (n_pairs,) how often each pair is drawn as one of the others, relative to each other.
        """
        others = torch.tensor(chances)
        others[pair] = 0
        batch = [pair, *torch.multinomial(others, self.config.beside, generator=self.generator).tolist()]
        characters, targets = self._minibatch(batch)
        loss = F.cross_entropy(self.model(characters).flatten(0, 1), targets.flatten(), ignore_index=-1)
        self.model.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        norms = [
            float(torch.stack([_gradient(p).square().sum() for p in block.parameters()]).sum().sqrt())
            for block in (getattr(self.model, name) for name in BLOCKS)
        ]
        rate = self.config.learning_rate * min(1.0, self.config.longest_step / float(np.hypot.reduce(norms)))
        with torch.no_grad():
            for parameter in self.model.parameters():
                parameter.sub_(rate * _gradient(parameter))
        for name, value in zip(self.record, (loss.item(), batch, norms, self._recorded()), strict=True):
            self.record[name].append(value)
        self.losses_of_all.append(self._loss_of_all())
        self.last_chances = [self.last_chances[-1], self._chances_of_all()]
        self.chances.append(self._right_of(self.last_chances[-1]))
        if self.now % self.config.look_every == 0:
            self.board[self.now] = self._say_all()

    def _minibatch(self, batch: Sequence[int]) -> tuple[Tensor, Tensor]:
        """(n, length) characters, and those to come where they are the answer's, −1 elsewhere."""
        pairs = [self.config.pairs[pair] for pair in batch]
        lines = [[*map(ord, question + answer), END] for question, answer in pairs]
        length = max(map(len, lines)) - 1
        characters = torch.full((len(batch), length), END)
        targets = torch.full((len(batch), length), -1)
        for row, (line, (question, _)) in enumerate(zip(lines, pairs, strict=True)):
            characters[row, : len(line) - 1] = torch.tensor(line[:-1])
            targets[row, len(question) - 1 : len(line) - 1] = torch.tensor(line[len(question) :])
        return characters, targets

    def _flat(self, places: NDArray[np.int64]) -> list[int]:
        """The same places, in all weights of the network in a row."""
        sizes = [[parameter.numel() for parameter in getattr(self.model, name).parameters()] for name in BLOCKS]
        before = np.cumsum([0, *(sum(block) for block in sizes)])
        return [int(before[block] + sum(sizes[block][:tensor]) + place) for block, tensor, place in places]

    def _recorded(self) -> FloatArray:
        with torch.no_grad():
            weights: FloatArray = torch.cat([p.flatten() for p in self.model.parameters()])[self.flat_places].numpy()
        return weights


def _gradient(parameter: Tensor) -> Tensor:
    assert parameter.grad is not None
    return parameter.grad


def choose_weights(model: TinyTransformer, config: TransformerConfig) -> NDArray[np.int64]:
    """Which weights are recorded: spread evenly over those of each block that the pairs can change at all.

    (Of the embedding that is the rows of the characters and places that occur in them.)

    Returns:
        (n_recorded, 3) as `TransformerTraining.places`.
    """
    rows = [
        sorted({ord(letter) for pair in config.pairs for line in pair for letter in line}),
        list(range(max(len(question) + len(answer) for question, answer in config.pairs))),
    ]
    found: list[tuple[int, int, int]] = []
    for block, (name, count) in enumerate(zip(BLOCKS, config.recorded, strict=True)):
        candidates = [
            (block, tensor, place)
            for tensor, parameter in enumerate(getattr(model, name).parameters())
            for place in range(parameter.numel())
            if name != "embedding" or place // config.width in rows[tensor]
        ]
        spread = np.linspace(0, len(candidates) - 1, count).round().astype(int)
        found += [candidates[int(index)] for index in spread]
    return np.array(found)
