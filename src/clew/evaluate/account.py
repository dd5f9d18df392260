"""The costs side of the public value account: what the treatment cost, and what one more good outcome cost.

Source: Moore (2013), "Recognizing Public Value", ch. 1 (the account's left side); incremental cost-effectiveness ratio:
Drummond et al. (2015), "Methods for the Economic Evaluation of Health Care Programmes", 4th ed., ch. 4.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from clew.evaluate.finding import Account, Estimate
from clew.pilot.protocol import Cost, Outcome

_MINOR_DIGITS = dict.fromkeys(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ),
    0,
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
"""Digits after the point where they are not two (ISO 4217, list one)."""

_WIDE: Final = Context(prec=700, rounding=ROUND_HALF_EVEN)
"""Digits enough for any amount over the smallest gain that a float can hold."""


def account(
    cost: Cost | None, outcome: Outcome, effect: Estimate, *, units_treated: int, over: float | None = None
) -> Account:
    """Return what the treated units cost in all, and the cost of one more unit of good outcome.

    `units_treated` counts every treated unit, also those whose outcome is missing: they were paid for. `over`: what the
    effect on all of them is the effect times, where that is not their number. Money is exact and rounded half to even,
    once, to the currency's minor unit. Without an improvement no cost per outcome exists.
    """
    if cost is None:
        return Account(why="The protocol registers no cost.")
    paid = _WIDE.multiply(cost.per_treated_unit, Decimal(units_treated))
    total = in_minor_units(paid, cost.currency)
    gain = outcome.sign * effect.estimate
    if gain <= 0:
        return Account(total, None, cost.currency, "No improvement was found, so no outcome was bought.")
    spent = cost.per_treated_unit if over is None else _WIDE.divide(paid, Decimal(over))
    each = in_minor_units(_WIDE.divide(spent, Decimal(gain)), cost.currency)
    return Account(total, each, cost.currency)


def in_minor_units(amount: Decimal, currency: str) -> Decimal:
    """Return the amount rounded half to even to the currency's minor unit (ISO 4217).

    >>> in_minor_units(Decimal("0.125"), "EUR"), in_minor_units(Decimal("2.5"), "JPY")
    (Decimal('0.12'), Decimal('2'))
    """
    return amount.quantize(Decimal(1).scaleb(-_MINOR_DIGITS.get(currency, 2)), context=_WIDE)
