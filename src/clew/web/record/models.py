"""The record's files, and its events as rows."""

from django.db import models


class StoredFile(models.Model):
    """One public file of the record, as a folder would hold it."""

    name = models.CharField(max_length=200, primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class PrivateFile(models.Model):
    """One file of the record's `private/`: the signing key, the journal, personal values. No view reads this table."""

    name = models.CharField(max_length=200, primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class EventRow(models.Model):
    """One entry of the log, so that a case is read by one query. A read table: `clew rebuild` makes it anew."""

    index = models.BigIntegerField(primary_key=True)
    case = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    entry = models.BinaryField()

    class Meta:
        indexes = (models.Index(fields=["case", "index"]), models.Index(fields=["kind", "index"]))

    def __str__(self) -> str:
        return f"{self.index} {self.kind}"


class Rebuilt(models.Model):
    """One time that every read table was made anew; pages that were kept before it are not shown any more."""

    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Once(models.Model):
    """Something that was sent and done; sent again, it is not done again. `location`: where it led."""

    key = models.CharField(max_length=64, primary_key=True)
    location = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key
