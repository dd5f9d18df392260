"""Drawing without repetition so that each one's chance of being among the drawn is exactly what was meant.

Source: Madow (1949), Annals of Mathematical Statistics 20, systematic sampling with unequal chances.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def inclusion(propensity: Floats, count: int) -> Floats:
    """Return the chances of being among `count` drawn (n): in proportion to the propensities, none above 1.

    What exceeds 1 is shared out among the others. Where there are no more than `count`, all are drawn.
    """
    if len(propensity) <= count:
        return np.ones(len(propensity))
    chances = count * propensity
    while (chances > 1).any():
        certain = chances >= 1
        left = count - int(certain.sum())
        rest = propensity * ~certain
        chances = np.where(certain, 1.0, left * rest / rest.sum())
    return chances


def draw(chances: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return which are drawn, in random order, so that whoever stops early leaves all of them the same share.

    chances (n): of being drawn; they sum to a whole number.
    """
    order = rng.permutation(len(chances))
    heights = np.cumsum(chances[order])
    count = round(float(chances.sum()))
    marks = (np.arange(count) + rng.random()) * (heights[-1] / max(count, 1)) if count else np.zeros(0)
    places = np.minimum(np.searchsorted(heights, marks, side="right"), len(chances) - 1)
    return np.asarray(rng.permutation(order[places]))
