"""Accounts. Who a person is stays here; the record knows only the office under which they act."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from clew.web.govern.offices import check_office, provisional


class Accounts(BaseUserManager["Account"]):
    """Makes accounts known by their e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Account":  # Any: columns
        """Return a new account; without a password nobody can sign in to it until one is set by a link."""
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.full_clean(exclude=["password"])
        account.save()
        return account


class Account(AbstractBaseUser):
    """A person who signs in. `office`: how the record names them, a role or an office, theirs alone and never a name.

    What an account may do in a case follows from the duties that its office holds there (`clew.case.duties`); nothing
    else grants anything. A steward looks after accounts and appoints where nobody is left to. Names are not asked for.
    """

    email = models.EmailField("e-mail address", unique=True)
    office = models.CharField(max_length=120, unique=True, validators=[check_office])
    is_steward = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["office"]
    objects = Accounts()

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("office"), name="one_account_an_office"),
            models.UniqueConstraint(Lower("email"), name="one_account_an_address"),
        )

    def __str__(self) -> str:
        return self.office

    def save(self, *args: Any, **kwargs: Any) -> None:  # Any: as Django's
        """Keep the account; one without an office is given a provisional one, which is never given twice."""
        if self.office:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            self.office = uuid.uuid4().hex
            super().save(*args, **kwargs)
            self.office = provisional(self.pk)
            super().save(update_fields=["office"])

    @property
    def is_staff(self) -> bool:
        """Whether the read-only administration is shown: to stewards."""
        return self.is_steward

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Whether a permission of Django's administration is held: a steward may view, and nobody may change."""
        return self.is_active and self.is_steward and perm.partition(".")[2].startswith("view_")

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the administration shows an app."""
        return self.is_active and self.is_steward
