"""Operating characteristics: made-up pilots through the whole code, beside the barest simulation of the same count.

Twelve clusters, two looks, two equity groups, every rule of the gate; 2,000 trials on two cores must take under 20 s.
The yardstick draws the same clusters and rows and does nothing but the t-test of cluster means.
"""

import time
from datetime import date
from decimal import Decimal

import numpy as np
from scipy.special import stdtr

from clew.gate.characteristics import characteristics, figure
from clew.gate.simulate import draw
from clew.gate.world import Scenario, World, scenarios, world_of
from clew.pilot.protocol import Cost, Design, Equity, Looks, Outcome, Pilot, Population, Protocol, ScaleRule, Size

TRIALS, WORKERS, LIMIT_SECONDS = 2_000, 2, 20.0

PROTOCOL = Protocol(
    pilot=Pilot("bench", "Joint first visits", "Alarms work more often", "none", "bench", synthetic=True),
    population=Population("home", "first assessments"),
    design=Design("cluster-randomised", "arm", "control", "difference", "cr2", cluster="district"),
    outcome=Outcome("safe", "proportion", "higher", 0.15),
    looks=Looks("obrien-fleming", 2, 0.05),
    size=Size(units=624, clusters=12, icc=0.03, baseline=0.55, cluster_size_cv=0.3),
    scale=ScaleRule(0.0, Decimal("1000.00"), no_group_harmed=True, no_group_under_reached=True),
    equity=(Equity("tongue", 0.0, (("Danish", 0.91), ("other", 0.09)), 0.8),),
    cost=Cost("EUR", Decimal("125.00")),
    stop_effect_upper_bound_below=0.05,
    decision_by=date(2027, 6, 1),
)


def bare_t_tests(world: World, scenario: Scenario, trials: int) -> float:
    """Draw the same rows and test cluster means, twice a trial; return the share of p-values below 0.05."""
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(trials):
        drawn = draw(PROTOCOL, world, scenario, rng)
        for look in (1, 2):
            rows = drawn.at(look)
            district, safe = rows["district"], rows["safe"]
            means = np.bincount(district, safe) / np.bincount(district)
            treated = np.bincount(district, rows["arm"] == "treated") > 0
            arms = means[treated], means[~treated]
            error = np.sqrt(sum(arm.var(ddof=1) / len(arm) for arm in arms))
            hits += 2 * stdtr(10, -abs(arms[0].mean() - arms[1].mean()) / error) < 0.05
    return hits / (2 * trials)


def main() -> None:
    """Print seconds, their limit, and how many times the yardstick's."""
    world = world_of(PROTOCOL)
    tried = scenarios(PROTOCOL, world)
    began = time.perf_counter()
    found = characteristics(PROTOCOL, trials=TRIALS, workers=WORKERS)
    taken = time.perf_counter() - began
    began = time.perf_counter()
    for scenario in tried:
        bare_t_tests(world, scenario, TRIALS)
    bare = time.perf_counter() - began
    each = taken / len(tried)
    print(f"operating characteristics, {WORKERS} processes: {TRIALS} trials in each of {len(tried)} scenarios")
    print(f"  {taken:6.1f} s in all, {each:.1f} s a scenario of {TRIALS} trials (limit {LIMIT_SECONDS:.0f} s)")
    print(f"  {bare:6.1f} s for the bare drawing and t-tests in one process; ratio {taken / bare:.2f}")
    for row in found.headline:
        print(f"  {row.probability}: {figure(row)}")


if __name__ == "__main__":
    main()
