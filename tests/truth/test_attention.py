"""The pattern is torch's."""

import numpy as np
import pytest
import torch

from truth.attention import get_attention_pattern, get_toy_pattern


@pytest.mark.parametrize("causal", [True, False])
def test_the_pattern_is_what_torch_attends_with(causal):
    """With the identity for values, torch's attention returns its pattern."""
    queries, keys = np.random.default_rng(0).normal(size=(2, 5, 3))
    q, k, v = (torch.tensor(a)[None] for a in (queries, keys, np.eye(5)))
    expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal)[0]
    assert get_attention_pattern(queries, keys, causal) == pytest.approx(expected.numpy())


def test_nobody_looks_ahead():
    pattern = get_toy_pattern()
    assert pattern.shape == (8, 8) and not np.triu(pattern, 1).any()
    assert pattern.sum(axis=1) == pytest.approx(np.ones(8))
    assert pattern[0, 0] == 1 and (pattern[np.tril_indices(8)] > 0).all()


def test_queries_must_match_keys():
    with pytest.raises(ValueError, match=r"\(4, 3\).*\(5, 3\)"):
        get_attention_pattern(np.ones((4, 3)), np.ones((5, 3)))
