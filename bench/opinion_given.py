"""clew's own map where dimensions and groups are given: what is comparable with Polis' formulas."""

import numpy as np

from clew.deliberate.conversation import Conversation
from clew.deliberate.fit import fit_all
from clew.deliberate.held_out import USUAL_FLOOR
from clew.deliberate.mapped import ground_of
from clew.deliberate.mixture import find_mixture
from clew.deliberate.policy import Policy
from clew.deliberate.positions import positions_of


def given(made: Conversation) -> object:
    """Positions and their doubt, two groups and common ground, with two dimensions and the usual shrinkage given."""
    positions = positions_of(fit_all(made.votes, 2, USUAL_FLOOR, 0))
    mixture = find_mixture(positions.place[positions.placed], 2, np.random.default_rng(0))
    member = mixture.membership(positions.place)
    return ground_of(made, np.where(positions.placed, member.argmax(1), -1), 2, Policy())
