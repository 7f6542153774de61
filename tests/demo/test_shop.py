"""The shop of the demo: the same each time, goods that draw each other, members who come back."""

from collections import Counter
from datetime import UTC, datetime

from demo.shop import DRAWS, Sale, play_days

FIRST = datetime(2026, 10, 5, tzinfo=UTC)


def play(seed: int = 1) -> list[Sale]:
    return list(play_days(seed=seed, first_day=FIRST, days=28, sales_a_day=40, members=30))


def test_a_seed_gives_the_same_customers_and_another_gives_others() -> None:
    assert play() == play()
    assert play() != play(2)


def test_goods_draw_each_other_as_often_as_the_table_says() -> None:
    baskets = [{sold.good.sku for sold in sale.basket} for sale in play()]
    has, draws, share = DRAWS[0]
    with_it = [basket for basket in baskets if has in basket]

    part = sum(draws in basket for basket in with_it) / len(with_it)
    assert len(baskets) > 900
    assert abs(part - share / 100) < 0.1
    assert part > 2 * sum(draws in basket for basket in baskets) / len(baskets)


def test_members_come_back_at_hours_when_the_shop_is_open_and_a_few_sales_are_refunded() -> None:
    sales = play()
    visits = Counter(sale.member for sale in sales if sale.member is not None)

    assert sum(count > 1 for count in visits.values()) > 25
    assert {sale.at.hour for sale in sales} <= set(range(7, 23))
    assert [sale.at for sale in sales] == sorted(sale.at for sale in sales)
    refunds = [sale for sale in sales if sale.refund_minor]
    assert 0 < len(refunds) < len(sales) / 20
    assert all(sale.refund_minor <= sale.amount_minor for sale in refunds)
