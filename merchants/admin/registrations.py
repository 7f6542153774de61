"""Registrations in the admin: where each store stands at Alipay, and sending it again."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from merchants.models import Registration
from merchants.services.register import send_again
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly


def _send(request: HttpRequest, row: Registration, content: dict[str, Any]) -> Done:
    send_again(row.id)
    return Done(_("It is announced to Alipay again in a few seconds."))


SEND_AGAIN = Act(
    name="send",
    label="Send again",
    permission="merchants.send_registration",
    form=Confirm,
    run=_send,
    facts=lambda row: [("Store", row.store), ("Alipay said", row.reason or "nothing")],
    warning="Correct the merchant or the store first, if Alipay has refused it.",
)


@admin.register(Registration)
class RegistrationAdmin(Acting, ReadOnly, OwnedAdmin):
    acts = (SEND_AGAIN,)
    fields = (
        "buttons",
        "store",
        "merchant",
        "partner_account",
        "status",
        "reason",
        "code",
        "registered_at",
        "asked_at",
        "due_at",
        "scheme_merchant_id",
        "scheme_store_id",
        "evidence",
        "public_id",
        "created_at",
    )
    readonly_fields = fields
    list_display = ("store", "merchant", "partner_account", "status", "reason", "asked_at")
    list_filter = ("status",)
    list_select_related = ("store", "merchant", "partner_account")
    search_fields = ("scheme_store_id", "scheme_merchant_id")
