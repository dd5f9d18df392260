"""Taking a look: data are reduced outside any transaction; verdict and document are recorded in one, or not at all."""

from django.db import transaction
from django_tasks import task

from clew.errors import DeniedError
from clew.gate.desk import find_in_data, put_on_record
from clew.web.desk import writing
from clew.web.evaluate.access import Here, at
from clew.web.evaluate.documents import publish
from clew.web.evaluate.models import LookRun, Upload
from clew.web.evaluate.uploads import found_of, named, path_of
from clew.web.govern.models import Account
from clew.web.work.progress import end_well, is_over, refuse_if_cancelled, say

ACT = "take a look"


@task()
def take_look(key: str) -> None:
    """Take the look that somebody asked for. A second run finds what is done, or does it; never twice."""
    if is_over(key):
        return
    run = LookRun.objects.select_related("account").get(id=key)
    say(key, "Reading the protocol from the record")
    here = at(run.pilot, _account(run), ACT)
    _take(run, here, found_of(run.pilot, run.uploads))


def _take(run: LookRun, here: Here, uploads: list[Upload]) -> None:
    key, names = str(run.id), {path_of(one): one.name for one in uploads}
    with named(names):
        say(key, "Counting the data and holding them against the protocol")
        finding = find_in_data(here.protocol, list(names), run.look)
        say(key, "Putting the verdict on the record")
        with transaction.atomic(), writing(_account(run), here.loaded.case_id, ACT) as (record, moment, by):
            refuse_if_cancelled(key)
            publish(put_on_record(here.protocol, finding, record, at=moment, by=by))
            end_well(key, to=f"/pilots/{run.pilot}")


def _account(run: LookRun) -> Account:
    if run.account is None or not run.account.is_active:
        raise DeniedError("the account that asked for this look is closed.", do="Ask for it again with another one.")
    return run.account
