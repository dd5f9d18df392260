"""The drafts of a case, for who may see them: `{% load drafts %}{% drafts_of case_id case %}`."""

from typing import Any

from django import template
from django.template import Context

from clew.case.state import Case
from clew.web.pilot.drafts import drafts_for

register = template.Library()


@register.inclusion_tag("pilot/_drafts.html", takes_context=True)
def drafts_of(context: Context, case_id: str, case: Case) -> dict[str, Any]:  # Any: values for a template
    """List the drafts of a case and where a new one begins; nothing for who may not write any."""
    account = context["user"]
    found = drafts_for(account, case_id, case)
    return {"drafts": found, "case_id": case_id, "writes": found is not None and case.result is None}
