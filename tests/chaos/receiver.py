"""A merchant's webhook server: now it takes, now it fails, now it dawdles; it checks signatures."""

import contextlib
import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

# After a third failure the next try of a delivery comes later than any run lasts.
_FAILURES_LIMIT = 2


@dataclass
class Heard:
    """What came to one shop's address; ``failed`` are the tries that were answered with a no."""

    ids: set[str] = field(default_factory=set)
    failed: Counter[str] = field(default_factory=Counter)
    times: int = 0
    forged: int = 0


class Receiver:
    """``POST /{store}``; ``secrets`` are filled in when the endpoints are made."""

    def __init__(self, chance: random.Random) -> None:
        self.secrets: dict[str, str] = {}
        self.is_kind = False  # once the storm is over it takes everything
        self._chance = chance
        self._heard: dict[str, Heard] = {}
        self._lock = threading.Lock()
        self._pause = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                named = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status = receiver.take(self.path.strip("/"), named, body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="receiver", daemon=True).start()

    def url(self, store: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/{store}"

    def heard(self, store: str) -> Heard:
        """What has come to the shop's address so far."""
        with self._lock:
            return self._heard.setdefault(store, Heard())

    def take(self, store: str, headers: dict[str, str], body: bytes) -> int:
        """The status to answer with; what was answered 2xx counts as heard."""
        number = headers.get("webhook-id", "")
        with self._lock:
            heard = self._heard.setdefault(store, Heard())
            answer = self._choose(heard.failed[number])
        if answer == 0:
            self._pause.wait(1.0)
            answer = 200
        is_genuine = self._is_genuine(store, headers, body)
        with self._lock:
            heard.times += 1
            if not is_genuine:
                heard.forged += 1
            elif answer == 200:
                heard.ids.add(number)
            else:
                heard.failed[number] += 1
        return answer

    def _choose(self, failures: int) -> int:
        if self.is_kind or failures >= _FAILURES_LIMIT:
            return 200
        return self._chance.choice([200, 200, 200, 500, 503, 0])

    def _is_genuine(self, store: str, headers: dict[str, str], body: bytes) -> bool:
        try:
            Webhook(self.secrets[store]).verify(body, headers)
            json.loads(body)
        except (WebhookVerificationError, KeyError, ValueError):
            return False
        return True

    def close(self) -> None:
        self._pause.set()
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def receiving(chance: random.Random) -> Iterator[Receiver]:
    """A receiver for as long as the block runs."""
    receiver = Receiver(chance)
    try:
        yield receiver
    finally:
        receiver.close()
