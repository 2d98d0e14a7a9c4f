"""Every cell of the insurance state tables, allowed or refused."""

import itertools

import pytest

from netterms.insurance import moves
from netterms.kernel.moves import after
from netterms.kernel.refusal import Code, Refusal

TABLES = [
    (moves.ClaimState, moves.ClaimMove, moves.CLAIM_MOVES, {moves.ClaimState.CLOSED}, 22),
    (
        moves.DeadlineState,
        moves.DeadlineMove,
        moves.DEADLINE_MOVES,
        set(moves.DeadlineState) - {moves.DeadlineState.OPEN},
        3,
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
