"""Django's administration as a window: stewards see every table, and nobody changes anything through it.

What is on the record changes at the desk alone, and what is about people on the pages of `clew.web.govern`.
"""

from functools import update_wrapper
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver

from clew.errors import DeniedError

# model: why no steward sees it
NOT_SHOWN = {
    "sessions.Session": "a session's key lets in whoever reads it",
    "contenttypes.ContentType": "Django's own list of tables",
    "auth.Permission": "nothing here is granted by it",
    "auth.Group": "nothing here is granted by it",
    "socialaccount.SocialApp": "the provider is configured by CLEW_OIDC_*",
    "socialaccount.SocialToken": "tokens are not kept",
}
# model: fields that are secrets, or could be used as one
SECRETS = {
    "govern.Account": ("password",),
    "mfa.Authenticator": ("data",),
    "account.EmailConfirmation": ("key",),
    "socialaccount.SocialAccount": ("extra_data",),
}
AT_ONCE = 8
NOT_HERE = {"login", "logout", "password_change", "password_change_done", "autocomplete", "view_on_site"}

AdminView = Any  # a view; Django's stubs type it more narrowly than Django does


def shown_fields(model: type[models.Model]) -> list[str]:
    """Return the fields of a table that stewards see: neither secrets nor blobs."""
    hidden = SECRETS.get(model._meta.label, ())
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.name not in hidden and not isinstance(field, models.BinaryField)
    ]


class Window(admin.ModelAdmin[Any]):
    """One table, to be looked at."""

    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the first few columns."""
        return tuple(shown_fields(self.model)[:AT_ONCE])

    def get_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        """Return all columns but secrets and blobs."""
        return tuple(shown_fields(self.model))

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody deletes."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Stewards look."""
        return self.admin_site.has_permission(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """No filter from the address: by one on a hidden column a secret could be read letter by letter."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses at which one looks; there are none at which one changes."""
        return [one for one in super().get_urls() if (one.name or "").endswith(("_changelist", "_change", "_history"))]


class ForStewards(admin.AdminSite):
    """The administration of stewards."""

    site_header = site_title = "Everything in the database, read only"
    index_title = "Tables"
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may look."""
        return bool(request.user.is_active and getattr(request.user, "is_steward", False))

    def admin_view(self, view: AdminView, cacheable: bool = False) -> AdminView:  # noqa: FBT001, FBT002  # as Django's
        """Guard a page of the administration: others are sent to sign in, or told that it is not theirs."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # Any: as the view's
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise DeniedError("this page is for stewards.", do="Ask one of those who look after accounts here.")
            answer: HttpResponse = inner(request, *args, **kwargs)
            return answer

        return update_wrapper(guarded, view)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses of the window; signing in and out is done where it is done for all pages."""
        return [one for one in super().get_urls() if getattr(one, "name", None) not in NOT_HERE]


site = ForStewards(name="admin")
for table in apps.get_models():
    if table._meta.label not in NOT_SHOWN:
        site.register(table, Window)
