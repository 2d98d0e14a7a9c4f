"""Every cell of every state table, allowed or refused."""

import itertools

import pytest

from netterms.collection import moves as collection
from netterms.collection.letters import moves as letters
from netterms.insurance import moves as insurance
from netterms.kernel.moves import after
from netterms.kernel.refusal import Code, Refusal
from netterms.scoring import moves as scoring

# States, moves, the table, the states nothing leads out of, and the number of allowed cells.
TABLES = {
    "case": (
        collection.CaseState,
        collection.CaseMove,
        collection.CASE_MOVES,
        {collection.CaseState.CLOSED_PAID, collection.CaseState.CLOSED_WRITTEN_OFF},
        29,
    ),
    "action": (
        collection.ActionState,
        collection.ActionMove,
        collection.ACTION_MOVES,
        {collection.ActionState.DONE, collection.ActionState.CANCELLED},
        9,
    ),
    "letter": (
        letters.LetterState,
        letters.LetterMove,
        letters.LETTER_MOVES,
        {letters.LetterState.POSTED},
        9,
    ),
    "promise": (
        collection.PromiseState,
        collection.PromiseMove,
        collection.PROMISE_MOVES,
        {
            collection.PromiseState.KEPT,
            collection.PromiseState.BROKEN,
            collection.PromiseState.REPLACED,
        },
        3,
    ),
    "plan": (
        collection.PlanState,
        collection.PlanMove,
        collection.PLAN_MOVES,
        {
            collection.PlanState.COMPLETED,
            collection.PlanState.REPLANNED,
            collection.PlanState.DECLINED,
            collection.PlanState.CANCELLED,
        },
        14,
    ),
    "claim": (
        insurance.ClaimState,
        insurance.ClaimMove,
        insurance.CLAIM_MOVES,
        {insurance.ClaimState.CLOSED},
        22,
    ),
    "deadline": (
        insurance.DeadlineState,
        insurance.DeadlineMove,
        insurance.DEADLINE_MOVES,
        set(insurance.DeadlineState) - {insurance.DeadlineState.OPEN},
        3,
    ),
    "scorecard": (scoring.CardState, scoring.CardMove, scoring.CARD_MOVES, set(), 8),
}
EACH = pytest.mark.parametrize(
    ("states", "moves", "table", "final", "cells"), TABLES.values(), ids=TABLES
)


def test_no_state_table_of_a_room_is_left_out():
    named = {
        name
        for room in (collection, insurance, letters, scoring)
        for name, value in vars(room).items()
        if name.endswith("_MOVES") and isinstance(value, dict)
    }
    assert len(named) == len(TABLES), named


@EACH
def test_a_cell_of_the_table_leads_on_and_any_other_is_refused(states, moves, table, final, cells):
    allowed = 0
    for state, move in itertools.product(states, moves):
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


@EACH
def test_every_state_is_reached_and_only_final_ones_stay(states, moves, table, final, cells):
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
    assert {move for _, move in table} == set(moves)
