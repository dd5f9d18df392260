"""The administration is a window: every table is there, nothing can be changed, and no secret is shown."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.test import Client
from django.urls import reverse

from clew.web.govern.administration import NOT_SHOWN, SECRETS, shown_fields, site

SHOWN = sorted((model for model in apps.get_models() if model in site._registry), key=lambda one: one._meta.label)
TELLING = re.compile(r"password|secret|token|session|^key$|^data$")


def test_every_table_is_shown_or_says_why_not():
    every = {model._meta.label for model in apps.get_models()}
    assert {model._meta.label for model in SHOWN} == every - set(NOT_SHOWN)
    assert set(NOT_SHOWN) <= every
    assert all(NOT_SHOWN.values())


@pytest.mark.parametrize("model", SHOWN, ids=lambda one: one._meta.label)
def test_nobody_adds_changes_or_deletes(model, rf, steward):
    request = rf.get("/admin/")
    request.user = steward
    window = site._registry[model]

    assert window.has_view_permission(request)
    assert not window.has_add_permission(request)
    assert not window.has_change_permission(request)
    assert not window.has_delete_permission(request)
    assert window.get_actions(request) == {}
    ends = {(one.name or "").rpartition("_")[2] for one in window.get_urls()}
    assert ends == {"changelist", "change", "history"}


@pytest.mark.parametrize("model", SHOWN, ids=lambda one: one._meta.label)
def test_no_field_that_sounds_like_a_secret_is_shown(model):
    harmless = {"record.Once.key", "work.Work.key"}
    telling = {name for name in shown_fields(model) if TELLING.search(name)}
    assert {f"{model._meta.label}.{name}" for name in telling} <= harmless


@pytest.mark.parametrize("model", SHOWN, ids=lambda one: one._meta.label)
def test_stewards_see_each_table_and_nobody_else_does(model, registrar, as_, a_case):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    assert registrar.get(address).status_code == 200
    assert as_("director of care").get(address).status_code == 403
    assert Client().get(address).url.startswith(reverse("account_login"))


def test_what_is_secret_is_on_no_page(registrar, steward, a_case):
    planted = "PLANTED-SECRET-0815"
    EmailAddress.objects.create(user=steward, email=steward.email, verified=True, primary=True)
    Authenticator.objects.create(user=steward, type="totp", data={"secret": planted})
    for label in SECRETS:
        model = apps.get_model(label)
        listed = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        pages = [registrar.get(listed)]
        for row in model.objects.all():
            one = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
            pages.append(registrar.get(one))
        for page in pages:
            assert page.status_code == 200
            assert planted not in page.content.decode()
            assert steward.password not in page.content.decode()


def test_posting_to_a_row_changes_nothing(registrar, account):
    other = account("somebody")
    address = reverse("admin:govern_account_change", args=[other.pk])
    answer = registrar.post(address, {"office": "another", "is_steward": "on", "email": other.email})

    assert answer.status_code == 403
    other.refresh_from_db()
    assert (other.office, other.is_steward) == ("somebody", False)


def test_every_page_says_that_nothing_can_be_changed_and_leads_back(registrar):
    for address in (reverse("admin:index"), reverse("admin:govern_account_changelist")):
        answer = registrar.get(address)
        page = answer.content.decode()
        assert "Nothing can be changed here." in page
        assert re.search(r'<a href="/">Back to clew</a>', page)
        assert "administration" in page
        assert "theme" not in page, "one set of colours: no switch, and no script that sets them"
        assert not re.search(r"<style|\sstyle=", page)
        assert "style-src 'self'" in answer["Content-Security-Policy"]
