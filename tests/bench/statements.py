"""``python -m tests.bench.statements [lines]``: what a line costs in each file of a settlement."""

import os
import random
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import django

LINES = 1000
DAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)


def main(lines: int) -> None:
    """Write each kind of file from the same lines, and say the processor's time of one of them."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings.test", "TILLGATE_DATABASE_POOL": "0"}
    django.setup()
    from settlement.files.csv_file import CsvFile
    from settlement.files.pdf_file import PdfFile
    from settlement.files.statement import Lines, Statement
    from settlement.files.xlsx_file import SUMS, XlsxFile
    from settlement.models import Batch

    numbers = random.Random(1)
    store, version, batch_id = (UUID(int=numbers.getrandbits(128)) for _ in range(3))
    batch = Batch(
        id=batch_id, livemode=True, currency="HKD", number=3, first_day=DAY, business_date=DAY,
        zone="Asia/Hong_Kong", outcome="paid_out", line_count=lines, created_at=NOON,
    )  # fmt: skip
    for name in SUMS:
        setattr(batch, f"{name}_minor", 12_345)
    statement = Statement(batch, "Lotus Tea 茶屋", "Pearl", None, None)

    lines_told = Lines(*zip(*(
        (
            "payment", f"{NOON + timedelta(seconds=number):%Y-%m-%dT%H:%M:%S.000Z}",
            f"{NOON + timedelta(seconds=number):%Y-%m-%d %H:%M}", "2026-11-18",
            UUID(int=numbers.getrandbits(128)), None, f"R-{number}", "",
            f"2026111822001{number:016}", str(store), "Main 店", 10_000 + number * 37, -65, -4,
            9_931 + number * 37, str(version), "Standard v2", "6", "",
        ) for number in range(lines)
    ), strict=True))  # fmt: skip
    begun = time.process_time()
    columns = statement.columns_of(lines_told)
    print(f"what all share   {1e6 * (time.process_time() - begun) / lines:6.1f} µs a line")
    for kind in (CsvFile, PdfFile, XlsxFile):
        with TemporaryDirectory() as folder:
            begun = time.process_time()
            writer = kind(Path(folder) / "statement", statement)
            writer.add(lines_told, columns)
            written = time.process_time()
            writer.close()
            ended = time.process_time()
        lines_took, end_took = (1e6 * each / lines for each in (written - begun, ended - written))
        print(f"{kind.kind:<16} {lines_took:6.1f} µs a line, and {end_took:5.1f} µs at the end")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else LINES)
