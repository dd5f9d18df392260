"""`clew account`: who may sign in to a service, from the machine that it runs on."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clew.web.commands import AS_JSON, WORKSPACE, answer, prepare, start, take_up

if TYPE_CHECKING:
    from clew.web.govern.models import Account


@click.group()
def account() -> None:
    """Add, list and close the accounts of a service.

    \b
    Example:
      clew account add ada@example.org --office "director of care" --steward
    """


@account.command()
@click.argument("email")
@click.option("--office", required=True, help="How the public record names them: an office or a role, never a name.")
@click.option("--steward", is_flag=True, help="May look after accounts, and appoint where nobody is left to.")
@click.option("--address", default="", help="Where people reach the service, for the link.")
@WORKSPACE
@AS_JSON
def add(email: str, office: str, address: str, workspace: Path, *, steward: bool, as_json: bool) -> None:
    """Add an account, and print the link at which its password is chosen; it works once, for three days.

    \b
    Example:
      clew account add ada@example.org --office "director of care"
    """
    start(workspace)
    prepare()
    from clew.web.govern import accounts
    from clew.web.govern.offices import NAME_WARNING, looks_like_a_name

    made = accounts.add(email, office, steward=steward)
    if looks_like_a_name(made.office):
        click.echo(f"clew: {NAME_WARNING.format(office=made.office)}", err=True)
    click.echo(f"“{made.office}” has an account. To choose a password, once, within three days:", err=True)
    link = f"{address.rstrip('/') or _address()}{accounts.invitation(made)}"
    answer(as_json, {"office": made.office, "steward": made.is_steward, "link": link}, link)


@account.command(name="list")
@WORKSPACE
@AS_JSON
def list_(workspace: Path, *, as_json: bool) -> None:
    """List the accounts: office, address, whether a steward, and when they last signed in.

    \b
    Example:
      clew account list
    """
    take_up(workspace)
    prepare()
    from clew.web.govern.models import Account

    found = Account.objects.filter(is_active=True).order_by("office")
    plain = [
        {
            "office": one.office,
            "email": one.email,
            "steward": one.is_steward,
            "signed_in_on": one.last_login.date().isoformat() if one.last_login else None,
        }
        for one in found
    ]
    answer(as_json, {"accounts": plain}, "\n".join(map(_line, found)))


@account.command()
@click.argument("email")
@click.option("--by", default="", help="The address of the steward in whose name the record says so; else any.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@WORKSPACE
@AS_JSON
def remove(email: str, by: str, workspace: Path, *, yes: bool, as_json: bool) -> None:
    """Close an account: its office leaves every open case, on the record, and what is known of the person is erased.

    \b
    Example:
      clew account remove ada@example.org
    """
    take_up(workspace)
    prepare()
    from clew.web.govern import accounts
    from clew.web.govern.duties import duties_of_open_cases, held_by

    leaving = accounts.by_email(email)
    accounts.refuse_last_steward(leaving)  # before anything is announced or asked
    says_so = accounts.by_email(by) if by else accounts.any_steward(leaving)
    for duty in held_by(leaving.office, duties_of_open_cases()):
        click.echo(f"would leave {duty.case_id} without its {duty.duty}", err=True)
    if not yes:
        click.confirm(f"Close the account of “{leaving.office}” for good?", abort=True, err=True)
    office = leaving.office
    cases = accounts.close(leaving, by=says_so)
    said = f"The account is closed; {cases} cases on the record say that the office left."
    answer(as_json, {"office": office, "cases_left": cases}, said)


def _line(one: "Account") -> str:
    seen = f"signed in {one.last_login:%Y-%m-%d}" if one.last_login else "never signed in"
    return f"{one.office}\t{one.email}\t{'steward' if one.is_steward else '-'}\t{seen}"


def _address() -> str:
    from django.conf import settings

    name = settings.CLEW["CLEW_HOSTS"][0]
    return f"https://{name}" if settings.CLEW["CLEW_BEHIND_TLS"] else f"http://{name}:8000"
