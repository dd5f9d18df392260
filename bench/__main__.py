"""Run all benches one after the other, or those named: `python -m bench evaluate covariates`."""

import sys
from importlib import import_module

BENCHES = ("record", "characteristics", "evaluate", "covariates", "designs", "backends", "opinion", "opinion_sizes")

for name in sys.argv[1:] or BENCHES:
    print(f"== {name}", flush=True)
    import_module(f"bench.{name}").main()
