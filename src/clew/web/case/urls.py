"""Addresses of cases."""

from django.urls import path, register_converter

from clew.web.case import views
from clew.web.identifiers import CaseId

register_converter(CaseId, "case")

urlpatterns = [
    path("", views.home, name="home"),
    path("cases/<case:case_id>", views.case, name="case"),
]
