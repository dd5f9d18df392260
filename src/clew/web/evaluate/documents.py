"""Published evaluations as documents: kept under the SHA-256 that stands on the record, so that each can be checked."""

from clew.gate.evaluation import Evaluation, evaluation_sha256, published_bytes
from clew.web.evaluate.models import PublishedEvaluation


def publish(evaluation: Evaluation) -> str:
    """Keep the document of an evaluation and return its SHA-256; the same evaluation again changes nothing."""
    sha256 = evaluation_sha256(evaluation)
    PublishedEvaluation.objects.get_or_create(
        sha256=sha256,
        defaults={
            "pilot": evaluation.protocol.pilot.id,
            "look": evaluation.finding.look.look,
            "content": published_bytes(evaluation),
        },
    )
    return sha256
