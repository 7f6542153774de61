"""A file that is written, on its way to its storage."""

from typing import IO, Any

from django.core.files.base import File


class Finished(File):  # type: ignore[type-arg]
    """A file that its storage may move to its place, where both are folders, instead of copying."""

    def __init__(self, content: IO[Any]) -> None:
        super().__init__(content, content.name)

    def temporary_file_path(self) -> str:
        """Where it lies: FileSystemStorage asks for it."""
        return str(self.name)
