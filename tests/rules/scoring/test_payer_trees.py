"""Trees as data answer as the library that grew them."""

from __future__ import annotations

import math
import random

import pytest

from netterms.scoring.payers.trees import chance, from_lightgbm, total


def test_a_tree_goes_left_up_to_its_bound_and_where_told_with_nothing_known():
    left_when_unknown = [0, 1.5, True, -2.0, 3.0]
    right_when_unknown = [0, 1.5, False, -2.0, [1, 0.0, False, 10.0, 20.0]]
    trees = [left_when_unknown, right_when_unknown]
    assert total(trees, [1.5, 0.0]) == -4.0
    assert total(trees, [1.6, 0.0]) == 13.0
    assert total(trees, [None, 1.0]) == 18.0


def test_log_odds_become_a_chance_without_overflow():
    assert chance([0.0], []) == 0.5
    assert chance([5000.0], []) == 1.0
    assert chance([-5000.0], []) == 0.0
    assert math.isclose(chance([math.log(3)], []), 0.75)


@pytest.mark.parametrize("seed", range(3))
def test_the_trees_say_what_lightgbm_says(seed):
    lightgbm = pytest.importorskip("lightgbm")
    numpy = pytest.importorskip("numpy")
    dice = random.Random(seed)
    # The first column is never missing in training, the others now and then.
    rows = [
        [dice.gauss(0, 3), *(None if dice.random() < 0.2 else dice.gauss(0, 3) for _ in range(3))]
        for _ in range(500)
    ]
    answers = [row[0] + 2 * (row[1] or 4) + dice.gauss(0, 1) for row in rows]
    table = numpy.array(rows, dtype=float)
    settings = {"verbosity": -1, "num_threads": 1, "num_leaves": 8, "min_data_in_leaf": 5}
    asked = [*rows[:100], [None] * 4, [None, 1.0, None, -2.0]]
    for objective, ours in (("l1", total), ("binary", chance)):
        wanted = numpy.array([a > 5 for a in answers] if objective == "binary" else answers)
        booster = lightgbm.train(
            settings | {"objective": objective}, lightgbm.Dataset(table, wanted), 30
        )
        trees = from_lightgbm(booster.dump_model())
        theirs = booster.predict(numpy.array(asked, dtype=float), num_threads=1)
        assert [ours(trees, row) for row in asked] == pytest.approx(theirs, abs=1e-9)
