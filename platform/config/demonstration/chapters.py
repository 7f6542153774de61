"""What is said of the closing chapters, and compared, from what the past told of itself."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demo.checks import Check, same
from demo.screen import Voice
from kernel.money import Money

_STATEMENT = ("digests", "fee_invoice", "statement_csv", "statement_pdf", "statement_xlsx")
_CHARGE_MINOR = -3_500


def tell_weeks(voice: Voice, told: dict[str, Any], web_url: str) -> Iterator[Check]:
    voice.say(
        f"{told['payments']} payments, {told['refunds']} refunds, {told['members']} members, "
        f"{told['coupons']} coupons redeemed, {told['rules']} rules learnt"
    )
    yield same("faults of the books", 0, told["books_faults"])
    yield same("faults of the points", 0, told["points_faults"])
    for what in ("members", "coupons", "refunds", "rules", "failed"):
        yield same(f"{what}, some", True, told[what] > 0)


def tell_yesterday(voice: Voice, told: dict[str, Any], web_url: str) -> Iterator[Check]:
    file, batch = told["file"], told["batch"]
    voice.say(f"{file['name']}: {told['rows']} rows, fetched over SFTP")
    yield same("fetched over", "sftp", file["source"])
    yield same("rows", told["ours"], told["rows"])
    yield same("breaks", "amount", ", ".join(each["kind"] for each in told["breaks"]))
    for each in told["breaks"]:
        yield _tell_break(voice, each, web_url)
    paid = _money(batch["paid_out"], "HKD")
    voice.say(f"settled: {batch['lines']} lines, {paid} to be paid out  {web_url}{batch['path']}")
    yield same("settled", "paid_out", batch["outcome"])
    yield same("files", ", ".join(_STATEMENT), ", ".join(sorted(_kinds(told))))
    for each in told["files"]:
        voice.say(f"{each['name']}  {each['path']}")
        found = hashlib.sha256(Path(each["path"]).read_bytes()).hexdigest()
        yield same(f"SHA-256 of {each['kind']}", each["sha256"], found)


def _tell_break(voice: Voice, each: dict[str, Any], web_url: str) -> Check:
    ours, theirs = each["ours"], each["theirs"]
    voice.say(
        f"a break: {each['payment']} is {_money(ours['amount'], ours['currency'])} here, and "
        f"{_money(theirs['amount'], theirs['currency'])} in line {each['line']} of Alipay's file"
    )
    voice.say(f"look at it: {web_url}{each['path']}")
    return same("planted, minor units", 1, theirs["amount"] - ours["amount"])


def tell_money(voice: Voice, told: dict[str, Any], web_url: str) -> Iterator[Check]:
    """The settlement file, the payment file, the bank's statements; journal and export."""
    settled, sent, said = told["settled"], told["sent"], told["said"]
    paid = _money(settled["paid"], "HKD")
    voice.say(
        f"{settled['name']}: {settled['rows']} rows of the day before, and {paid} came for them"
    )
    yield same("fetched over", "sftp", settled["source"])
    yield same("breaks, ours and Alipay's", 1, told["found"]["transactions"])
    yield same("breaks, traded and settled", 0, told["found"]["settlement"])
    yield same("breaks, settled and paid", 0, told["found"]["bank"])
    total = _money(sent["total"], "HKD")
    voice.say(f"{sent['name']}: {sent['payouts']} payouts of {total}  {web_url}{sent['path']}")
    voice.say(f"made by {_person(sent['made_by'])}, approved by {_person(sent['approved_by'])}")
    yield same("two people", True, sent["made_by"] != sent["approved_by"] != "")
    voice.say(f"{said['name']}: {said['entries']} entries of the bank  {web_url}{said['path']}")
    yield same("statement", "loaded", said["state"])
    yield same("payment file", "accepted", sent["status"])
    yield same("payouts booked", sent["payouts"], said["booked"])
    yield same("and by the file", sent["payouts"], sent["booked"])
    yield same("explained by a person", 1, said["explained"])
    yield from _tell_unexplained(voice, told["unexplained"], web_url)
    yield same("rows of the export", told["payments"], told["export"]["rows"])
    for kept in (sent, told["journal"], told["export"]):
        yield same(f"SHA-256 of {kept['name'][:14]}", kept["sha256"], kept["found"])
    for what in ("journal", "export"):
        voice.say(f"{told[what]['name']}  {web_url}{told[what]['path']}")


def _tell_unexplained(voice: Voice, rows: list[dict[str, Any]], web_url: str) -> Iterator[Check]:
    for row in rows:
        amount = _money(row["amount"], "HKD")
        voice.say(f"{amount} waits for an explanation: {row['text']}  {web_url}{row['path']}")
    yield same("unexplained", [_CHARGE_MINOR], [row["amount"] for row in rows])


def _person(actor: str) -> str:
    return actor.removeprefix("staff:")


def _kinds(told: dict[str, Any]) -> Iterator[str]:
    return (each["kind"] for each in told["files"])


def _money(minor: int, currency: str) -> str:
    return str(Money(minor, currency))
