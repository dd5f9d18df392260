"""Numbers as people write them."""

import numpy as np


def plain(value: float, digits: int = 3) -> str:
    """Return a number with so many digits that count, never with an exponent.

    >>> plain(1783.2), plain(0.000017), plain(0.1500), plain(1e6, 6)
    ('1780', '0.000017', '0.15', '1000000')
    """
    return np.format_float_positional(value, precision=digits, fractional=False, unique=False, trim="-")
