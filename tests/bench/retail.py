"""``python -m tests.bench.retail FOLDER``: a real shop's baskets, and every rule counted twice.

FOLDER holds ``transactions.parquet`` and ``products.parquet`` of Complete Journey (docs/howto/
retail-data.md). Its rows go through the commands that anybody uses; the same rows are counted by
another program from the same files, which shares no code with ours: a bitmap of baskets for each
product. The exit status is 1 where a figure differs.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterable, Iterator
from fractions import Fraction
from io import StringIO
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from django.core.management import call_command

from config import env
from tests.bench.scratch import scratch_database

# What docs/howto/recommendations.md says of a night's rules.
BASKETS, PRODUCTS, FEWEST, ONE_OF, EACH, ALL = 200_000, 500, 5, 2000, 20, 20_000
LEAST_CONFIDENCE = 0.02
_OPTIONS = (
    "--basket-column=basket_id", "--sku-column=product_id", "--name-column=product_type",
    "--category-column=product_category", "--quantity-column=quantity",
    "--total-column=sales_value", "--time-column=transaction_timestamp",
    "--time-zone=America/New_York", "--currency=USD", "--skip-bad",
)  # fmt: skip
_CSV = """
COPY (SELECT t.basket_id, t.product_id, p.product_type, p.product_category, t.quantity,
             t.sales_value, t.transaction_timestamp
        FROM read_parquet(?) t LEFT JOIN read_parquet(?) p USING (product_id)
       ORDER BY t.transaction_timestamp, t.basket_id, t.product_id)
  TO '{}' (HEADER, DELIMITER ',')
"""
# Of what was sold: lines without a quantity are coupons and corrections; none has a bad amount.
_SOLD = """
CREATE TEMP TABLE sold AS
SELECT basket_id, product_id::text AS sku, quantity, round(sales_value * 100)::bigint AS minor,
       transaction_timestamp AS bought
  FROM read_parquet(?)
 WHERE quantity BETWEEN 1 AND 1000000 AND round(sales_value, 2) = sales_value
"""
_SUMS = "SELECT count(DISTINCT basket_id), count(*), sum(minor)::bigint FROM sold"
_BOUGHT = f"""
WITH basket AS (SELECT basket_id, min(bought) AS bought FROM sold GROUP BY basket_id),
     recent AS (SELECT basket_id FROM basket
                 WHERE bought > (SELECT max(bought) FROM basket) - INTERVAL 365 DAY
                 ORDER BY bought DESC LIMIT {BASKETS}),
     placed AS (SELECT basket_id, row_number() OVER () - 1 AS place FROM recent)
SELECT sku, list(DISTINCT place) FROM sold JOIN placed USING (basket_id) GROUP BY sku
"""  # noqa: S608 - words of ours


class Counted(NamedTuple):
    """A rule, its counts, and its support, confidence and lift."""

    antecedent: tuple[str, ...]
    consequent: str
    counts: tuple[int, int, int]  # of both sides, the first, the second
    measures: tuple[float, float, float]

    def agrees(self, other: "Counted") -> bool:
        """The same counts exactly, the same measures to the digits that are shown of them."""
        pairs = zip(self.measures, other.measures, (0.00005, 0.00005, 0.005), strict=True)
        return self.counts == other.counts and all(
            abs(one - two) <= rounding + 1e-9 for one, two, rounding in pairs
        )


Rules = dict[tuple[tuple[str, ...], str], Counted]


def main() -> int:
    """Bring, learn, count again, compare."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.retail", description=__doc__)
    parser.add_argument("folder", type=Path, help="with transactions.parquet and products.parquet")
    folder = parser.parse_args().folder
    kept = env.data_dir() / "bench" / "retail"
    kept.mkdir(parents=True, exist_ok=True)
    with scratch_database():
        brought, ours, baskets = _through_the_commands(folder, kept / "lines.csv")
    sums, theirs = _counted_again(folder)
    _keep(kept / "rules.csv", ours)
    differ = [
        key
        for key in sorted(ours.keys() | theirs.keys())
        if key not in ours or key not in theirs or not ours[key].agrees(theirs[key])
    ]
    print(f"baskets, lines, sum: ours {brought}, counted again {sums}")
    print(f"rules: ours {len(ours)} of {baskets} baskets, counted again {len(theirs)}")
    print(f"rules that differ: {len(differ)}")
    for key in differ[:10]:
        print(f"  ours {ours.get(key)}\n  theirs {theirs.get(key)}")
    print(f"The rows and the rules are kept in {kept}")
    return 0 if ours and not differ and brought == sums else 1


