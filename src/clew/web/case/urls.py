"""Addresses of cases."""

from django.urls import path, register_converter

from clew.web.case import doing, feed, views
from clew.web.identifiers import CaseId

register_converter(CaseId, "case")

urlpatterns = [
    path("", views.home, name="home"),
    path("decisions.atom", feed.decisions, name="decisions"),
    path("cases/new", doing.new, name="case-new"),
    path("cases/<case:case_id>", views.case, name="case"),
    path("cases/<case:case_id>/do/<slug:slug>", doing.do, name="case-do"),
]
