"""How a form's file comes in: straight to its place on the disk, never through memory or a temporary copy."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from clew.web.evaluate.arriving import BLOCK, Arriving

FIELD = "file"


class Receiver(FileUploadHandler):
    """Takes in the first file of the field `file`; others are passed over. `coming` is None until it begins."""

    chunk_size = BLOCK

    def __init__(self) -> None:
        super().__init__()
        self.coming: Arriving | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # Any: as Django's
        """Begin a file."""
        super().new_file(*args, **kwargs)
        if self.field_name != FIELD or self.coming is not None:
            raise SkipFile
        self.coming = Arriving()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take in one block."""
        if self.coming is not None:
            self.coming.write(raw_data)

    def file_complete(self, file_size: int) -> Any:  # Any: as Django's
        """Hand the file over to the form; its bytes stay where they are."""
        if self.coming is None or self.field_name != FIELD:
            return None
        return UploadedFile(name=self.file_name, size=file_size)

    def close(self) -> None:
        """Leave nothing behind of what was not kept."""
        if self.coming is not None:
            self.coming.close()
