"""What is done with accounts: add one, invite into it, close it: the record stays whole, and the person is gone."""

import json

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from clew.case.commands import Leave
from clew.case.desk import do
from clew.errors import InputError, MissingError, Problem, RefusedError
from clew.web.desk import writing
from clew.web.evaluate.models import UploadToken
from clew.web.govern.duties import duties_of_open_cases, held_by
from clew.web.govern.models import Account
from clew.web.govern.offices import check_given, tidy
from clew.web.record.models import EventRow


@transaction.atomic
def add(email: str, office: str, *, steward: bool = False) -> Account:
    """Return a new account that waits for its password. Raises InputError where address or office cannot be used."""
    office = tidy(office)
    try:
        check_given(office)
        account = Account.objects.create_user(email.strip(), office=office, is_steward=steward)
    except ValidationError as error:
        raise InputError(problems=_problems(error)) from error
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    return account


def _problems(error: ValidationError) -> tuple[Problem, ...]:
    by_field = error.message_dict if hasattr(error, "error_dict") else {"office": error.messages}
    return tuple(
        Problem(said, "" if field == "__all__" else field) for field, all_ in by_field.items() for said in all_
    )


def by_email(email: str) -> Account:
    """Return the account of an address. Raises MissingError where there is none."""
    account = Account.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if account is None:
        raise MissingError(f"no account has the address {email}.", do="See which there are: clew account list.")
    return account


def invitation(account: Account) -> str:
    """Return the path at which somebody chooses the first password of an account: it works once, for three days.

    Raises RefusedError where the account has a password: then only its holder can have it reset, by mail.
    """
    if account.has_usable_password() or not account.is_active:
        raise RefusedError("this account is in use.", do="Its holder resets the password on the sign-in page.")
    key = f"{user_pk_to_url_str(account)}-{default_token_generator.make_token(account)}"
    return reverse(
        "account_reset_password_from_key", kwargs=dict(zip(("uidb36", "key"), key.split("-", 1), strict=True))
    )


def any_steward(but: Account) -> Account:
    """Return a steward in whose name the record can say who left: another one where there is one."""
    stewards = Account.objects.filter(is_steward=True, is_active=True)
    return stewards.exclude(pk=but.pk).order_by("pk").first() or but


def refuse_last_steward(account: Account) -> None:
    """Raise RefusedError where nobody would be left to look after accounts."""
    others = Account.objects.filter(is_steward=True, is_active=True).exclude(pk=account.pk)
    if account.is_steward and not others.exists():
        raise RefusedError("this is the last steward.", do="Make somebody else a steward first.")


def make_steward(account: Account, *, yes: bool) -> None:
    """Let an account look after accounts, or no longer. Raises RefusedError for the last steward."""
    if not yes:
        refuse_last_steward(account)
    account.is_steward = yes
    account.save(update_fields=["is_steward"])


def is_on_record(account: Account) -> bool:
    """Return whether the record knows an account by its office already."""
    written = json.dumps(account.office, ensure_ascii=False).encode()
    entries = EventRow.objects.values_list("entry", flat=True)
    return any(written in bytes(entry) for entry in entries.iterator())


def refuse_on_record(account: Account) -> None:
    """Raise RefusedError where the record knows an account by its office already: what it says must stay true."""
    if is_on_record(account):
        raise RefusedError(
            f"the record knows this account as “{account.office}”, for ever.",
            do="Close the account and invite the person again under the other office.",
        )


def give_office(account: Account, office: str) -> None:
    """Give an account another office. Raises RefusedError where the record knows it by the present one."""
    refuse_on_record(account)
    account.office = office
    account.save(update_fields=["office"])


def close(account: Account, *, by: Account) -> int:
    """Close an account: its office leaves every open case, on the record; what is known of the person is erased.

    Returns the number of cases left. All of it happens, or nothing. Raises RefusedError for the last steward.
    """
    with transaction.atomic():
        refuse_last_steward(Account.objects.select_for_update().get(pk=account.pk))
        cases = sorted({duty.case_id for duty in held_by(account.office, duties_of_open_cases())})
        for case_id in cases:
            with writing(by, case_id, "leave") as (record, at, office):
                do(record, case_id, (Leave(account.office),), at=at, by=office)
        _erase(account)
    return len(cases)


def _erase(account: Account) -> None:
    """Take away all that says who somebody was or lets them in; the row stays, for drafts that belong to a case."""
    _end_sessions(account)
    for table in (EmailAddress, Authenticator, SocialAccount, LogEntry):
        table.objects.filter(user_id=account.pk).delete()
    UploadToken.objects.filter(account=account).delete()
    account.email = f"closed-{account.pk}@invalid.invalid"
    account.office = f"closed account {account.pk}"
    account.is_active = account.is_steward = False
    account.last_login = None
    account.set_unusable_password()
    account.save()


def _end_sessions(account: Account) -> None:
    """End every session that is this account's, or remembers its address from half a sign-in."""
    for session in Session.objects.iterator():
        held = session.get_decoded()
        if held.get("_auth_user_id") == str(account.pk) or account.email in str(held).lower():
            session.delete()
