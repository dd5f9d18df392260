"""Accounts. Who a person is stays here; the record knows only the office under which they act."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models


class Accounts(BaseUserManager["Account"]):
    """Makes accounts known by their e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Account":  # Any: columns
        """Return a new account; without a password nobody can sign in to it until one is set by mail."""
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.full_clean(exclude=["password"])
        account.save()
        return account


class Account(AbstractUser):
    """A person who signs in. `office`: how the record names them, a role or an office, theirs alone and never a name.

    What an account may do in a case follows from the duties that its office holds there (`clew.case.duties`); nothing
    else grants anything. A steward looks after accounts and appoints where nobody is left to.
    """

    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", unique=True)
    office = models.CharField(max_length=120, unique=True)
    is_steward = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["office"]
    objects = Accounts()  # type: ignore[misc,assignment]

    def __str__(self) -> str:
        return self.office

    @property
    def is_staff_member(self) -> bool:
        """Whether the read-only administration is shown."""
        return self.is_steward
