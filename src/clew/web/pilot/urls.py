"""Addresses of the app `pilot`."""

from django.urls import path, register_converter

from clew.web.identifiers import PilotId
from clew.web.pilot import assigning, draft_amend, draft_review, drafts, drafts_begin, pages

register_converter(PilotId, "pilot")

urlpatterns = [
    path("pilots/<pilot:pilot>", pages.pilot, name="pilot"),
    path("pilots/<pilot:pilot>/protocol.toml", pages.protocol, name="pilot-protocol"),
    path("pilots/<pilot:pilot>/report.html", pages.report, name="pilot-report"),
    path("pilots/<pilot:pilot>/receipt", draft_review.receipt, name="draft-receipt"),
    path("cases/<case:case_id>/pilots/new", drafts_begin.new, name="draft-new"),
    path("drafts/<uuid:key>", drafts.draft, name="draft"),
    path("drafts/<uuid:key>/review", draft_review.review, name="draft-review"),
    path("drafts/<uuid:key>/try", draft_review.try_out, name="draft-try"),
    path("drafts/<uuid:key>/tried", draft_review.tried, name="draft-tried"),
    path("pilots/<pilot:pilot>/assign", assigning.assign, name="pilot-assign"),
    path("pilots/<pilot:pilot>/assignment.csv", assigning.assignment, name="pilot-assignment"),
    path("pilots/<pilot:pilot>/amend", draft_amend.start, name="pilot-amend"),
    path("drafts/<uuid:key>/amend", draft_amend.put, name="draft-amend"),
    path("drafts/<uuid:key>/lock", draft_review.lock, name="draft-lock"),
    path("drafts/<uuid:key>/protocol.toml", drafts.export, name="draft-export"),
    path("drafts/<uuid:key>/remove", drafts.remove, name="draft-remove"),
    path("drafts/<uuid:key>/<slug:slug>", drafts.step, name="draft-step"),
]
