"""The verdict as one HTML file: a council member reads the top in a minute, an auditor follows it to the end.

`figures` writes numbers in the outcome's units, `words` says what a verdict means, `promise`, `found` and `could` say
what was promised, found and could have been shown, `plots` places marks in per cent of the width, `page` puts them into
the templates, `from_record` adds what the record knows. Nothing is fetched from anywhere, nothing runs, and the same
evaluation gives the same bytes. `opinion` and its files do the same for an opinion map.
"""

from clew.report.from_record import report_of
from clew.report.opinion import render_opinion
from clew.report.page import render_report
from clew.report.plots import LookPoint

__all__ = ["LookPoint", "render_opinion", "render_report", "report_of"]
