"""Letters that the service writes itself; those of the sign-in are templates under `account/email`."""

import logging
import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from clew.web.govern.models import Account

log = logging.getLogger("clew.web")


def send_invitation(account: Account, link: str) -> bool:
    """Send somebody the link at which they choose their password; return whether a letter could be sent."""
    if not settings.CLEW["CLEW_EMAIL_URL"]:
        return False
    told = {"account": account, "link": link, "organisation": settings.CLEW["CLEW_ORGANISATION"]}
    try:
        send_mail("Your account on clew", render_to_string("govern/invitation.txt", told), None, [account.email])
    except (smtplib.SMTPException, OSError):
        log.exception("an invitation could not be sent")
        return False
    return True
