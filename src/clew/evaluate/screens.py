"""Checks of the data's honesty. Each asks one question; a flagged one blocks "scale" until somebody answers it.

A new screen is one function that returns a `Screen`, and one line in the `beside` of the designs that it suits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtr, stdtr

from clew.evaluate.balance import Balance
from clew.evaluate.finding import LookAt, Randomisation, Screen

ATTRITION_P: Final = 0.01
"""Missing outcomes are questioned below this p-value: one false alarm in a hundred sound pilots."""

RATIO_P: Final = 0.001
"""Arm sizes are questioned below this p-value (Fabijan et al. 2019, §3.1: a strict limit, as the check is routine)."""

BALANCE_P: Final = 0.001
"""Baseline differences are questioned below this p-value: as with arm sizes, the check is routine, and adjusting for
the columns already takes care of what chance alone leaves."""


@dataclass(frozen=True, slots=True)
class Followed:
    """How many units of one cluster (or of one arm, where units are randomised) were dealt in, and how many were lost.

    `assigned` counts those with a missing outcome too; `missing` counts those alone.
    """

    treated: bool
    assigned: int
    missing: int


def differential_attrition(followed: Sequence[Followed], *, clustered: bool) -> Screen:
    """Ask whether outcomes are missing more often in one arm than in the other.

    Where clusters were randomised the shares are compared by a t-test over clusters (ratio estimator in each arm, its
    variance between clusters); otherwise by the two-sample test of shares.

    Source: What Works Clearinghouse (2022), "Procedures and Standards Handbook" 5.0, ch. III; Cochran (1977),
    "Sampling Techniques", §6.
    """
    name = "differential attrition"
    if not any(cluster.missing for cluster in followed):
        return Screen(name, flag=False, statistic=0.0, why="No outcome is missing.")
    arms = [[cluster for cluster in followed if cluster.treated is treated] for treated in (True, False)]
    shares = [_share_missing(arm) for arm in arms]
    said = f"Outcomes are missing for {shares[0]:.1%} of the treated and {shares[1]:.1%} of the comparison"
    if clustered and min(len(arm) for arm in arms) < 2:
        return Screen(name, flag=False, statistic=None, why=f"{said}; one cluster in an arm cannot be tested.")
    error = _error_by_cluster(arms) if clustered else _error_by_unit(followed)
    if error == 0:
        differ = shares[0] != shares[1]
        return Screen(name, flag=differ, statistic=None, why=f"{said}, in every cluster alike.")
    statistic = float((shares[0] - shares[1]) / error)
    p = 2 * float(stdtr(len(followed) - 2, -abs(statistic)) if clustered else ndtr(-abs(statistic)))
    question = ": are those who were lost like those who stayed?" if p < ATTRITION_P else ", no more than chance does."
    return Screen(name, flag=p < ATTRITION_P, statistic=statistic, why=f"{said} (p = {p:.2g}){question}")


def _share_missing(arm: Sequence[Followed]) -> float:
    assigned = sum(cluster.assigned for cluster in arm)
    return sum(cluster.missing for cluster in arm) / assigned if assigned else 0.0


def _error_by_cluster(arms: Sequence[Sequence[Followed]]) -> float:
    """Return the standard error of the difference in shares, from how clusters differ about their arm's share."""
    variance = 0.0
    for arm in arms:
        share = _share_missing(arm)
        scatter = sum((cluster.missing - share * cluster.assigned) ** 2 for cluster in arm)
        assigned = sum(cluster.assigned for cluster in arm)
        variance += len(arm) / (len(arm) - 1) * scatter / assigned**2
    return float(np.sqrt(variance))


def _error_by_unit(followed: Sequence[Followed]) -> float:
    """Return the standard error of the difference in shares if both arms lose the same share."""
    share = _share_missing(followed)
    sizes = [sum(part.assigned for part in followed if part.treated is treated) for treated in (True, False)]
    return float(np.sqrt(share * (1 - share) * sum(1 / size for size in sizes)))


def sample_ratio_mismatch(treated: int, comparison: int, treated_share: float) -> Screen:
    """Ask whether the arms are as large as the registered share of treated units makes them, up to chance.

    `treated`, `comparison`: units dealt in, lost ones too. A mismatch says that somebody chose, or that rows were lost.

    Source: Fabijan et al. (2019), "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD.
    """
    units = treated + comparison
    statistic = float((treated - units * treated_share) / np.sqrt(units * treated_share * (1 - treated_share)))
    p = 2 * float(ndtr(-abs(statistic)))
    said = f"{treated} of {units} units are treated, registered {treated_share:.0%} (p = {p:.2g})"
    question = ": how were the arms dealt, and were rows lost?" if p < RATIO_P else ", as chance deals."
    return Screen("sample-ratio mismatch", flag=p < RATIO_P, statistic=statistic, why=said + question)


def chance_imbalance(found: Balance) -> Screen:
    """Ask whether the arms differ at baseline, all columns together, by more than chance deals.

    Source: Hansen & Bowers (2008), Covariate balance in simple, stratified and clustered comparative studies,
    Statistical Science 23(2).
    """
    name, test = "baseline balance", found.omnibus
    if test is None:
        why = f"Whether the arms differ at baseline by more than chance deals cannot be tested: {found.cannot}."
        return Screen(name, flag=False, statistic=None, why=why)
    flag, by = test.p_value < BALANCE_P, f", of {test.deals} deals" if test.deals else ""
    figures = f"d² = {test.statistic:.3g} on {test.rank}, p = {test.p_value:.2g}{by}"
    said = "Among those with an outcome, the arms differ at baseline"
    if flag:
        why = f"{said} by more than chance deals ({figures}{_most(found)}): how were they dealt, and who was lost?"
    else:
        why = f"{said} no more than chance deals ({figures})."
    if test.least_p >= BALANCE_P:
        why = f"{why} With so few clusters no difference, however large, has p below {BALANCE_P}."
    return Screen(name, flag, test.statistic, why, test.p_value)


def _most(found: Balance) -> str:
    """Name the column that differs most, of those that may be told."""
    known = [
        (abs(one.standardised), one.name, one.standardised) for one in found.columns if one.told and one.standardised
    ]
    if not known:
        return ""
    _, name, standardised = max(known)
    return f"; most: {name}, by {standardised:+.2f} standard deviations"


def few_clusters_disagreement(interval: tuple[float, float], test: Randomisation, look: LookAt) -> Screen:
    """Ask what to believe where the interval excludes no effect but the randomisation test does not.

    With few clusters the t reference is an approximation, and dealing the clusters anew is not. Both are held against
    this look's own p-value limit.

    Source: Gerber & Green (2012), "Field Experiments", §3.6; Young (2019), Quarterly Journal of Economics 134.
    """
    says_yes = interval[0] > 0 or interval[1] < 0
    disagrees = says_yes and test.p_value > look.nominal_p
    limit = f"{test.p_value:.3g} against this look's limit of {look.nominal_p:.3g}"
    if disagrees:
        why = f"The interval shows an effect, but the randomisation test gives p = {limit}: are the clusters too few?"
    else:
        why = f"The randomisation test (p = {limit}) does not contradict the interval."
    return Screen("few-clusters disagreement", flag=disagrees, statistic=test.p_value, why=why)
