"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from uuid import UUID

from loyalty.services import (
    check_points,
    code_orders,
    copy_baskets,
    issue_launch,
    learn,
    send_card_template,
    sweep,
    wake,
)
from loyalty.services.catalogue_imports import CATALOGUES
from loyalty.services.settle_earning import settle_earning
from tenancy.background import task
from tenancy.scope import tenant_scope


@task(wake.SETTLE_EARNING)
def settle_one_earning(earning_id: str, acquirer_id: str) -> None:
    """Reckon the points of one payment."""
    with tenant_scope(UUID(acquirer_id)):
        settle_earning(UUID(earning_id))


@task("loyalty.sweep")
def sweep_due() -> None:
    """Every few seconds: points that are due to come, to be corrected or to expire."""
    sweep.sweep()


@task("loyalty.find_missing")
def find_missing_earnings() -> None:
    """Every hour: sales of members that nobody has noted."""
    sweep.find_missing()


@task("loyalty.check_points")
def check_all_points() -> None:
    """Every day: what must hold of points is looked at; a fault is an error in the log."""
    check_points.check_all_points()


@task("loyalty.copy_baskets")
def copy_changed_baskets() -> None:
    """Every ten seconds: baskets of the payments that have changed."""
    copy_baskets.copy_changes()


@task("loyalty.copy_baskets_again")
def copy_recent_baskets_again() -> None:
    """Every night: the baskets of two days, once more."""
    copy_baskets.copy_again()


@task("loyalty.sweep_catalogue_imports")
def sweep_due_catalogue_imports() -> None:
    """Every few seconds: sheets of products that wait to be checked or taken."""
    CATALOGUES.sweep()


@task(CATALOGUES.task)
def drive_one_catalogue_import(import_id: str, acquirer_id: str) -> None:
    """Check or take one sheet of products."""
    CATALOGUES.drive(UUID(import_id), acquirer_id=UUID(acquirer_id))


@task("loyalty.sweep_rule_sets")
def sweep_due_rule_sets() -> None:
    """Every minute: whose rules are to be learnt tonight, or were not learnt to the end."""
    learn.sweep_rule_sets()


@task(learn.RULE_SETS.task)
def learn_one_rule_set(rule_set_id: str, acquirer_id: str) -> None:
    """Learn what one merchant's customers buy together."""
    learn.learn_rules(UUID(rule_set_id), acquirer_id=UUID(acquirer_id))


@task("loyalty.sweep_launches")
def sweep_due_launches() -> None:
    """Every few seconds: launches that still owe coupons."""
    issue_launch.LAUNCHES.hand_out_due()


@task(issue_launch.LAUNCHES.task)
def issue_one_launch(launch_id: str, acquirer_id: str) -> None:
    """Issue the coupons of one launch."""
    issue_launch.issue_launch(UUID(launch_id), acquirer_id=UUID(acquirer_id))


@task("loyalty.sweep_code_orders")
def sweep_due_code_orders() -> None:
    """Every few seconds: orders that still owe codes."""
    code_orders.ORDERS.hand_out_due()


@task(code_orders.ORDERS.task)
def make_codes_of_one_order(order_id: str, acquirer_id: str) -> None:
    """Make the codes of one order."""
    code_orders.make_codes(UUID(order_id), acquirer_id=UUID(acquirer_id))


@task("loyalty.sweep_card_templates")
def sweep_due_card_templates() -> None:
    """Every few seconds: card templates that Alipay does not have yet, or not as they are now."""
    send_card_template.TEMPLATES.hand_out_due()


@task(send_card_template.TEMPLATES.task)
def send_one_card_template(template_id: str, acquirer_id: str) -> None:
    """Take one card template to Alipay."""
    send_card_template.send_card_template(UUID(template_id), acquirer_id=UUID(acquirer_id))
