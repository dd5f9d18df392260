"""Every address of the service. tests/web/test_every_address.py fails until a new one says who may ask for it."""

from django.urls import include, path

from clew.web import views
from clew.web.govern.administration import site as administration

urlpatterns = [
    path("", include("clew.web.case.urls")),
    path("", include("clew.web.about.urls")),
    path("", include("clew.web.pilot.urls")),
    path("", include("clew.web.evaluate.urls")),
    path("", include("clew.web.gate.urls")),
    path("", include("clew.web.work.urls")),
    path("record/", include("clew.web.record.urls")),
    path("people/", include("clew.web.govern.urls")),
    path("api/", include("clew.web.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", administration.urls),
    path("alive", views.alive, name="alive"),
]
handler400 = views.bad_request
handler403 = views.denied
handler404 = views.not_found
handler500 = views.broken
