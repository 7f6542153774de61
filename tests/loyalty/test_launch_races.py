"""A worker that is killed, two at one launch, two launches of one budget: real transactions."""

import pytest
from django.db import InterfaceError, OperationalError, connection

from kernel.errors import Conflict
from loyalty.models import AudienceMember, Coupon, Launch
from loyalty.services import issue_launch as module
from loyalty.services.issue_launch import LAUNCHES, issue_batch
from loyalty.services.launch import start_launch
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.coupons import make_campaign
from tests.factories.launches import make_audience, make_launch
from tests.factories.loyalty import make_programme
from tests.people import Person
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_killed_and_crowding_workers_and_two_launches_issue_each_member_one_coupon_in_the_budget(
    acme: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH_LIMIT", 3)
    programme = make_programme(acme)
    members = [each.id for each in make_audience(acme, programme, 40)]
    campaign = make_campaign(acme, budget_minor=2050 * 40)
    launches = [make_launch(campaign, programme, control_basis_points=0) for _ in "ab"]

    def begin(number: int) -> str:
        try:
            with tenant_scope(acme.acquirer.id):
                start_launch(launches[number], members, at_least=2, by="staff:ada@example.com")
        except Conflict as refusal:
            return refusal.code
        return "started"

    assert sorted(at_once(2, begin)) == ["launch_exceeds_budget", "started"]

    with platform_scope():
        [launch_id] = Launch.objects.filter(status="issuing").values_list("id", flat=True)
        launch = LAUNCHES.take(launch_id)  # both believe that it is theirs
    assert launch is not None
    real = module._issue

    def is_killed(row: Launch) -> tuple[int, int, int]:
        real(row)
        connection.connection.close()  # the batch is written, and its worker is no more
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        raise AssertionError("a closed session answers nothing")

    with tenant_scope(acme.acquirer.id):
        assert issue_batch(launch) == 3
        monkeypatch.setattr(module, "_issue", is_killed)
        with pytest.raises((InterfaceError, OperationalError)):
            issue_batch(launch)
        connection.close()
    monkeypatch.setattr(module, "_issue", real)
    with platform_scope():
        launch.refresh_from_db()
        assert (Coupon.objects.count(), launch.issued_count) == (3, 3)

    def issue(_: int) -> int:
        made = 0
        with tenant_scope(acme.acquirer.id):
            while (issued := issue_batch(launch)) is not None:
                made += issued
        return made

    assert sum(at_once(2, issue)) == 37
    with platform_scope():
        assert Coupon.objects.count() == 40
        assert Coupon.objects.values("member").distinct().count() == 40
        assert AudienceMember.objects.filter(status="issued").count() == 40
        launch.refresh_from_db()
    assert (launch.status, launch.issued_count, launch.withheld_count) == ("issued", 40, 0)
