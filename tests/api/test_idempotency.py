"""Idempotency-Key: what is a key, what is the same content, and for how long it is kept."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection
from rest_framework.test import APIRequestFactory

from api import kept_keys
from api.idempotency import RequestKey, fingerprint, read_idempotency_key
from api.models import IdempotencyKey
from api.once import once
from api.parsers import StrictJSONParser
from kernel.clock import ManualClock
from kernel.errors import Conflict, Rejected
from tenancy import retention
from tenancy.scope import platform_scope, tenant_scope
from tests.payments.conftest import key_of
from tests.people import Person


class Somebody:
    """A caller."""

    acquirer_id, merchant_id, livemode = uuid4(), uuid4(), False


def read(headers: dict[str, str], body: str = "{}", path: str = "/v1/payments") -> Any:
    from rest_framework.request import Request

    made = APIRequestFactory().post(path, body, content_type="application/json", headers=headers)
    return read_idempotency_key(Request(made, parsers=[StrictJSONParser()]), Somebody())


def test_without_the_header_there_is_no_key() -> None:
    assert read({}) is None


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 256, "schlüssel", "a\tb"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(Rejected) as refusal:
        read({"Idempotency-Key": key})

    assert [(each.field, each.code) for each in refusal.value.errors] == [
        ("Idempotency-Key", "invalid")
    ]


@pytest.mark.parametrize("key", ["k", "x" * 255, "T1-0042/refund:1", '"quoted"'])
def test_visible_ascii_is_a_key(key: str) -> None:
    kept: RequestKey = read({"Idempotency-Key": key})

    assert kept.key == key
    assert (kept.merchant_id, kept.livemode) == (Somebody.merchant_id, False)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ('{"a": 1, "b": {"c": 2, "d": 3}}', '{ "b":{"d":3,"c":2},"a":1 }', True),
        ("", "{}", True),
        ('{"a": "\\u00e9"}', '{"a": "é"}', True),
        ('{"a": 1}', '{"a": 2}', False),
        ('{"a": 1}', '{"a": "1"}', False),
        ('{"a": [1, 2]}', '{"a": [2, 1]}', False),
        ('{"a": null}', "{}", False),
    ],
)
def test_the_content_is_what_the_json_says_not_how_it_is_written(
    one: str, other: str, is_same: bool
) -> None:
    first, second = (read({"Idempotency-Key": "k"}, body) for body in (one, other))

    assert (first.fingerprint == second.fingerprint) is is_same


def test_another_address_is_another_request() -> None:
    first, second = (read({"Idempotency-Key": "k"}, path=f"/v1/payments/{n}") for n in "12")

    assert first.fingerprint != second.fingerprint


def test_a_fingerprint_is_keyed_so_that_no_payment_code_can_be_guessed_from_it() -> None:
    mine = fingerprint("POST", "/v1/payments", {"payment_code": "281234567890123456"})
    kept, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    try:
        theirs = fingerprint("POST", "/v1/payments", {"payment_code": "281234567890123456"})
    finally:
        settings.SECRET_KEY = kept

    assert len(mine) == 32
    assert mine != theirs


@pytest.mark.django_db
def test_work_is_done_once_and_its_object_found_afterwards(acme: Person) -> None:
    made = uuid4()

    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        first = once(key_of(acme), "pay", lambda: made)
        again = once(key_of(acme), "pay", uuid4)

    assert (first.object_id, first.is_replay) == (made, False)
    assert (again.object_id, again.is_replay) == (made, True)


@pytest.mark.django_db
def test_without_a_key_work_is_done_each_time(acme: Person) -> None:
    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        assert once(None, "pay", uuid4).object_id != once(None, "pay", uuid4).object_id
        assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_work_that_was_refused_leaves_no_key_behind(acme: Person) -> None:
    def refuse() -> UUID:
        raise Conflict("window_closed", "Too late.")

    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        with pytest.raises(Conflict, match="window_closed"):
            once(key_of(acme), "pay", refuse)

        assert not once(key_of(acme, said="corrected"), "pay", uuid4).is_replay


@pytest.mark.django_db
def test_other_content_under_a_key_is_refused_before_any_work(acme: Person) -> None:
    done: list[UUID] = []

    def work() -> UUID:
        done.append(uuid4())
        return done[-1]

    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        once(key_of(acme), "pay", work)
        with pytest.raises(Conflict, match=r"idempotency_key_reused.*pay_"):
            once(key_of(acme, said="other"), "pay", work)

    assert len(done) == 1


@pytest.mark.django_db
def test_each_merchant_has_keys_of_its_own(acme: Person, rival: Person, outsider: Person) -> None:
    for person in (acme, rival, outsider):
        with tenant_scope(person.acquirer.id, person.merchant.id):
            assert not once(key_of(person, said=str(person.merchant.id)), "pay", uuid4).is_replay

    with tenant_scope(rival.acquirer.id, rival.merchant.id):
        assert kept_keys.rows_of(key_of(acme)).count() == 0
        assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db
def test_a_key_is_kept_for_eight_days_and_deleted_in_batches(
    acme: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH_ROWS", 2)
    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        for number in range(5):
            once(key_of(acme, f"old-{number}"), "pay", uuid4)
        clock.advance(timedelta(seconds=1).total_seconds())
        once(key_of(acme, "young"), "pay", uuid4)

    clock.advance(timedelta(days=8, seconds=-1).total_seconds())
    assert retention.forget_old("api_idempotencykey") == 0
    clock.advance(0.001)
    assert retention.forget_old("api_idempotencykey") == 5

    with platform_scope():
        assert [row.key for row in IdempotencyKey.objects.all()] == ["young"]


@pytest.mark.django_db
def test_one_run_deletes_no_more_than_its_limit(
    acme: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH_ROWS", 2)
    monkeypatch.setattr(retention, "BATCHES_LIMIT", 2)
    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        for number in range(5):
            once(key_of(acme, str(number)), "pay", uuid4)
    clock.advance(timedelta(days=9).total_seconds())

    runs = [retention.forget_old("api_idempotencykey") for _ in range(3)]
    assert runs == [4, 1, 0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (kept_keys._FREE, "idempotency_key_is_unique"),
        (retention._FORGET.format(table="api_idempotencykey"), "idempotencykey_pkey"),
    ],
)
def test_looking_for_a_key_and_for_old_ones_uses_an_index(
    acme: Person, sql: str, index: str
) -> None:
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_idempotencykey (id, acquirer_id, merchant_id, livemode, key,"
            " fingerprint, object_type, object_id, created_at)"
            " SELECT gen_random_uuid(), %s, %s, false, n::text, 'x', 'pay', gen_random_uuid(),"
            " now() FROM generate_series(1, 3000) AS n",
            [acme.acquirer.id, acme.merchant.id],
        )
        params = {"free_merchant": acme.merchant.id, "free_livemode": False, "free_key": "7"}
        params |= {"first_kept": UUID(int=0), "rows": 10}
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert index in plan
    assert "Seq Scan" not in plan
