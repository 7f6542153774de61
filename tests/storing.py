"""Where a test's files are kept."""

from pathlib import Path

from pytest_django.fixtures import Settings


def keep_in(place: Path, settings: Settings, of: str = "settlements") -> Path:
    """The storage ``of`` keeps its files in the folder ``place`` until the test ends; ``place``."""
    kept = settings.STORAGES[of]
    ours = kept | {"OPTIONS": kept["OPTIONS"] | {"location": str(place)}}
    settings.STORAGES = settings.STORAGES | {of: ours}
    return place
