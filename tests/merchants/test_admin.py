"""The admin of merchants: whose rows, who may do what, and secrets that never come out."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from merchants import keys, timing
from merchants.models import ApiKey, Merchant, PartnerAccount, Store, Terminal
from tenancy.models import Acquirer, Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.factories.merchants import MD5_KEY
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db

MODELS: list[type[Any]] = [PartnerAccount, Merchant, Store, Terminal, ApiKey]
SignIn = Callable[..., Client]


@pytest.fixture
def sign_in() -> SignIn:
    """Sign in as a new member of staff: ``sign_in(Role.OWNER, acquirer)``."""

    def enter(role: Role, acquirer: Acquirer | None) -> Client:
        client = Client()
        staff = StaffFactory(role=role, acquirer=acquirer)
        assert client.login(username=staff.email, password=PASSWORD)
        return client

    return enter


def address(model: type[Any], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def own_row(person: Person, model: type[Any]) -> Any:
    rows = {
        PartnerAccount: person.partner_account,
        Merchant: person.merchant,
        Store: person.store,
        Terminal: person.terminal,
        ApiKey: person.key,
    }
    return rows[model]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("page", ["change", "delete", "history"])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_a_foreign_row_has_no_page(
    model: type[Any], page: str, role: Role, acme: Person, outsider: Person, sign_in: SignIn
) -> None:
    client = sign_in(role, outsider.acquirer)

    answer = client.get(address(model, page, own_row(acme, model).pk))

    assert answer.status_code in {302, 403, 404}
    assert own_row(acme, model).public_id not in answer.content.decode()
    if answer.status_code == 302:
        assert answer["Location"] == reverse("admin:index")


@pytest.mark.parametrize("model", MODELS)
def test_a_foreign_row_cannot_be_changed_or_deleted(
    model: type[Any], acme: Person, outsider: Person, sign_in: SignIn
) -> None:
    client = sign_in(Role.OWNER, outsider.acquirer)
    row = own_row(acme, model)
    with platform_scope():
        before = model.objects.filter(pk=row.pk).values().get()

    client.post(address(model, "change", row.pk), {"name": "Taken", "label": "Taken"})
    client.post(address(model, "delete", row.pk), {"post": "yes"})
    client.post(
        address(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk]}
    )

    with platform_scope():
        assert model.objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("model", MODELS)
def test_a_list_shows_the_acquirers_own_rows_only(
    model: type[Any], acme: Person, outsider: Person, sign_in: SignIn
) -> None:
    page = sign_in(Role.OWNER, acme.acquirer).get(address(model, "changelist"))

    assert [row.pk for row in page.context["cl"].result_list] == [own_row(acme, model).pk]


@pytest.mark.parametrize("model", MODELS)
def test_the_operator_sees_the_rows_of_all(
    model: type[Any], acme: Person, outsider: Person, sign_in: SignIn
) -> None:
    page = sign_in(Role.OPERATOR, None).get(address(model, "changelist"))

    seen = {row.pk for row in page.context["cl"].result_list}
    assert seen == {own_row(acme, model).pk, own_row(outsider, model).pk}


@pytest.mark.parametrize(
    ("role", "model", "expected"),
    [
        (Role.OWNER, PartnerAccount, 200),
        (Role.OPERATIONS, PartnerAccount, 403),
        (Role.FINANCE, PartnerAccount, 403),
        (Role.SUPPORT, PartnerAccount, 403),
        (Role.AUDITOR, PartnerAccount, 403),
        (Role.OWNER, Merchant, 200),
        (Role.OPERATIONS, Merchant, 200),
        (Role.FINANCE, Merchant, 403),
        (Role.SUPPORT, Merchant, 403),
        (Role.AUDITOR, Merchant, 403),
        (Role.OPERATIONS, ApiKey, 200),
        (Role.FINANCE, ApiKey, 403),
        (Role.SUPPORT, ApiKey, 403),
        (Role.AUDITOR, ApiKey, 403),
    ],
)
def test_the_form_for_a_new_row_opens_for_the_roles_that_may_add(
    role: Role, model: type[Any], expected: int, acme: Person, sign_in: SignIn
) -> None:
    assert sign_in(role, acme.acquirer).get(address(model, "add")).status_code == expected


@pytest.mark.parametrize("model", MODELS)
def test_a_stranger_is_sent_to_the_sign_in_page(model: type[Any], acme: Person) -> None:
    answer = Client().get(address(model, "change", own_row(acme, model).pk))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("admin:login"))


def merchant_form(**changed: object) -> dict[str, object]:
    return {
        "legal_name": "Peak Noodles Limited",
        "display_name": "Peak Noodles",
        "mcc": "5814",
        "country": "HK",
        "organisation": "enterprise",
        "scheme_merchant_id": "M9000",
        "payment_timeout_seconds": 30,
    } | changed


def test_a_new_merchant_is_of_the_acquirer_of_who_adds_it_whatever_the_form_says(
    acme: Person, outsider: Person, sign_in: SignIn
) -> None:
    client = sign_in(Role.OPERATIONS, acme.acquirer)

    form = merchant_form(acquirer=str(outsider.acquirer.pk))
    answer = client.post(address(Merchant, "add"), form)

    assert answer.status_code == 302
    with platform_scope():
        assert Merchant.objects.get(scheme_merchant_id="M9000").acquirer == acme.acquirer


def test_a_new_merchant_opens_and_its_first_store_leads_back_to_it(
    acme: Person, sign_in: SignIn
) -> None:
    client = sign_in(Role.OPERATIONS, acme.acquirer)
    opened = client.post(address(Merchant, "add"), merchant_form() | {"_save": "Save"})
    with platform_scope():
        merchant = Merchant.objects.get(scheme_merchant_id="M9000")
    page = address(Merchant, "change", merchant.pk)
    store = {"merchant": str(merchant.pk), "name": "Peak", "scheme_store_id": "S1",
             "status": "active", "_save": "Save"}  # fmt: skip

    back = client.post(f"{address(Store, 'add')}?merchant={merchant.pk}", store)
    other = client.post(address(Store, "add"), store | {"scheme_store_id": "S2"})

    assert [answer["Location"] for answer in (opened, back, other)] == [
        page, page, address(Store, "changelist"),
    ]  # fmt: skip


def test_staff_of_an_acquirer_are_not_asked_for_the_acquirer(acme: Person, sign_in: SignIn) -> None:
    form = sign_in(Role.OWNER, acme.acquirer).get(address(Merchant, "add"))
    whole = sign_in(Role.OPERATOR, None).get(address(Merchant, "add"))

    assert 'name="acquirer"' not in form.content.decode()
    assert 'name="acquirer"' in whole.content.decode()


def test_a_taken_scheme_merchant_id_is_said_on_the_form(acme: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)

    form = merchant_form(scheme_merchant_id=acme.merchant.scheme_merchant_id)
    answer = client.post(address(Merchant, "add"), form)

    assert answer.status_code == 200
    assert "already exists" in answer.content.decode()
    with platform_scope():
        assert Merchant.objects.filter(acquirer=acme.acquirer).count() == 1


def test_a_store_cannot_be_put_below_a_foreign_merchant(
    acme: Person, outsider: Person, sign_in: SignIn
) -> None:
    client = sign_in(Role.OWNER, outsider.acquirer)

    answer = client.post(
        address(Store, "add"),
        {
            "merchant": str(acme.merchant.pk),
            "name": "Mine now",
            "scheme_store_id": "S999",
            "status": "active",
        },
    )

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["merchant"]
    with platform_scope():
        assert not Store.objects.filter(scheme_store_id="S999").exists()


def test_a_terminal_takes_merchant_and_acquirer_from_its_store(
    acme: Person, sign_in: SignIn
) -> None:
    client = sign_in(Role.OPERATOR, None)

    answer = client.post(
        address(Terminal, "add"),
        {
            "store": str(acme.store.pk),
            "name": "Till 9",
            "scheme_terminal_id": "T99",
            "status": "active",
        },
    )

    assert answer.status_code == 302
    with platform_scope():
        terminal = Terminal.objects.get(scheme_terminal_id="T99")
        assert (terminal.acquirer_id, terminal.merchant_id) == (
            acme.acquirer.pk,
            acme.merchant.pk,
        )


def test_suggestions_name_own_merchants_only(
    acme: Person, outsider: Person, sign_in: SignIn
) -> None:
    asked = {"app_label": "merchants", "model_name": "store", "field_name": "merchant"}

    answer = sign_in(Role.OWNER, acme.acquirer).get(reverse("admin:autocomplete"), asked)

    assert [row["id"] for row in answer.json()["results"]] == [str(acme.merchant.pk)]


def test_a_public_id_finds_its_row(acme: Person, rival: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.SUPPORT, acme.acquirer)

    page = client.get(address(Store, "changelist"), {"q": rival.store.public_id})

    assert [row.pk for row in page.context["cl"].result_list] == [rival.store.pk]


def key_form(person: Person, **changed: object) -> dict[str, object]:
    return {
        "merchant": str(person.merchant.pk),
        "label": "New till",
        "scopes": ["payments:write"],
    } | changed


def test_a_new_key_is_shown_once_and_kept_as_a_digest(acme: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, acme.acquirer)

    answer = client.post(address(ApiKey, "add"), key_form(acme))

    text = re.findall(r"tg_test_[0-9A-Za-z]{40}", answer.content.decode())
    assert len(text) == 1
    assert "no-store" in answer["Cache-Control"]
    with platform_scope():
        key = ApiKey.objects.get(label="New till")
    parsed = keys.parse_key(text[0])
    assert parsed is not None
    assert (bytes(key.digest), key.lookup) == (parsed.digest, parsed.lookup)
    assert key.created_by is not None
    assert key.created_by.role == Role.OPERATIONS
    assert key.acquirer_id == acme.acquirer.pk
    assert text[0] not in str(dict(client.session))
    assert text[0] not in str(list(LogEntry.objects.values()))
    assert text[0][16:] not in client.get(address(ApiKey, "change", key.pk)).content.decode()


def test_a_key_for_the_store_of_another_merchant_is_refused(
    acme: Person, rival: Person, sign_in: SignIn
) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)

    answer = client.post(address(ApiKey, "add"), key_form(acme, store=str(rival.store.pk)))

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["store"] == [
        "This store belongs to another merchant."
    ]
    with platform_scope():
        assert not ApiKey.objects.filter(label="New till").exists()


def test_a_revoked_key_opens_nothing_any_more(acme: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, acme.acquirer)
    assert acme.client().get("/v1/stores").status_code == 200

    client.post(
        address(ApiKey, "changelist"), {"action": "revoke", "_selected_action": [acme.key.pk]}
    )

    assert acme.client().get("/v1/stores").status_code == 401


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.AUDITOR])
def test_who_may_only_look_cannot_revoke(role: Role, acme: Person, sign_in: SignIn) -> None:
    client = sign_in(role, acme.acquirer)

    client.post(
        address(ApiKey, "changelist"), {"action": "revoke", "_selected_action": [acme.key.pk]}
    )

    assert acme.client().get("/v1/stores").status_code == 200


def test_a_foreign_key_cannot_be_revoked(acme: Person, outsider: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.OWNER, outsider.acquirer)

    client.post(
        address(ApiKey, "changelist"), {"action": "revoke", "_selected_action": [acme.key.pk]}
    )

    assert acme.client().get("/v1/stores").status_code == 200


def account_form(**changed: object) -> dict[str, object]:
    return {
        "partner_id": "2088000000000042",
        "sign_type": "RSA2",
        "livemode": "on",
        "primary_url": "https://gateway.example/gateway.do",
        "currencies": "HKD,JPY",
        **{setting.name: setting.default for setting in timing.SETTINGS.values()},
        "is_active": "on",
    } | changed


def test_a_new_partner_account_makes_its_key_pair_and_shows_the_public_half_only(
    acme: Person, sign_in: SignIn
) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)

    assert client.post(address(PartnerAccount, "add"), account_form()).status_code == 302

    with platform_scope():
        account = PartnerAccount.objects.get(partner_id="2088000000000042")
    assert account.acquirer == acme.acquirer
    assert account.private_key.startswith("-----BEGIN PRIVATE KEY-----")
    page = client.get(address(PartnerAccount, "change", account.pk)).content.decode()
    assert account.private_key.splitlines()[1] not in page
    assert "PRIVATE KEY" not in page
    assert "MIIBIjANBg" in page  # how the Base64 of every RSA-2048 public key begins


def test_secrets_stay_when_their_fields_are_left_empty(acme: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)
    account = acme.partner_account
    page = address(PartnerAccount, "change", account.pk)

    form = account_form(sign_type="MD5", currencies="HKD", pay_read_seconds=20)
    assert MD5_KEY not in client.get(page).content.decode()
    assert client.post(page, form).status_code == 302

    with platform_scope():
        account.refresh_from_db()
    assert (account.md5_key, account.pay_read_seconds) == (MD5_KEY, 20)
    # What payments were made with stays, whatever the form says.
    assert (account.livemode, account.partner_id != "2088000000000042") == (False, True)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"currencies": "HKD,XYZ"}, "currencies"),
        ({"new_private_key": "no key"}, "new_private_key"),
        ({"alipay_public_key": "no key"}, "alipay_public_key"),
        ({"primary_url": "http://gateway.example/gateway.do"}, "primary_url"),
        ({"sign_type": "MD5"}, "new_md5_key"),
    ],
)
def test_a_partner_account_that_cannot_work_is_refused_by_field(
    changed: dict[str, object], field: str, acme: Person, sign_in: SignIn
) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)

    answer = client.post(address(PartnerAccount, "add"), account_form(**changed))

    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    with platform_scope():
        assert not PartnerAccount.objects.filter(livemode=True).exists()


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        (PartnerAccount, "private_key__startswith"),
        (PartnerAccount, "md5_key__contains"),
        (ApiKey, "digest__gt"),
        (ApiKey, "created_by__password__startswith"),
        (Staff, "password__startswith"),
        (Merchant, "acquirer__slug__startswith"),
    ],
)
def test_nobody_can_spell_out_a_secret_with_filters(
    model: type[Any], lookup: str, acme: Person, sign_in: SignIn
) -> None:
    answer = sign_in(Role.OWNER, acme.acquirer).get(address(model, "changelist"), {lookup: "a"})

    assert answer.status_code == 400


def test_a_merchants_form_speaks_the_readers_language(acme: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)

    form = client.get(address(Merchant, "add"), headers={"accept-language": "zh-Hant"})

    text = form.content.decode()
    assert "JP · 日本" in text
    assert "The business" not in text
    assert ">Country" not in text
