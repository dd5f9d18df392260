"""Addresses of acts at the gate."""

from django.urls import path

from clew.web.gate import views
from clew.web.gate.acts import GATE_ACTS

urlpatterns = [
    path(f"pilots/<pilot:pilot>/{one.slug}", views.act, {"slug": one.slug}, name=f"gate-{one.slug}")
    for one in GATE_ACTS
]
