"""Boosted trees as data, and their answer: no library of machine learning is needed to predict.

A tree is a leaf, which is a number, or a split: the feature, its bound, whether a value not known
goes left, the tree to the left and the tree to the right.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Values = Sequence[float | None]


def total(trees: Sequence[Any], values: Values) -> float:
    """The sum of what each tree says of `values`."""
    return math.fsum(_leaf(tree, values) for tree in trees)


def chance(trees: Sequence[Any], values: Values) -> float:
    """The sum as a probability: trees trained on a yes or no add up log-odds."""
    log_odds = total(trees, values)
    # Either way round the exponent is not positive: nothing overflows.
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)


def _leaf(tree: Any, values: Values) -> float:  # noqa: ANN401 - a number, or a list that holds trees
    while isinstance(tree, list):
        feature, bound, unknown_goes_left, left, right = tree
        value = values[feature]
        goes_left = unknown_goes_left if value is None else value <= bound
        tree = left if goes_left else right
    return float(tree)


def from_lightgbm(dumped: Mapping[str, Any]) -> list[Any]:
    """The trees of a LightGBM model, as its `dump_model()` describes them."""
    return [_tree(info["tree_structure"]) for info in dumped["tree_info"]]


def _tree(node: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a number, or a list that holds trees
    if "leaf_value" in node:
        return float(node["leaf_value"])
    assert node["decision_type"] == "<=", "no feature is a category"
    bound = float(node["threshold"])
    # Where no value was missing in training, LightGBM reads a missing one as nought.
    unknown_goes_left = node["default_left"] if node["missing_type"] == "NaN" else bound >= 0
    return [
        int(node["split_feature"]),
        bound,
        bool(unknown_goes_left),
        _tree(node["left_child"]),
        _tree(node["right_child"]),
    ]
