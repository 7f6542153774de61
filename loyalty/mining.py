"""Association rules, found in a process of its own: ``python -m loyalty.mining``. No Django.

A worker must not stop for a minute of counting, nor be ended for the memory that it took. So this
process has limits of its own, reads baskets as JSON and writes rules as JSON, in exact counts.
The finding is efficient-apriori's (docs/decisions).
"""

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

ANTECEDENT_LIMIT = 2  # products before the arrow
CONSEQUENT_LIMIT = 20  # rules for one antecedent: those with the highest confidence
RULES_LIMIT = 20_000
MEMORY_LIMIT = 1024 * 1024 * 1024  # bytes
CPU_LIMIT = 300  # seconds


class FoundRule(NamedTuple):
    """Who has all of ``antecedent`` (sorted) has ``consequent`` too, in so many baskets."""

    antecedent: tuple[str, ...]
    consequent: str
    both_count: int
    antecedent_count: int
    consequent_count: int


def mine(
    baskets: Iterable[Iterable[str]],
    *,
    basket_count: int,
    minimum_count: int,
    minimum_confidence_basis_points: int,
) -> list[FoundRule]:
    """The rules with a lift above 1, in ``minimum_count`` baskets at least; strongest first.

    ``basket_count`` counts also the baskets that are left out for holding nothing frequent.
    """
    from efficient_apriori import generate_rules_apriori, itemsets_from_transactions

    kept = [tuple(basket) for basket in baskets]
    if not kept or minimum_count > len(kept):
        return []
    support = (minimum_count - 0.5) / len(kept)  # between two counts: no rounding decides
    itemsets, _ = itemsets_from_transactions(kept, support, max_length=ANTECEDENT_LIMIT + 1)
    found = generate_rules_apriori(itemsets, 0.0, len(kept))
    rules = [
        FoundRule(
            tuple(sorted(rule.lhs)), rule.rhs[0], rule.count_full, rule.count_lhs, rule.count_rhs
        )
        for rule in found
        if len(rule.rhs) == 1
        and rule.count_full * basket_count > rule.count_lhs * rule.count_rhs
        and rule.count_full * 10_000 >= rule.count_lhs * minimum_confidence_basis_points
    ]
    return list(_strongest(rules))


def _strongest(rules: list[FoundRule]) -> Iterator[FoundRule]:
    rules.sort(key=lambda rule: (-rule.both_count / rule.antecedent_count, rule))
    taken: dict[tuple[str, ...], int] = {}
    left = RULES_LIMIT
    for rule in rules:
        count = taken.get(rule.antecedent, 0)
        if count < CONSEQUENT_LIMIT and left:
            taken[rule.antecedent] = count + 1
            left -= 1
            yield rule


def main() -> int:
    """Rules of the baskets on the standard input, within the limits of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT + 5))
    asked: dict[str, Any] = json.load(sys.stdin)
    json.dump(mine(asked.pop("baskets"), **asked), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
