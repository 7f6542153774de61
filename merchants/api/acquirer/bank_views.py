"""``/v1/merchants/{id}/bank_accounts`` and their proposals: where a merchant is paid to."""

from typing import Annotated, Any, Literal

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body, Text, read, read_query
from api.pages import PageQuery, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from kernel import ids
from kernel.clock import show_time
from merchants.api.acquirer.base import AcquirerView
from merchants.api.acquirer.bodies import Name
from merchants.models import BankAccount, Merchant
from merchants.services.bank_accounts import BANK_ACCOUNT, BankDetails, propose_bank_account
from merchants.state import AcquirerScope
from proposals.models import Proposal
from proposals.state import Status

Code = Annotated[Text, StringConstraints(max_length=3)]
Number = Annotated[Text, StringConstraints(max_length=42)]


class ProposeBankAccount(Body):
    """``account_number`` is an IBAN or the country's own form, then with its ``bank_code``."""

    currency: Code
    holder: Name
    country: Code
    account_number: Number
    bank_code: Annotated[Text, StringConstraints(max_length=20)] = ""
    reason: Annotated[Text, StringConstraints(min_length=3, max_length=256)]


class BankAccountObject(BaseModel):
    """The account of one currency; of its number only the end is shown: ``••••6789``."""

    object: Literal["bank_account"] = "bank_account"
    id: str
    merchant: str
    currency: str
    holder: str
    country: str
    account_number: str
    bank_code: str
    set_at: str | None


class BankAccountPage(BaseModel):
    """One page, newest first."""

    data: list[BankAccountObject]
    has_more: bool
    next_cursor: str | None


class BankAccountProposalObject(BaseModel):
    """A bank account that waits for a person's approval; ``bank_account`` is what came of it."""

    object: Literal["bank_account_proposal"] = "bank_account_proposal"
    id: str
    merchant: str
    status: Status
    currency: str
    account_number: str
    reason: str
    decision_reason: str
    bank_account: str | None
    expires_at: str | None
    created_at: str | None


class BankAccountProposalPage(BaseModel):
    """One page, newest first."""

    data: list[BankAccountProposalObject]
    has_more: bool
    next_cursor: str | None


def show_bank_account(row: BankAccount) -> dict[str, Any]:
    """The account as the API shows it, its number masked."""
    return {
        "object": "bank_account",
        "id": row.public_id,
        "merchant": ids.encode(Merchant.PREFIX, row.merchant_id),
        "currency": row.currency,
        "holder": row.holder,
        "country": row.country,
        "account_number": row.masked_number,
        "bank_code": row.bank_code,
        "set_at": show_time(row.set_at),
    }


def show_proposal(row: Proposal) -> dict[str, Any]:
    """The proposal as the API shows it; its payload is never read."""
    return {
        "object": "bank_account_proposal",
        "id": row.public_id,
        "merchant": row.subject,
        "status": row.status,
        "currency": row.after["currency"],
        "account_number": row.after["account number"],
        "reason": row.reason,
        "decision_reason": row.decision_reason,
        "bank_account": row.result or None,
        "expires_at": show_time(row.expires_at),
        "created_at": show_time(row.created_at),
    }


class MerchantBankAccounts(AcquirerView):
    """``/v1/merchants/{id}/bank_accounts``."""

    scopes = {"GET": AcquirerScope.MERCHANTS_READ}

    @extend_schema(
        operation_id="list_merchant_bank_accounts",
        summary="List where a merchant is paid to",
        responses={200: BankAccountPage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request, merchant_id: str) -> Response:
        rows = BankAccount.objects.filter(merchant=self.merchant(merchant_id))
        query = read_query(PageQuery, request.query_params)
        read_cursor = BankAccount.public_id_to_uuid
        return Response(page(rows, query, read_cursor=read_cursor, show=show_bank_account))


class BankAccountProposals(AcquirerView):
    """``/v1/merchants/{id}/bank_account_proposals``."""

    scopes = {
        "GET": AcquirerScope.MERCHANTS_READ,
        "POST": AcquirerScope.BANK_ACCOUNTS_PROPOSE,
    }

    @extend_schema(
        operation_id="list_bank_account_proposals",
        summary="List the bank accounts that were proposed for a merchant",
        responses={200: BankAccountProposalPage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request, merchant_id: str) -> Response:
        subject = self.merchant(merchant_id).public_id
        rows = Proposal.objects.filter(subject=subject, kind=BANK_ACCOUNT.name)
        query = read_query(PageQuery, request.query_params)
        return Response(
            page(rows, query, read_cursor=Proposal.public_id_to_uuid, show=show_proposal)
        )

    @extend_schema(
        operation_id="propose_bank_account",
        summary="Propose where a merchant is paid to; a person approves it",
        request=ProposeBankAccount,
        responses={201: BankAccountProposalObject, 200: BankAccountProposalObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, merchant_id: str) -> Response:
        merchant = self.merchant(merchant_id)
        said = read(ProposeBankAccount, request.data).model_dump()
        reason = said.pop("reason")
        key_id, details = self.principal.key_id, BankDetails(**said)
        return self.once(
            Proposal,
            lambda: propose_bank_account(key_id, merchant, details, reason=reason),
            show_proposal,
        )
