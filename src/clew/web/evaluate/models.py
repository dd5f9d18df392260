"""Data that were brought, looks that are being taken, and the evaluations that were published."""

from django.conf import settings
from django.db import models

from clew.web.work.models import Progress


class Upload(models.Model):
    """One data file, known by its SHA-256. It can be taken back until a look has sealed it into the record."""

    id = models.UUIDField(primary_key=True)
    pilot = models.CharField(max_length=80, db_index=True)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    suffix = models.CharField(max_length=20)
    size_bytes = models.BigIntegerField()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["pilot", "sha256"], name="one_upload_a_file_and_pilot"),)

    def __str__(self) -> str:
        return f"{self.pilot} {self.sha256[:12]}"


class LookRun(Progress):
    """A look that was asked for: on which data, by whom, how far it is, and how it ended."""

    pilot = models.CharField(max_length=80, db_index=True)
    look = models.IntegerField()
    uploads = models.JSONField()
    office = models.TextField()

    def __str__(self) -> str:
        return f"{self.pilot} look {self.look}: {self.state}"


class PublishedEvaluation(models.Model):
    """The JSON of a look, whose SHA-256 stands on the record: with it every figure of a page can be checked."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    pilot = models.CharField(max_length=80, db_index=True)
    look = models.IntegerField()
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.pilot} look {self.look}"


class UploadToken(models.Model):
    """Lets a program bring data for one pilot, until it expires or is withdrawn. Only its SHA-256 is kept."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    pilot = models.CharField(max_length=80, db_index=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pilot} {self.sha256[:12]}"
