"""Run all benches one after the other: `python -m bench [evaluate] [designs] [backends] [record] [characteristics]`."""

import sys
from importlib import import_module

BENCHES = ("record", "characteristics", "evaluate", "designs", "backends")

for name in sys.argv[1:] or BENCHES:
    print(f"== {name}", flush=True)
    import_module(f"bench.{name}").main()
