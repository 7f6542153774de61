"""A shop's past, written by the services that the API calls, under a clock that is set back.

The past cannot be played through the API, so this is as near as can be: payments, refunds, members,
coupons, books, events and figures are made by the code that makes them any day. Alipay is stood in
for (config.demonstration.past_scheme), but for the last two days: their sales go to the sandbox,
whose clock is set back with ours, so that both sides have them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction

from config.demonstration.club import Club
from config.demonstration.past_scheme import PastScheme
from demo.shop import CURRENCY, Sale
from demo.simulator import Simulator
from kernel import ids
from kernel.clock import ManualClock, using_clock
from kernel.errors import Conflict, Rejected
from kernel.money import Money
from loyalty.models import Earning
from loyalty.services.copy_baskets import copy_again
from loyalty.services.learn import ask_rules, learn_rules
from loyalty.services.recommend import Question, recommend
from loyalty.services.settle_earning import settle_earning
from merchants import gateways
from merchants.authentication import Principal, find_principal
from merchants.keys import parse_key
from merchants.models import Merchant
from payments.services import background
from payments.services.create import create_payment
from payments.services.order import PaymentOrder
from payments.services.refund import RefundOrder, create_refund
from payments.state import Status
from tenancy.scope import platform_scope, tenant_scope

REFUND_AFTER = timedelta(minutes=40)
_BATCH = 30  # sales of one transaction: the workers see none of them half-way
_DAYS_OF_OFFERS = 7
_TAKES = 0.25  # of the customers who are offered something
_SEED = 7
_BALANCE_FEN = 1_000_000

Told = Callable[[int, int], None]  # sales done, sales in all


class NotADemo(RuntimeError):
    """A past is made up in test mode alone, for an acquirer that a demo has made."""


def find_shop(api_key: str) -> tuple[Principal, Merchant]:
    """Whose key it is; raises NotADemo for any merchant that is not a demo's."""
    key = parse_key(api_key)
    principal = key and find_principal(key, address="127.0.0.1")
    if not principal or principal.livemode:
        raise NotADemo("A past is made up in test mode alone.")
    with platform_scope():
        merchant = Merchant.objects.select_related("acquirer").get(id=principal.merchant_id)
    if not merchant.acquirer.slug.startswith("demo-"):
        raise NotADemo("A past is made up for an acquirer of `make demo` alone.")
    return principal, merchant


