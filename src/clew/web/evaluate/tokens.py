"""Upload tokens: each opens one pilot for bringing data, until it expires or is withdrawn. Shown once, kept hashed."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from clew.web import clock
from clew.web.evaluate.models import UploadToken
from clew.web.govern.models import Account

PREFIX = "clew_"
LONGEST = 200


def make(pilot: str, account: Account, name: str, days: int) -> str:
    """Return a new token, which nobody can be shown again."""
    token = f"{PREFIX}{secrets.token_urlsafe(32)}"
    at = clock.now()
    UploadToken.objects.create(
        sha256=hashed(token), pilot=pilot, account=account, name=name, made_at=at, expires_at=at + timedelta(days=days)
    )
    return token


def holder_of(token: str) -> UploadToken | None:
    """Return the token as it is kept, None where none holds: unknown, expired, withdrawn, or its account is closed."""
    if len(token) > LONGEST:
        return None
    sha256 = hashed(token)
    found = UploadToken.objects.select_related("account").filter(sha256=sha256).first()
    if found is None or not hmac.compare_digest(found.sha256, sha256):
        return None
    return found if found.expires_at > clock.now() and found.account.is_active else None


def hashed(token: str) -> str:
    """Return what is kept of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
