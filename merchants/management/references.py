"""How a command names what is there already: by public id, or by Alipay's id below its owner."""

from typing import Any, TypeVar
from uuid import UUID

from django.core.management.base import CommandError

from kernel.ids import InvalidId
from merchants.models import ApiKey, Merchant, PartnerAccount, Store, Terminal
from tenancy.management.references import read_acquirer
from tenancy.models import Acquirer
from tenancy.scope import platform_scope
from tenancy.scoped import TenantModel

Row = TypeVar("Row", bound=TenantModel)


def read_merchant(reference: str, acquirer: str | None) -> Merchant:
    """By ``mer_…`` id, or by Alipay's id together with ``--acquirer``. Raises CommandError."""
    if (id_ := _id_of(Merchant, reference)) is not None:
        return _one(Merchant, "--merchant", reference, id=id_)
    if acquirer is None:
        raise CommandError("--merchant: give its mer_… id, or name its --acquirer as well.")
    owner = read_acquirer(acquirer)
    return _one(
        Merchant, "--merchant", reference, acquirer_id=owner.id, scheme_merchant_id=reference
    )


def read_store(reference: str, merchant: str | None, acquirer: str | None) -> Store:
    """By ``str_…`` id, or by Alipay's id together with ``--merchant``. Raises CommandError."""
    if (id_ := _id_of(Store, reference)) is not None:
        return _one(Store, "--store", reference, id=id_)
    if merchant is None:
        raise CommandError("--store: give its str_… id, or name its --merchant as well.")
    owner = read_merchant(merchant, acquirer)
    return _one(Store, "--store", reference, merchant_id=owner.id, scheme_store_id=reference)


def read_terminal(reference: str) -> Terminal:
    """By ``trm_…`` id. Raises CommandError."""
    if (id_ := _id_of(Terminal, reference)) is None:
        raise CommandError("--terminal: give its trm_… id.")
    return _one(Terminal, "--terminal", reference, id=id_)


def read_partner_account(acquirer: Acquirer, *, livemode: bool) -> PartnerAccount:
    """The acquirer's active account of the mode. Raises CommandError."""
    with platform_scope():
        rows = PartnerAccount.objects.filter(acquirer_id=acquirer.id, livemode=livemode)
        account = rows.filter(is_active=True).first()
    if account is None:
        mode = "live" if livemode else "test"
        raise CommandError(f"--acquirer: {acquirer.slug} has no active {mode} partner account.")
    return account


def read_api_key(reference: str) -> ApiKey:
    """By ``key_…`` id. Raises CommandError."""
    if (id_ := _id_of(ApiKey, reference)) is None:
        raise CommandError("--key: give the key's key_… id.")
    return _one(ApiKey, "--key", reference, id=id_)


def _id_of(model: type[TenantModel], reference: str) -> UUID | None:
    try:
        return model.public_id_to_uuid(reference)
    except InvalidId:
        return None


def _one(model: type[Row], option: str, reference: str, **wanted: Any) -> Row:
    # Whose it is, is what is being asked: so this one read sees every acquirer's rows.
    with platform_scope():
        found = model.objects.select_related("acquirer").filter(**wanted).first()
    if found is None:
        raise CommandError(f"{option}: there is no {model._meta.verbose_name} {reference!r}.")
    return found