@dataclass
class Past:
    """One merchant's sales before today. ``at_sandbox`` is when the sandbox's part begins."""

    principal: Principal
    club: Club
    store_id: UUID
    terminal_id: UUID
    simulator: Simulator
    first: datetime
    at_sandbox: datetime
    _draw: Random = field(default_factory=lambda: Random(_SEED))  # noqa: S311 - a play
    _offers: bool = False

    def play(self, sales: Sequence[Sale], told: Told) -> None:
        """Write the sales, in order. In the last week the till recommends what it has learnt."""
        self._stand_in()
        first = self.at_sandbox - timedelta(days=_DAYS_OF_OFFERS)
        before = [sale for sale in sales if sale.at < first]
        offered = [sale for sale in sales if first <= sale.at < self.at_sandbox]
        last = [sale for sale in sales if sale.at >= self.at_sandbox]
        self._write(before, lambda done: told(done, len(sales)))
        self._learn()
        self._offers = True
        self._write(offered, lambda done: told(len(before) + done, len(sales)))
        self._play_at_sandbox(last)
        self._learn()
        told(len(sales), len(sales))

    def _stand_in(self) -> None:
        """Of this process alone: work is done at once, and Alipay answers as the day demands."""
        background.start = lambda work: work()
        module: Any = gateways
        build = module.build_connector
        module.build_connector = lambda scheme, plain: PastScheme(
            build(scheme, plain), self.at_sandbox
        )
        # What the sandbox would tell of a payment comes before that is committed.
        module.notify_url = lambda account: ""

    def _write(self, sales: Sequence[Sale], told: Callable[[int], None]) -> None:
        for start in range(0, len(sales), _BATCH):
            with self._scope(), transaction.atomic():
                for sale in sales[start : start + _BATCH]:
                    self._sell(sale)
            told(min(start + _BATCH, len(sales)))

    def _play_at_sandbox(self, sales: Iterable[Sale]) -> None:
        """At the sandbox, too: its clock goes with ours, and goes right again whatever happens."""
        try:
            for sale in sales:
                self.simulator.set_clock(sale.at)
                wallet = self.simulator.new_customer(
                    f"Customer {sale.wallet}", balance_fen=_BALANCE_FEN
                )
                with self._scope(), transaction.atomic():
                    self._sell(sale, code=self.simulator.show_code(wallet))
        finally:
            self.simulator.reset_clock()

    def _learn(self) -> None:
        """From the baskets so far: what changes by the clock's order alone is looked for."""
        copy_again(self.first)
        with tenant_scope(self.principal.acquirer_id):
            row = ask_rules(self.club.merchant, livemode=False)
            learn_rules(row.id, acquirer_id=row.acquirer_id)

    def _scope(self) -> Any:
        return tenant_scope(self.principal.acquirer_id, self.principal.merchant_id)

    def _sell(self, sale: Sale, *, code: str | None = None) -> None:
        with using_clock(ManualClock(sale.at)):
            reference = f"past-{ids.new_uuid().hex[:20]}"
            items = sale.items() + (self._offer(sale, reference) if self._offers else [])
            order = self._order(sale, reference, items, code)
            payment = self._pay(order, self.club.coupon_for(sale, self._draw.random))
            for earning in Earning.objects.filter(payment_id=payment.id):
                settle_earning(earning.id)
        if sale.refund_minor and payment.status == Status.SUCCEEDED:
            self._give_back(sale, payment.id, min(sale.refund_minor, payment.amount_minor))

    def _pay(self, order: PaymentOrder, coupon: str | None) -> Any:
        """With the coupon, unless its campaign has nothing for this basket."""
        if coupon is not None:
            try:
                wanted = replace(order, reductions={"coupon": [coupon]})
                return create_payment(self.principal, wanted).payment
            except (Conflict, Rejected):
                pass
        return create_payment(self.principal, order).payment

    def _give_back(self, sale: Sale, payment_id: UUID, minor: int) -> None:
        at = sale.at + REFUND_AFTER
        if sale.at >= self.at_sandbox:
            self.simulator.set_clock(at)
        with using_clock(ManualClock(at)):
            create_refund(self.principal, payment_id, RefundOrder(minor, None, "Brought back"))

    def _offer(self, sale: Sale, reference: str) -> list[dict[str, str | int]]:
        """What the customer takes of what the till offers: now and then the best offer."""
        basket = tuple(sold.good.sku for sold in sale.basket)
        answer = recommend(self.principal, Question(reference, self.store_id, CURRENCY, basket[:1]))
        wanted = [offer for offer in answer.offers if offer.sku not in basket]
        if answer.is_control or not wanted or self._draw.random() > _TAKES:
            return []
        taken = wanted[0]
        return [{"sku": taken.sku, "name": taken.name, "category": taken.category, "quantity": 1,
                 "unit_amount": taken.price_minor, "unit_cost": taken.cost_minor}]  # fmt: skip

    def _order(
        self, sale: Sale, reference: str, items: list[dict[str, str | int]], code: str | None
    ) -> PaymentOrder:
        member = self.club.member_of(sale)
        minor = sum(int(item["quantity"]) * int(item["unit_amount"]) for item in items)
        return PaymentOrder(
            amount=Money(minor, CURRENCY),
            payment_code=code or f"28{int(sale.at.timestamp()):010}{sale.wallet:06}",
            merchant_reference=reference,
            store_id=self.store_id,
            terminal_id=self.terminal_id,
            items=items,
            member=None if member is None else member.public_id,
        )
