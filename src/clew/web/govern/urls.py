"""Addresses of the app `govern`."""

from django.urls import path

from clew.web.govern import views

urlpatterns = [
    path("", views.people, name="people"),
    path("me", views.me, name="me"),
    path("invite", views.invite, name="invite"),
    path("<int:account_id>", views.person, name="person"),
    path("<int:account_id>/invite", views.invite_again, name="invite-again"),
    path("<int:account_id>/office", views.office, name="office"),
    path("<int:account_id>/steward", views.steward, name="steward"),
    path("<int:account_id>/close", views.close, name="close-account"),
]
