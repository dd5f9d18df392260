"""Addresses of the record: pages for people, and the files of a C2SP tlog-tiles log for verifiers."""

from django.urls import path, re_path

from clew.web.record import files, views

urlpatterns = [
    path("", views.record, name="record"),
    path("check", views.check, name="record-check"),
    path("entries", views.entries, name="record-entries"),
    path("entries/<int:index>", views.entry, name="record-entry"),
    path("entries/<int:index>.json", files.content, name="record-entry-bytes"),
    path("entries/<int:index>.tlog-proof", files.proof, name="record-proof"),
    re_path(r"^documents/(?P<sha256>[0-9a-f]{64})\Z", files.document, name="record-document"),
    path("verify.py", files.verifier, name="record-verifier"),
    re_path(files.PUBLIC_FILES, files.file, name="record-file"),
]
