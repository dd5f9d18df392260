"""Operating characteristics: made-up pilots through the whole code, beside the barest simulation of the same count.

Twelve clusters, two looks, two equity groups, every rule of the gate; 2,000 trials on two cores must take under 20 s.
The yardstick draws clusters' sums in bare numpy and does nothing but the t-test of their means.
"""

import resource
import time
from datetime import date
from decimal import Decimal

import numpy as np
from scipy.special import stdtr

from clew.evaluate.world import scenarios, world_of
from clew.gate.characteristics import characteristics, figure
from clew.pilot.protocol import Cost, Design, Equity, Looks, Outcome, Pilot, Population, Protocol, ScaleRule, Size

TRIALS, WORKERS, LIMIT_SECONDS = 2_000, 2, 20.0

PROTOCOL = Protocol(
    pilot=Pilot("bench", "Joint first visits", "Alarms work more often", "none", "bench", synthetic=True),
    population=Population("home", "first assessments"),
    design=Design("cluster-randomised", "difference", "cr2", "arm", "control", cluster="district"),
    outcome=Outcome("safe", "proportion", "higher", 0.15),
    looks=Looks("obrien-fleming", 2, 0.05),
    size=Size(units=624, clusters=12, icc=0.03, baseline=0.55, cluster_size_cv=0.3),
    scale=ScaleRule(0.0, Decimal("1000.00"), no_group_harmed=True, no_group_under_reached=True),
    equity=(Equity("tongue", 0.0, (("Danish", 0.91), ("other", 0.09)), 0.8),),
    cost=Cost("EUR", Decimal("125.00")),
    stop_effect_upper_bound_below=0.05,
    decision_by=date(2027, 6, 1),
)


def bare_t_tests(effect: float, trials: int) -> float:
    """Draw cluster sums of two looks and test cluster means; return the share of p-values below 0.05."""
    rng = np.random.default_rng(1)
    shares = np.repeat([0.55, 0.55 + effect], 6)
    spread = (1 - 0.03) / 0.03
    hits = 0
    for _ in range(trials):
        safe = np.zeros(12)
        chance = rng.beta(shares * spread, (1 - shares) * spread)
        for look in (1, 2):
            safe += rng.binomial(26, chance)
            means = safe / (26 * look)
            error = np.sqrt(sum(arm.var(ddof=1) / 6 for arm in (means[:6], means[6:])))
            hits += 2 * stdtr(10, -abs(means[6:].mean() - means[:6].mean()) / error) < 0.05
    return hits / (2 * trials)


def main() -> None:
    """Print seconds, their limit, and how many times the yardstick's."""
    tried = scenarios(PROTOCOL, world_of(PROTOCOL))
    began = time.perf_counter()
    found = characteristics(PROTOCOL, trials=TRIALS, workers=WORKERS)
    taken = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = (used.ru_utime + used.ru_stime) / WORKERS
    began = time.perf_counter()
    for scenario in tried:
        bare_t_tests(scenario.effect, TRIALS)
    bare = time.perf_counter() - began
    each = taken / len(tried)
    print(f"operating characteristics, {WORKERS} processes: {TRIALS} trials in each of {len(tried)} scenarios")
    print(f"  {taken:6.1f} s in all, {each:.1f} s a scenario of {TRIALS} trials (limit {LIMIT_SECONDS:.0f} s)")
    print(f"  {busy:6.1f} s of it at work, each process; the rest waited for other programs")
    print(f"  {bare:6.1f} s for the bare drawing and t-tests in one process; ratio {taken / bare:.2f}")
    for row in found.headline:
        print(f"  {row.probability}: {figure(row)}")


if __name__ == "__main__":
    main()
