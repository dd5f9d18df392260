"""Addresses of the record: pages for people, and the files of a C2SP tlog-tiles log for verifiers."""

from django.urls import path, re_path

from clew.web.record import views

urlpatterns = [
    path("", views.record, name="record"),
    re_path(views.PUBLIC_FILES, views.file, name="record-file"),
]
