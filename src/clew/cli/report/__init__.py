"""The verdict as one HTML file: a council member reads the top in a minute, an auditor follows it to the end.

`figures` writes numbers in the outcome's units, `words` says what a verdict means, `promise` and `found` say what was
promised and found, `plots` places marks in per cent of the width, `page` puts them into the templates. Nothing is
fetched from anywhere, nothing runs, and the same evaluation gives the same bytes.
"""

from clew.cli.report.page import render_report
from clew.cli.report.plots import LookPoint

__all__ = ["LookPoint", "render_report"]
