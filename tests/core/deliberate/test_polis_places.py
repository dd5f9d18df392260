"""Polis' components and places against the dense matrix with missing votes filled in, as its formulas are written."""

import numpy as np
import pytest

from clew.deliberate.conversation import Conversation
from clew.deliberate.polis.matrix import matrix_of
from clew.deliberate.polis.pca import centre_of, components_of, residuals_of
from clew.deliberate.polis.polis_map import polis_map
from polis_conversations import a_conversation, dense, of_votes

FEW = a_conversation(60, 12, seed=1, left_out=(2, 7), meta=(4,))
MANY = a_conversation(300, 90, seed=2, left_out=(0, 31, 89), meta=(5, 6))


def filled(conversation: Conversation) -> np.ndarray:
    x = dense(conversation)
    return np.where(np.isnan(x), np.nanmean(x, axis=0), x)


def turned(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """What was found, each component with the sign of the one expected."""
    return found * np.sign(np.sum(found * expected, axis=-1, keepdims=True))


@pytest.mark.parametrize("conversation", [FEW, MANY], ids=["few columns", "many columns"])
def test_components_are_the_singular_vectors_of_the_filled_matrix(conversation: Conversation) -> None:
    x = filled(conversation)
    expected = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][:2]
    found = polis_map(conversation)
    assert np.allclose(found.centre, x.mean(axis=0), atol=1e-14)
    assert np.allclose(turned(found.components, expected), expected, atol=1e-12)


@pytest.mark.parametrize("conversation", [FEW, MANY], ids=["few columns", "many columns"])
def test_places_are_stretched_by_the_empty_cells_of_the_row(conversation: Conversation) -> None:
    x, found = dense(conversation), polis_map(conversation)
    for row, place in zip(x, found.positions, strict=True):
        given = np.flatnonzero(~np.isnan(row))
        summed = sum((row[t] - found.centre[t]) * found.components[:, t] for t in given)
        assert place == pytest.approx(np.sqrt(x.shape[1] / len(given)) * summed, abs=1e-12)


def test_a_statement_stands_where_a_lone_agree_would_put_somebody() -> None:
    found, columns = polis_map(MANY), len(MANY.statements)
    for t in (1, 40, 31):
        place = np.sqrt(columns) * (1 - found.centre[t]) * found.components[:, t]
        assert found.statement_positions[t] == pytest.approx(place, abs=1e-14)
        assert found.extremity[t] == pytest.approx(np.sqrt(np.sum(place**2)), abs=1e-14)
    assert found.extremity[31] == 0


def test_the_largest_entry_of_a_component_is_positive() -> None:
    for conversation in (FEW, MANY):
        for component in polis_map(conversation).components:
            assert component[np.argmax(np.abs(component))] > 0


def test_votes_that_span_one_line_have_one_component() -> None:
    votes = a_conversation(20, 3, seed=3, share=5.0).votes
    alike = votes.of_statements(np.array([True, False, False]))
    for conversation in (of_votes(alike), of_votes(votes.of_voters(np.arange(20) < 2))):
        first, second = polis_map(conversation).components
        assert np.linalg.norm(first) == pytest.approx(1)
        assert not second.any()


def test_both_ways_to_the_components_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = matrix_of(MANY)
    residuals = residuals_of(matrix, centre_of(matrix))
    by_steps = components_of(residuals)
    monkeypatch.setattr("clew.deliberate.polis.pca.DENSE_UP_TO", 1000)
    assert np.allclose(components_of(residuals), by_steps, atol=1e-12)


def test_a_statement_that_nobody_voted_on_is_no_column() -> None:
    """Statements come with their file whether or not they were voted on; Polis' matrix has no column for these."""
    votes = a_conversation(40, 12, seed=4).votes
    unvoted = of_votes(votes.of_voters(np.arange(40) < 40), left_out=(3,))
    empty = np.isin(votes.statement, [5], invert=True)
    with_empty = of_votes(votes.where(empty), left_out=(3, 5))
    without = of_votes(votes.where(empty).of_statements(np.arange(12) != 5), left_out=(3,))
    assert np.allclose(polis_map(with_empty).positions, polis_map(without).positions, atol=1e-14)
    assert not np.allclose(polis_map(with_empty).positions, polis_map(unvoted).positions)
