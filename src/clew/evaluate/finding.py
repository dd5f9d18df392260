"""What the data say: the frozen values that an evaluation hands to the gate. No rule is applied here."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Estimate:
    """An effect, treated minus comparison, in the outcome's units, with its uncertainty.

    `df`: degrees of freedom of the t reference, None where the normal is used. `interval`: two-sided at `level`,
    widened
    to the boundary where this is one of several looks. `p_value`: two-sided, of no effect, at this look alone.
    `clusters`: how many, None where units were randomised.
    """

    estimate: float
    std_error: float
    df: float | None
    interval: tuple[float, float]
    level: float
    p_value: float
    n: int
    clusters: int | None
    n_treated: int
    n_comparison: int
    mean_treated: float
    mean_comparison: float
    icc: float | None = None


@dataclass(frozen=True, slots=True)
class LookAt:
    """Which of the looks this is. `of`: looks planned; `extensions`: looks after those that the protocol allows.

    `boundary`: |estimate / std_error| must reach it, on the t scale of the estimate. `boundary_z`: the same on the
    normal scale. `nominal_p`: the two-sided p-value limit. `information`: share of the planned information, 0 to 1.
    """

    method: str
    look: int
    of: int
    extensions: int
    boundary: float
    boundary_z: float
    nominal_p: float
    information: float


@dataclass(frozen=True, slots=True)
class EquityGroup:
    """The effect in one group, and how far the group was reached.

    `reach`: share among the treated over share among the eligible. `hidden`: fewer than ten units in an arm, so figures
    are None. `n` may also be None beside a hidden group, so that no subtraction gives it away. `under_reached` and
    `harmed` are judged even where figures are hidden. `why`: one sentence where a figure is None.
    """

    column: str
    group: str
    n: int | None
    estimate: float | None
    interval: tuple[float, float] | None
    reach: float | None
    harmed: bool
    hidden: bool
    under_reached: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """One check of the data's honesty. `flag`: it asks a question that blocks "scale" until it is answered."""

    name: str
    flag: bool
    statistic: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Account:
    """Costs. `cost_total`: of the treated units; `cost_per_outcome`: cost of one more good outcome, None if none
    gained."""

    cost_total: Decimal | None = None
    cost_per_outcome: Decimal | None = None
    currency: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Randomisation:
    """A randomisation test: share of re-assignments with a difference at least as large, of `draws`; `exact` if all."""

    p_value: float
    draws: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """All that one look at the data found. `missing`: rows left out because the outcome was missing, by arm."""

    design: str
    estimator: str
    standard_errors: str
    effect: Estimate
    look: LookAt
    equity: tuple[EquityGroup, ...]
    screens: tuple[Screen, ...]
    account: Account
    randomisation: Randomisation | None
    evidence_level: int
    missing: tuple[tuple[str, int], ...] = ()
    data_sha256: str | None = None
