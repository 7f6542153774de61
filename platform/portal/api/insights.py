"""``GET /v1/insights/{report}``: for a merchant's keys its own, for an acquirer's all or one's."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field, create_model
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Query, read_query
from api.schema import PROBLEMS, query_parameters
from kernel import clock, ids
from kernel.errors import FieldError, NotFound, Rejected
from merchants.api.either import EitherView
from merchants.models import Merchant, Store
from merchants.state import Scope
from portal.insights.answer import Answer, answer
from portal.insights.ask import DAYS_LIMIT, Ask
from portal.insights.files import CONTENT_TYPES
from portal.insights.report import Kind, Report, Value
from portal.insights.small_groups import smallest_group
from portal.services.take_report import take_report
from tenancy.models import Acquirer

DAYS, CUSTOMER_DAYS = 28, 91  # where the caller names none
_TYPES: dict[Kind, Any] = {
    Kind.TEXT: str, Kind.WORD: str, Kind.DAY: date, Kind.NUMBER: int, Kind.MONEY: int,
    Kind.SHARE: int,
}  # fmt: skip


class InsightQuery(Query):
    """Days are the acquirer's; `until` is the first that is left out."""

    since: date | None = None
    until: date | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", max_length=3)] = ""
    grain: Literal["week", "month"] = "week"
    store: Annotated[str, Field(max_length=40)] | None = None
    merchant: Annotated[str, Field(max_length=40)] | None = None
    livemode: bool | None = None
    form: Literal["json", "csv", "parquet"] = "json"


class InsightView(EitherView):
    """One report; subclasses name it."""

    report: Report
    scopes = {"GET": Scope.INSIGHTS_READ}
    of_all_stores = "insights are the merchant's"

    def answer(self, request: Request) -> HttpResponseBase:
        """What ``get`` of every report does."""
        query = read_query(InsightQuery, request.query_params)
        caller = self.caller
        zone = Acquirer.objects.get(id=caller.acquirer_id).time_zone
        merchant_id, livemode = self.whose(query.merchant, query.livemode)
        whose = (caller.acquirer_id, merchant_id, bool(livemode))
        found = answer(self.report, read_ask(query, whose, self.report, zone))
        if query.form == "json":
            return Response(show(found, zone))
        name, content = take_report(found, query.form, by=caller.actor)
        sent = HttpResponse(content, content_type=CONTENT_TYPES[query.form])
        sent["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        sent["X-Content-Type-Options"] = "nosniff"
        return sent


def read_ask(
    query: InsightQuery,
    whose: tuple[UUID, UUID | None, bool],
    report: Report,
    zone: str,
) -> Ask:
    """The question of an acquirer, a merchant or none, and a mode; raises Rejected, and NotFound
    for somebody else's store."""
    acquirer_id, merchant_id, livemode = whose
    store_id = query.store and _find_store(query.store, merchant_id)
    if store_id and report.of_customers:
        raise _refuse("store", "not_by_store", "Customers are a merchant's: leave out the store.")
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    until = query.until or today + timedelta(days=1)
    length = CUSTOMER_DAYS if report.of_customers else DAYS
    since = query.since or until - timedelta(days=length)
    if not timedelta() < until - since <= timedelta(days=DAYS_LIMIT):
        raise _refuse("until", "invalid", f"1 to {DAYS_LIMIT} days after since.")
    return Ask(
        acquirer_id=acquirer_id,
        livemode=livemode,
        since=since,
        until=until,
        merchant_id=merchant_id,
        store_id=store_id or None,
        currency=query.currency,
        grain=query.grain,
    )


def _find_store(text: str, merchant_id: UUID | None) -> UUID:
    rows = Store.objects.all()
    if merchant_id is not None:
        rows = rows.filter(merchant_id=merchant_id)
    try:
        found = rows.filter(id=Store.public_id_to_uuid(text)).first()
    except ids.InvalidId:
        found = None
    if found is None:
        raise NotFound("not_found", "No such str_… id.")
    return found.id


def _refuse(field: str, code: str, message: str) -> Rejected:
    fault = FieldError(field, code, message)
    return Rejected("invalid_request", f"Please correct: {field}.", errors=(fault,))


def show(found: Answer, zone: str) -> dict[str, Any]:
    """The object; amounts in minor units, shares in basis points, null where nothing is told."""
    ask = found.ask
    return {
        "object": "insight",
        "report": found.report.name,
        "livemode": ask.livemode,
        "merchant": ask.merchant_id and ids.encode(Merchant.PREFIX, ask.merchant_id),
        "store": ask.store_id and ids.encode(Store.PREFIX, ask.store_id),
        "currency": ask.currency or None,
        "since": str(ask.since),
        "until": str(ask.until),
        "time_zone": zone,
        "as_of": found.as_of and str(found.as_of),
        "smallest_group": smallest_group() if found.report.of_customers else None,
        "data": [
            {name: _value(value) for name, value in row.items()}
            for row in found.report.dictionaries(found.rows)
        ],
    }


def _value(value: Value) -> Value:
    return str(value) if isinstance(value, date) else value


def _shape(report: Report) -> type[BaseModel]:
    """The answer's contract."""
    columns: dict[str, Any] = {
        column.name: (_TYPES[column.kind] | None, ...) for column in report.columns
    }
    name = report.name.capitalize()
    row = create_model(f"{name}Row", __doc__=f"A row of {report.name}.", **columns)
    head: dict[str, Any] = {
        "object": (Literal["insight"], ...),
        "report": (str, ...),
        "livemode": (bool, ...),
        "merchant": (str | None, ...),
        "store": (str | None, ...),
        "currency": (str | None, ...),
        "since": (date, ...),
        "until": (date, ...),
        "time_zone": (str, ...),
        "as_of": (date | None, ...),
        "smallest_group": (int | None, ...),
        "data": (list[row], ...),
    }
    return create_model(f"{name}Insight", __doc__=f"Insights: {report.title.lower()}.", **head)


def view_of(report: Report) -> Any:
    """The view of one report."""

    class View(InsightView):
        @extend_schema(
            operation_id=f"get_{report.name}_insight",
            summary=f"Insights: {report.title.lower()}",
            responses={
                (200, "application/json"): _shape(report),
                (200, "text/csv"): OpenApiTypes.BINARY,
                (200, "application/vnd.apache.parquet"): OpenApiTypes.BINARY,
                **PROBLEMS,
            },
            parameters=query_parameters(InsightQuery),
        )
        def get(self, request: Request) -> HttpResponseBase:
            return self.answer(request)

    View.report = report
    return View.as_view()
