"""Who looks at whom: the attention pattern of a single head."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from truth.numerics import FloatArray, as_floats, softmax
from truth.toy_mlp import D_MODEL, TOKENS


def get_attention_pattern(queries: Any, keys: Any, causal: bool = True) -> FloatArray:
    """softmax(Q Kᵀ / √d), each row over the tokens it may look at.

    Args:
        queries, keys: (n, d), a row for each token.
        causal: a token sees itself and those before it; else all.

    Returns:
        (n, n): entry [i, j] is how much token i takes from token j. Rows add up to 1.

    Raises:
        ValueError: shapes that differ (the message has both), or numbers that are not finite.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.1.
    """
    q, k = as_floats(queries, ndim=2, name="queries"), as_floats(keys, ndim=2, name="keys")
    if q.shape != k.shape:
        raise ValueError(f"queries have shape {q.shape}, but keys have {k.shape}")
    scores = q @ k.T / np.sqrt(q.shape[1])
    if causal:
        scores[np.triu_indices(len(scores), 1)] = -np.inf
    return softmax(scores)


@lru_cache
def get_toy_pattern(d_head: int = 8, seed: int = 5) -> FloatArray:
    """(8, 8): the pattern of an untrained head on the toy block's eight tokens, its two matrices drawn by chance."""
    rng = np.random.default_rng(seed)
    embeddings = np.array([token.embedding for token in TOKENS])
    to_queries, to_keys = rng.normal(size=(2, D_MODEL, d_head))
    pattern = get_attention_pattern(embeddings @ to_queries, embeddings @ to_keys)
    pattern.setflags(write=False)
    return pattern
