"""One key at the API: requests are sent until they are answered, and refusals are kept."""

import random
import threading
from typing import Any

import requests

PATIENCE_SECONDS = 30
_TRIES = 60


class Client:
    """Shared by threads; ``refusals`` are the answers 4xx, ``gave_up`` what was never answered."""

    def __init__(self, web_url: str, key: str) -> None:
        self.web_url = web_url
        self.key = key
        self.refusals: list[str] = []
        self.gave_up = 0
        self._lock = threading.Lock()
        self._sessions = threading.local()
        self._pause = threading.Event()

    def insist(
        self, method: str, path: str, body: dict[str, Any] | None, chance: random.Random
    ) -> dict[str, Any] | None:
        """Send the same request until it is answered; None if it was refused for good."""
        wait = chance.choice([0, 2, 5])
        for _ in range(_TRIES):
            try:
                answer = self.session().request(
                    method,
                    self.web_url + path,
                    json=body,
                    headers={"Authorization": f"Bearer {self.key}", "Prefer": f"wait={wait}"},
                    timeout=PATIENCE_SECONDS,
                )
            except requests.RequestException:
                self._pause.wait(0.3)
                continue
            if answer.status_code < 300:
                found: dict[str, Any] = answer.json()
                return found
            if answer.status_code < 500:
                with self._lock:
                    self.refusals.append(f"{method} {path}: {answer.text[:200]}")
                return None
            self._pause.wait(0.5)
        with self._lock:
            self.gave_up += 1
        return None

    def read_all(self, path: str) -> list[dict[str, Any]]:
        """Every row of a list, page by page."""
        rows: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            params = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
            answer = self.session().get(
                self.web_url + path,
                params=params,
                headers={"Authorization": f"Bearer {self.key}"},
                timeout=PATIENCE_SECONDS,
            )
            answer.raise_for_status()
            page = answer.json()
            rows += page["data"]
            if not page["has_more"]:
                return rows
            cursor = page["next_cursor"]

    def session(self) -> requests.Session:
        """This thread's connections."""
        session: requests.Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = self._sessions.session = requests.Session()
            session.trust_env = False
        return session
