"""Pages about the service itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clew.web.about.contents import contents
from clew.web.about.words import words


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What clew is and does: phases, duties, rules, checks and screens, as the code has them."""
    return render(request, "about/about.html", {"contents": contents()})


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The glossary, each word beside the test that the software applies."""
    return render(request, "about/glossary.html", {"chapters": words()})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement, with what is known not to work."""
    return render(request, "about/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored where, what goes on the record, and what can be erased."""
    return render(request, "about/privacy.html")
