"""How a draft begins: from a title, or from a protocol file that is there already."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify

from clew.case.desk import load
from clew.case.duties import refuse_unless_may
from clew.case.state import Case
from clew.pilot.parse import LARGEST_FILE, read_protocol
from clew.web.desk import reading
from clew.web.forms import ClewForm
from clew.web.keep import for_members, kept_for, signed_in
from clew.web.pilot.drafts import begin, beginning
from clew.web.pilot.models import PilotRow
from clew.web.pilot.typed import from_toml, to_toml


class BeginDraft(ClewForm):
    """A title, or a file."""

    button = "Begin"
    title = forms.CharField(
        label="What is the pilot called?", help_text="Example: Joint first visits", max_length=200, required=False
    )
    file = forms.FileField(
        label="A protocol file (TOML), if you have one",
        required=False,
        help_text="At most 1 MB.",
        allow_empty_file=True,
    )
    text = forms.CharField(
        label="Or paste its text here", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 6})
    )

    def clean(self) -> dict[str, object]:
        """Read the file, and refuse where there is neither a title nor a file."""
        said = super().clean() or self.cleaned_data
        file = said.get("file")
        pasted = self._file(file) if file else str(said.get("text") or "")
        if pasted.strip():
            said["typed"], said["left_out"] = self._imported(pasted)
        elif not self.errors and not said.get("title"):
            self.add_error("title", "Give it a name, or bring a protocol file.")
        return said

    def _file(self, file: "UploadedFile[Any]") -> str:
        try:
            return (
                file.read(LARGEST_FILE).decode("utf-8-sig") if (file.size or 0) <= LARGEST_FILE else self._no("large")
            )
        except UnicodeDecodeError:
            return self._no("text")

    def _no(self, why: str) -> str:
        said = {"large": "The file is larger than 1 MB.", "text": "This is no text in UTF-8."}
        self.add_error("file", said[why])
        return ""

    def _imported(self, text: str) -> tuple[dict[str, str], tuple[str, ...]]:
        field = "file" if self.cleaned_data.get("file") else "text"
        try:
            typed, unknown = from_toml(text)
            before, _ = read_protocol(text.encode(), "")
            after, _ = read_protocol(to_toml(typed).encode(), "")
        except (ValueError, RecursionError) as error:
            self.add_error(field, f"This is no valid TOML: {str(error)[:200]}.")
            return {}, ()
        if before is not None and (after is None or not same(before, after)):
            self.add_error(field, "It holds a value that a form cannot show (a name with a line break or blanks).")
        return typed, unknown


def same(one: object, other: object) -> bool:
    """Return whether two protocols promise the same, whatever their files look like."""
    return _without_text(one) == _without_text(other)


def _without_text(protocol: object) -> dict[str, object]:
    slots = protocol.__slots__  # type: ignore[attr-defined]
    return {name: getattr(protocol, name) for name in slots if name not in {"text", "sha256"}}


@for_members
def new(request: HttpRequest, case_id: str) -> HttpResponse:
    """Begin a draft in a case."""
    account = signed_in(request)
    case = load(reading(), case_id)
    refuse_unless_may(case, account.office, "draft", steward=account.is_steward)
    if request.method != "POST":
        kept = kept_for(request)
        return _ask(request, case_id, case, BeginDraft(initial=kept.dict() if kept else {}))
    form = BeginDraft(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, case_id, case, form, status=422)
    return _begin(request, case_id, case, form)


def _begin(request: HttpRequest, case_id: str, case: Case, form: BeginDraft) -> HttpResponse:
    said = form.cleaned_data
    title = said["title"]
    typed = said.get("typed") or beginning(case, title, free_id(title))
    draft = begin(signed_in(request), case_id, typed)
    if said.get("left_out"):
        messages.warning(request, f"Not taken over, because no protocol knows it: {', '.join(said['left_out'])}.")
    return HttpResponseRedirect(reverse("draft", args=[draft.id]))


def free_id(title: str) -> str:
    """Return an identifier that reads like the title, and that no pilot has yet."""
    stem = slugify(title).replace("_", "-").strip("-")[:50].strip("-") or "pilot"
    found, number = stem, 1
    while PilotRow.objects.filter(pilot=found).exists():
        number += 1
        found = f"{stem}-{number}"
    return found


def _ask(request: HttpRequest, case_id: str, case: Case, form: BeginDraft, status: int = 200) -> HttpResponse:
    shown = {
        "heading": "Begin a pilot",
        "caption": case.title,
        "case": case,
        "form": form,
        "back": reverse("case", args=[case_id]),
    }
    return render(request, "pilot/draft_new.html", shown, status=status)
