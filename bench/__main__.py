"""Run all benches one after the other: `python -m bench [evaluate] [record] [characteristics]`."""

import sys
from importlib import import_module

BENCHES = ("record", "characteristics", "evaluate")

for name in sys.argv[1:] or BENCHES:
    print(f"== {name}", flush=True)
    import_module(f"bench.{name}").main()