def _through_the_commands(folder: Path, lines: Path) -> tuple[tuple[int, ...], Rules, int]:
    """What a user does; baskets, lines and their sum, the rules, and out of how many baskets."""
    from django.db.models import Sum

    from loyalty.models import Basket, BasketLine, Rule, RuleSet
    from tenancy.scope import platform_scope
    from tests.people import make_person

    sources = [str(folder / f"{name}.parquet") for name in ("transactions", "products")]
    duckdb.connect().execute(_CSV.format(str(lines).replace("'", "''")), sources)
    merchant = f"--merchant={make_person().merchant.public_id}"
    _tell("import_baskets", str(lines), merchant, *_OPTIONS)
    _tell("learn_rules", merchant)
    with platform_scope():
        total = Basket.objects.aggregate(total=Sum("amount_minor"))["total"]
        count = RuleSet.objects.get().basket_count
        rules = [_ours(rule, count) for rule in Rule.objects.all()]
        return (
            (Basket.objects.count(), BasketLine.objects.count(), int(total)),
            _by_key(rules),
            count,
        )


def _ours(rule: Any, count: int) -> Counted:
    from loyalty.measures import confidence, lift, show, support

    both, first, second = rule.both_count, rule.antecedent_count, rule.consequent_count
    shown = (
        show(support(both, count)),
        show(confidence(both, first)),
        show(lift(both, first, second, count), 2),
    )
    measures = (float(shown[0]), float(shown[1]), float(shown[2]))
    return Counted(tuple(rule.antecedent), rule.consequent, (both, first, second), measures)


def _by_key(rules: Iterable[Counted]) -> Rules:
    return {(rule.antecedent, rule.consequent): rule for rule in rules}


def _tell(*command: str) -> None:
    begun, out = time.perf_counter(), StringIO()
    call_command(*command, "--json", stdout=out)
    took = time.perf_counter() - begun
    print(f"{command[0]}: {took:.1f} s, {json.loads(out.getvalue())}", flush=True)


def _counted_again(folder: Path) -> tuple[tuple[int, ...], Rules]:
    """The same figures from the same files, by bitmaps."""
    begun = time.perf_counter()
    database = duckdb.connect()
    database.execute(_SOLD, [str(folder / "transactions.parquet")])
    sums = database.execute(_SUMS).fetchone() or ()
    baskets: dict[str, int] = {}
    count = 0
    for sku, places in database.execute(_BOUGHT).fetchall():
        bits = bytearray(BASKETS // 8 + 1)
        for place in places:
            bits[place // 8] |= 1 << place % 8
        baskets[sku] = int.from_bytes(bits, "little")
        count = max(count, max(places) + 1)
    rules = _by_key(_strongest(baskets, count))
    print(f"counted again: {time.perf_counter() - begun:.1f} s", flush=True)
    return sums, rules


def _strongest(baskets: dict[str, int], count: int) -> list[Counted]:
    fewest = max(FEWEST, -(-count // ONE_OF))
    frequent = sorted(
        (sku for sku, bits in baskets.items() if bits.bit_count() >= fewest),
        key=lambda sku: (-baskets[sku].bit_count(), sku),
    )[:PRODUCTS]
    found: dict[tuple[str, ...], list[Counted]] = {}
    for rule in _rules({sku: baskets[sku] for sku in sorted(frequent)}, count, fewest):
        found.setdefault(rule.antecedent, []).append(rule)
    best = [rule for rules in found.values() for rule in sorted(rules, key=_rank)[:EACH]]
    return sorted(best, key=_rank)[:ALL]


def _rank(rule: Counted) -> tuple[Fraction, Counted]:
    both, first, _second = rule.counts
    return -Fraction(both, first), rule


def _rules(baskets: dict[str, int], count: int, fewest: int) -> Iterator[Counted]:
    pairs = {
        pair: both
        for pair in combinations(baskets, 2)
        if (both := baskets[pair[0]] & baskets[pair[1]]).bit_count() >= fewest
    }
    for antecedent, bits in [*(((sku,), bits) for sku, bits in baskets.items()), *pairs.items()]:
        first = bits.bit_count()
        for consequent, others in baskets.items():
            both, second = (bits & others).bit_count(), others.bit_count()
            if consequent in antecedent or both < fewest or both * count <= first * second:
                continue
            measures = both / count, both / first, (both / first) / (second / count)
            if measures[1] >= LEAST_CONFIDENCE:
                yield Counted(antecedent, consequent, (both, first, second), measures)


def _keep(path: Path, rules: Rules) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["who buys", "buys too", "both", "first", "second", "support",
                         "confidence", "lift"])  # fmt: skip
        for rule in sorted(rules.values()):
            antecedent = " ".join(rule.antecedent)
            writer.writerow([antecedent, rule.consequent, *rule.counts, *rule.measures])


if __name__ == "__main__":
    sys.exit(main())
