"""Every task gives its connection back, however it ends."""

import pytest
from celery import current_app

from tenancy import background
from tenancy.background import task
from tests.test_architecture import sources


@pytest.fixture
def given_back(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What happened, in its order."""
    said: list[str] = []
    monkeypatch.setattr(background, "release_connection", lambda: said.append("given back"))
    return said


def test_the_connection_goes_back_after_the_work_and_after_a_fault(given_back: list[str]) -> None:
    @task("shelf.tidy")
    def tidy(shelf: str) -> None:
        """Tidy one shelf."""
        given_back.append(f"tidied {shelf}")
        if shelf == "broken":
            raise RuntimeError(shelf)

    tidy("upper")
    with pytest.raises(RuntimeError, match="broken"):
        tidy("broken")

    assert given_back == ["tidied upper", "given back", "tidied broken", "given back"]
    assert current_app.tasks["shelf.tidy"].__doc__ == "Tidy one shelf."
    current_app.tasks.unregister("shelf.tidy")


def test_no_task_is_made_another_way() -> None:
    users = {path.name for path in sources() if "shared_task" in path.read_text(encoding="utf-8")}

    assert users == {"background.py"}
