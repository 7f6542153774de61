#!/usr/bin/env python3
"""Ends with 0 if GET of the given address answers 200 within four seconds: a container's check."""

import http.client
import sys
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 4


def main(address: str) -> int:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", parts.path or "/")
        return 0 if connection.getresponse().status == http.client.OK else 1
    except (OSError, http.client.HTTPException) as failure:
        print(f"{address}: {failure}", file=sys.stderr)
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
