"""Every cell of the collection state tables, allowed or refused."""

import itertools

import pytest

from netterms.collection import moves
from netterms.kernel.moves import after
from netterms.kernel.refusal import Code, Refusal

TABLES = [
    (
        moves.CaseState,
        moves.CaseMove,
        moves.CASE_MOVES,
        {moves.CaseState.CLOSED_PAID, moves.CaseState.CLOSED_WRITTEN_OFF},
        29,
    ),
    (
        moves.ActionState,
        moves.ActionMove,
        moves.ACTION_MOVES,
        {moves.ActionState.DONE, moves.ActionState.CANCELLED},
        9,
    ),
    (
        moves.PromiseState,
        moves.PromiseMove,
        moves.PROMISE_MOVES,
        {moves.PromiseState.KEPT, moves.PromiseState.BROKEN, moves.PromiseState.REPLACED},
        3,
    ),
    (
        moves.PlanState,
        moves.PlanMove,
        moves.PLAN_MOVES,
        {moves.PlanState.COMPLETED, moves.PlanState.REPLANNED},
        10,
    ),
]


@pytest.mark.parametrize(("states", "all_moves", "table", "final", "cells"), TABLES)
def test_grid(states, all_moves, table, final, cells):
    allowed = 0
    for state, move in itertools.product(states, all_moves):
        if (state, move) in table:
            allowed += 1
            assert state not in final
            assert after(table, state, move) is table[state, move]
        else:
            with pytest.raises(Refusal) as refused:
                after(table, state, move)
            assert refused.value.code is Code.MOVE_NOT_ALLOWED
            assert refused.value.facts["state"] == state.value
    assert allowed == cells == len(table)


@pytest.mark.parametrize(("states", "all_moves", "table", "final", "cells"), TABLES)
def test_every_state_is_reached_and_only_final_ones_stay(states, all_moves, table, final, cells):
    first = next(iter(states))
    reached, edge = {first}, [first]
    while edge:
        state = edge.pop()
        for (start, _), end in table.items():
            if start == state and end not in reached:
                reached.add(end)
                edge.append(end)
    assert reached == set(states)
    assert {state for state in states if all(start != state for start, _ in table)} == final
    assert {move for _, move in table} == set(all_moves)
