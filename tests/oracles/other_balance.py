"""Run in `.venv-oracles`, never in the tests' own process: StatsPAI's balance of two arms.

Reads from standard input {"arm": [...], "columns": {name: [...], ...}} and prints the standardised differences.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import pandas as pd  # noqa: E402  after the filter
import statspai as sp  # noqa: E402

given = json.load(sys.stdin)
table = pd.DataFrame(given["columns"]).assign(arm=given["arm"])
found = sp.balance_table(table, "arm", list(given["columns"]), output="dataframe", fmt="%.10f")
print(json.dumps({name: float(found.loc[name, "SMD"]) for name in given["columns"]}))
