"""What the data say: the frozen values that an evaluation hands to the gate. No rule is applied here."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Estimate:
    """An effect, treated minus comparison, in the outcome's units, with its uncertainty.

    `df`: degrees of freedom of the t reference, None where the normal is used. `interval`: two-sided at `level`,
    widened to the boundary where this is one of several looks. `p_value`: two-sided, of no effect, at this look alone.
    `clusters`: how many, None where units stand alone.
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
class Alternative:
    """The effect if an assumption is given up, in the outcome's units; `says`: what is given up, in a few words.

    `estimate` is None where only bounds are known.
    """

    says: str
    estimate: float | None
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Screen:
    """One check of the data's honesty, or of an assumption of the design.

    `flag`: it asks a question that blocks "scale" until it is answered. `why`: one sentence with the figures.
    `instead`: the effect without the assumption, where it can be told.
    """

    name: str
    flag: bool
    statistic: float | None
    why: str
    p_value: float | None = None
    instead: Alternative | None = None


@dataclass(frozen=True, slots=True)
class Further:
    """A figure beside the effect that decides nothing: another estimator, one period, one cohort.

    `kind` "warning": an estimate that must not be used alone. `interval` at `level`. None where a figure cannot be
    computed; `why` then says the reason, else how to read it.
    """

    name: str
    estimate: float | None
    std_error: float | None = None
    interval: tuple[float, float] | None = None
    level: float | None = None
    df: float | None = None
    p_value: float | None = None
    why: str = ""
    kind: Literal["estimate", "warning", "period", "group"] = "estimate"


@dataclass(frozen=True, slots=True)
class SecondaryOutcome:
    """The effect on one further outcome, in its own units: told, and never read by the rule.

    `interval`: two-sided at 95% at every look. `p_value`: two-sided, of no effect. `p_holm`: the same adjusted for how
    many further outcomes the protocol names. `better`: "higher" or "lower". `worth_having`: None where none is stated.
    `refused`: one sentence where it cannot be estimated; all figures are then None.
    """

    column: str
    name: str
    better: Literal["higher", "lower"]
    worth_having: float | None = None
    estimate: float | None = None
    std_error: float | None = None
    df: float | None = None
    interval: tuple[float, float] | None = None
    p_value: float | None = None
    p_holm: float | None = None
    n: int | None = None
    refused: str | None = None

    @property
    def moved(self) -> Literal["better", "worse", ""]:
        """Which way the whole interval lies; "" where it holds no difference or there is none."""
        if self.interval is None:
            return ""
        low, high = self.interval if self.better == "higher" else (-self.interval[1], -self.interval[0])
        return "better" if low > 0 else "worse" if high < 0 else ""


@dataclass(frozen=True, slots=True)
class Point:
    """One mark of a picture. `low`, `high`: its interval; in a series of bars, where the bar begins and ends on x."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Marks that belong together, drawn as `style` says."""

    name: str
    style: Literal["points", "line", "step", "bars"]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line: a cut-off, a start, an interruption."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What a plot shows, as figures. `sentence`: what is seen, in plain words. `zero`: y = 0 is drawn as a line."""

    name: str
    title: str
    sentence: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    zero: bool = False


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
    """All that one look at the data found. `missing`: rows left out because the outcome was missing, by arm.

    `backend`: the engine in which the data lie, "" for files; `data_sha256` is then of counts and sums, not of rows.
    """

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
    backend: str = ""
    further: tuple[Further, ...] = ()
    pictures: tuple[Picture, ...] = ()
    secondary: tuple[SecondaryOutcome, ...] = ()
