"""create_merchant, create_store, create_terminal: owners follow from the parent."""

import pytest

from kernel.errors import Conflict, Rejected
from merchants.models import Merchant, Store, Terminal
from merchants.services import create_merchant, create_store, create_terminal
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person

pytestmark = pytest.mark.django_db

MERCHANT: dict[str, str] = {
    "legal_name": "Peak Noodles Limited",
    "display_name": "Peak Noodles",
    "mcc": "5814",
    "country": "HK",
    "scheme_merchant_id": "M9000",
}


def test_a_merchant_a_store_and_a_terminal_are_made_below_each_other(acme: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        merchant = create_merchant(acquirer=acme.acquirer, **MERCHANT)
        store = create_store(merchant=merchant, name="Peak", scheme_store_id="S1", line1="1 Rd")
        terminal = create_terminal(store=store, name="Till 1", scheme_terminal_id="T1")

        assert Merchant.objects.get(scheme_merchant_id="M9000") == merchant
        assert Store.objects.get(pk=store.pk).line1 == "1 Rd"
        kept = Terminal.objects.get(pk=terminal.pk)
    assert (merchant.status, merchant.payment_timeout_seconds) == ("draft", 30)
    assert (kept.acquirer_id, kept.merchant_id) == (acme.acquirer.pk, merchant.pk)
    assert store.acquirer_id == acme.acquirer.pk


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"mcc": "581"}, "mcc"),
        ({"mcc": "\uff15\uff18\uff11\uff14"}, "mcc"),  # 5814 in full width
        ({"country": "Hong Kong"}, "country"),
        ({"scheme_merchant_id": "M 1"}, "scheme_merchant_id"),
        ({"scheme_merchant_id": "M1\n"}, "scheme_merchant_id"),
        ({"scheme_merchant_id": "M" * 33}, "scheme_merchant_id"),
        ({"legal_name": ""}, "legal_name"),
        ({"payment_timeout_seconds": 9}, "payment_timeout_seconds"),
        ({"payment_timeout_seconds": 181}, "payment_timeout_seconds"),
    ],
)
def test_a_faulty_merchant_is_refused_by_field(
    changed: dict[str, object], field: str, acme: Person
) -> None:
    given: dict[str, object] = {**MERCHANT, **changed}

    with tenant_scope(acme.acquirer.pk), pytest.raises(Rejected) as caught:
        create_merchant(acquirer=acme.acquirer, **given)  # type: ignore[arg-type]

    assert {fault.field for fault in caught.value.errors} == {field}
    with platform_scope():
        assert list(Merchant.objects.all()) == [acme.merchant]


def test_one_scheme_merchant_id_is_one_merchant_of_an_acquirer(
    acme: Person, outsider: Person
) -> None:
    taken = {**MERCHANT, "scheme_merchant_id": acme.merchant.scheme_merchant_id}

    with tenant_scope(acme.acquirer.pk), pytest.raises(Conflict) as caught:
        create_merchant(acquirer=acme.acquirer, **taken)
    with tenant_scope(outsider.acquirer.pk):
        create_merchant(acquirer=outsider.acquirer, **taken)  # another contract with Alipay

    assert [fault.field for fault in caught.value.errors] == ["scheme_merchant_id"]
    with platform_scope():
        assert Merchant.objects.filter(**taken).count() == 1
        assert Merchant.objects.filter(acquirer=acme.acquirer).count() == 1


def test_one_scheme_store_id_is_one_store_of_a_merchant(acme: Person, rival: Person) -> None:
    taken = acme.store.scheme_store_id
    with tenant_scope(acme.acquirer.pk):
        with pytest.raises(Conflict):
            create_store(merchant=acme.merchant, name="Again", scheme_store_id=taken)
        create_store(merchant=rival.merchant, name="Other", scheme_store_id=taken)

        assert Store.objects.filter(merchant=acme.merchant).count() == 1


def test_a_row_below_a_foreign_parent_is_refused(acme: Person, outsider: Person) -> None:
    with tenant_scope(outsider.acquirer.pk):
        with pytest.raises(Rejected) as store_refused:
            create_store(merchant=acme.merchant, name="Mine now", scheme_store_id="S999")
        with pytest.raises(Rejected) as terminal_refused:
            create_terminal(store=acme.store, name="Mine now", scheme_terminal_id="T999")

    assert "merchant" in {fault.field for fault in store_refused.value.errors}
    assert "store" in {fault.field for fault in terminal_refused.value.errors}
    with platform_scope():
        assert not Store.objects.filter(name="Mine now").exists()
        assert not Terminal.objects.filter(name="Mine now").exists()
