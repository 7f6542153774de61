"""The scope in the code: queries outside it raise, and what is seen inside it."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from merchants.models import ApiKey, Merchant, PartnerAccount, Store, Terminal
from tenancy.scope import (
    OutOfScope,
    Scope,
    find_scope,
    get_scope,
    platform_scope,
    tenant_scope,
)
from tenancy.scoped import TenantModel
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", TenantModel.tenant_models())
def test_a_query_outside_any_scope_raises(model: type[TenantModel]) -> None:
    for manager in (model._default_manager, model._base_manager):
        with pytest.raises(OutOfScope):
            manager.all()
        with pytest.raises(OutOfScope):
            manager.count()


@pytest.mark.parametrize(
    "ask",
    [
        lambda person: person.merchant.stores.all(),
        lambda person: person.store.terminals.count(),
        lambda person: Store.objects.get(pk=person.store.pk),
        lambda person: Store(pk=person.store.pk).refresh_from_db(),
        lambda person: Terminal(store_id=person.store.pk).store,
        lambda person: person.store.delete(),
    ],
    ids=["reverse", "reverse count", "get", "refresh", "forward", "delete"],
)
def test_related_rows_outside_any_scope_raise(
    ask: Callable[[Person], object], acme: Person
) -> None:
    with pytest.raises(OutOfScope):
        ask(acme)


def test_an_acquirers_scope_sees_all_its_merchants_and_nobody_elses(
    acme: Person, rival: Person, outsider: Person
) -> None:
    with tenant_scope(acme.acquirer.pk):
        seen = set(Merchant.objects.all())

    assert seen == {acme.merchant, rival.merchant}


def test_a_merchants_scope_sees_itself(acme: Person, rival: Person, outsider: Person) -> None:
    with tenant_scope(acme.acquirer.pk, acme.merchant.pk):
        assert list(Merchant.objects.all()) == [acme.merchant]
        assert list(Store.objects.all()) == [acme.store]
        assert list(Terminal.objects.all()) == [acme.terminal]
        assert list(ApiKey.objects.all()) == [acme.key]
        # The managers let an acquirer's table through; the database shows no merchant a row of it.
        assert list(PartnerAccount.objects.all()) == []


def test_the_platforms_scope_sees_all(acme: Person, rival: Person, outsider: Person) -> None:
    with platform_scope():
        assert set(Merchant.objects.all()) == {acme.merchant, rival.merchant, outsider.merchant}


def test_a_foreign_row_cannot_be_followed_to(acme: Person, outsider: Person) -> None:
    with tenant_scope(outsider.acquirer.pk), pytest.raises(Store.DoesNotExist):
        assert Terminal(store_id=acme.store.pk).store


def test_a_query_made_inside_and_run_outside_sees_nothing(acme: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        rows = Store.objects.all()

    assert list(rows) == []


def test_scopes_nest_and_the_outer_one_comes_back(acme: Person, outsider: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        with tenant_scope(outsider.acquirer.pk):
            assert list(Merchant.objects.all()) == [outsider.merchant]
        assert list(Merchant.objects.all()) == [acme.merchant]

    assert find_scope() is None


def test_a_scope_ends_with_its_block_even_if_the_block_fails(acme: Person) -> None:
    with suppress(ZeroDivisionError), tenant_scope(acme.acquirer.pk):
        assert get_scope() == Scope(acme.acquirer.pk)
        raise ZeroDivisionError

    assert find_scope() is None


def test_a_new_thread_starts_without_a_scope(acme: Person) -> None:
    seen: list[Scope | None] = []
    with tenant_scope(acme.acquirer.pk):
        thread = threading.Thread(target=lambda: seen.append(find_scope()))
        thread.start()
        thread.join()

    assert seen == [None]
