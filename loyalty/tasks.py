"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from uuid import UUID

from celery import shared_task

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
from tenancy.postgres import release_connection
from tenancy.scope import tenant_scope


@shared_task(name=wake.SETTLE_EARNING)
def settle_one_earning(earning_id: str, acquirer_id: str) -> None:
    """Reckon the points of one payment."""
    try:
        with tenant_scope(UUID(acquirer_id)):
            settle_earning(UUID(earning_id))
    finally:
        release_connection()


@shared_task(name="loyalty.sweep")
def sweep_due() -> None:
    """Every few seconds: points that are due to come, to be corrected or to expire."""
    try:
        sweep.sweep()
    finally:
        release_connection()


@shared_task(name="loyalty.find_missing")
def find_missing_earnings() -> None:
    """Every hour: sales of members that nobody has noted."""
    try:
        sweep.find_missing()
    finally:
        release_connection()


@shared_task(name="loyalty.check_points")
def check_all_points() -> None:
    """Every day: what must hold of points is looked at; a fault is an error in the log."""
    try:
        check_points.check_all_points()
    finally:
        release_connection()


@shared_task(name="loyalty.copy_baskets")
def copy_changed_baskets() -> None:
    """Every ten seconds: baskets of the payments that have changed."""
    try:
        copy_baskets.copy_changes()
    finally:
        release_connection()


@shared_task(name="loyalty.copy_baskets_again")
def copy_recent_baskets_again() -> None:
    """Every night: the baskets of two days, once more."""
    try:
        copy_baskets.copy_again()
    finally:
        release_connection()


@shared_task(name="loyalty.sweep_catalogue_imports")
def sweep_due_catalogue_imports() -> None:
    """Every few seconds: sheets of products that wait to be checked or taken."""
    try:
        CATALOGUES.sweep()
    finally:
        release_connection()


@shared_task(name=CATALOGUES.task)
def drive_one_catalogue_import(import_id: str, acquirer_id: str) -> None:
    """Check or take one sheet of products."""
    try:
        CATALOGUES.drive(UUID(import_id), acquirer_id=UUID(acquirer_id))
    finally:
        release_connection()


@shared_task(name="loyalty.sweep_rule_sets")
def sweep_due_rule_sets() -> None:
    """Every minute: whose rules are to be learnt tonight, or were not learnt to the end."""
    try:
        learn.sweep_rule_sets()
    finally:
        release_connection()


@shared_task(name=learn.RULE_SETS.task)
def learn_one_rule_set(rule_set_id: str, acquirer_id: str) -> None:
    """Learn what one merchant's customers buy together."""
    try:
        learn.learn_rules(UUID(rule_set_id), acquirer_id=UUID(acquirer_id))
    finally:
        release_connection()


@shared_task(name="loyalty.sweep_launches")
def sweep_due_launches() -> None:
    """Every few seconds: launches that still owe coupons."""
    try:
        issue_launch.LAUNCHES.hand_out_due()
    finally:
        release_connection()


@shared_task(name=issue_launch.LAUNCHES.task)
def issue_one_launch(launch_id: str, acquirer_id: str) -> None:
    """Issue the coupons of one launch."""
    try:
        issue_launch.issue_launch(UUID(launch_id), acquirer_id=UUID(acquirer_id))
    finally:
        release_connection()


@shared_task(name="loyalty.sweep_code_orders")
def sweep_due_code_orders() -> None:
    """Every few seconds: orders that still owe codes."""
    try:
        code_orders.ORDERS.hand_out_due()
    finally:
        release_connection()


@shared_task(name=code_orders.ORDERS.task)
def make_codes_of_one_order(order_id: str, acquirer_id: str) -> None:
    """Make the codes of one order."""
    try:
        code_orders.make_codes(UUID(order_id), acquirer_id=UUID(acquirer_id))
    finally:
        release_connection()


@shared_task(name="loyalty.sweep_card_templates")
def sweep_due_card_templates() -> None:
    """Every few seconds: card templates that Alipay does not have yet, or not as they are now."""
    try:
        send_card_template.TEMPLATES.hand_out_due()
    finally:
        release_connection()


@shared_task(name=send_card_template.TEMPLATES.task)
def send_one_card_template(template_id: str, acquirer_id: str) -> None:
    """Take one card template to Alipay."""
    try:
        send_card_template.send_card_template(UUID(template_id), acquirer_id=UUID(acquirer_id))
    finally:
        release_connection()
