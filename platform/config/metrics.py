"""``GET /metrics``: what the tables say about payments now, for Prometheus.

Read from the database at each scrape, so that the figures are those of the whole platform, are
right after any restart, and cost the payments nothing. Every query uses an index.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import CollectorRegistry

from connectors.alipay.transport import ALL_LEFT_ALONE
from connectors.alipay.verdict import UNREADABLE_ANSWER
from kernel import clock, ids
from tenancy.scope import platform_scope

RECENT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Gauge:
    """One family of figures; ``sql`` returns its labels and then the figure.

    It may use ``%(now)s`` and ``%(recent)s``, the smallest id of the last five minutes.
    """

    name: str
    meaning: str
    labels: tuple[str, ...]
    sql: str


GAUGES = (
    Gauge(
        "tillgate_payments_due",
        "Payments that somebody must act on, now or soon, by inner status.",
        ("status", "livemode"),
        """SELECT status, livemode::text, count(*) FROM payments_payment
            WHERE due_at IS NOT NULL GROUP BY status, livemode""",
    ),
    Gauge(
        "tillgate_oldest_doubt_seconds",
        "Age of the oldest payment in doubt; 0 if there is none.",
        (),
        """SELECT COALESCE(EXTRACT(EPOCH FROM %(now)s - min(created_at)), 0)
             FROM payments_payment WHERE due_at IS NOT NULL AND completed_at IS NULL""",
    ),
    Gauge(
        "tillgate_overdue_seconds",
        "How late the most overdue row is; above 10 the workers are away or too few.",
        ("table",),
        """SELECT 'payments', COALESCE(EXTRACT(EPOCH FROM %(now)s - min(due_at)), 0)
             FROM payments_payment WHERE due_at < %(now)s
            UNION ALL
           SELECT 'refunds', COALESCE(EXTRACT(EPOCH FROM %(now)s - min(due_at)), 0)
             FROM payments_refund WHERE due_at < %(now)s""",
    ),
    Gauge(
        "tillgate_refunds_due",
        "Refunds in doubt.",
        ("livemode",),
        """SELECT livemode::text, count(*) FROM payments_refund
            WHERE due_at IS NOT NULL GROUP BY livemode""",
    ),
    Gauge(
        "tillgate_breaks_open",
        "Open breaks, and whether a person is needed.",
        ("kind", "needs_person"),
        """SELECT kind, needs_person::text, count(*) FROM payments_break
            WHERE status = 'open' GROUP BY kind, needs_person""",
    ),
    Gauge(
        "tillgate_books_faults",
        "What the last check of each acquirer's books found; above 0 somebody must look.",
        ("acquirer",),
        """SELECT acquirer.slug, latest.faults FROM tenancy_acquirer AS acquirer
            CROSS JOIN LATERAL (SELECT faults FROM settlement_bookscheck
                                 WHERE acquirer_id = acquirer.id
                                 ORDER BY id DESC LIMIT 1) AS latest
            ORDER BY acquirer.slug""",
    ),
    Gauge(
        "tillgate_books_checked_seconds",
        "Age of the oldest of the acquirers' last checks; above 100,000 the checks are missed.",
        (),
        """SELECT COALESCE(max(EXTRACT(EPOCH FROM %(now)s - latest.created_at)), 0)
             FROM tenancy_acquirer AS acquirer
            CROSS JOIN LATERAL (SELECT created_at FROM settlement_bookscheck
                                 WHERE acquirer_id = acquirer.id
                                 ORDER BY id DESC LIMIT 1) AS latest""",
    ),
    Gauge(
        "tillgate_incidents_open",
        "Incidents of live health that go on, by kind and level.",
        ("kind", "level", "livemode"),
        """SELECT kind, level, livemode::text, count(*) FROM portal_incident
            WHERE ended_at IS NULL GROUP BY kind, level, livemode""",
    ),
    Gauge(
        "tillgate_payments_recent",
        "Payments created in the last five minutes, by inner status.",
        ("status", "livemode"),
        """SELECT status, livemode::text, count(*) FROM payments_payment
            WHERE id >= %(recent)s GROUP BY status, livemode""",
    ),
    Gauge(
        "tillgate_attempts_recent",
        "Calls to Alipay begun in the last five minutes, by kind and result.",
        ("kind", "result"),
        """SELECT kind, COALESCE(result, 'unanswered'), count(*) FROM payments_attempt
            WHERE id >= %(recent)s GROUP BY kind, result""",
    ),
    Gauge(
        "tillgate_address_calls_recent",
        "Calls to each of Alipay's addresses in the last five minutes, by what came of them.",
        ("partner", "address", "outcome"),
        # No code: nobody connected or answered in full.
        f"""SELECT account.partner_id, attempt.endpoint,
                  CASE WHEN attempt.error = '{ALL_LEFT_ALONE}' THEN 'left_alone'
                       WHEN attempt.http_status = 200 AND attempt.code <> '{UNREADABLE_ANSWER}'
                       THEN 'answered' ELSE 'failed' END AS outcome,
                  count(*)
             FROM payments_attempt AS attempt
             JOIN payments_payment AS payment ON payment.id = attempt.payment_id
             JOIN merchants_partneraccount AS account ON account.id = payment.partner_account_id
            WHERE attempt.id >= %(recent)s AND attempt.endpoint IS NOT NULL GROUP BY 1, 2, 3""",  # noqa: S608 - words of ours
    ),
    Gauge(
        "tillgate_attempt_seconds",
        "Time to Alipay's answer in the last five minutes.",
        ("kind", "quantile"),
        """SELECT kind, quantile::text,
                  percentile_cont(quantile) WITHIN GROUP (ORDER BY duration_ms) / 1000
             FROM payments_attempt, (VALUES (0.5), (0.95), (0.99)) AS wanted (quantile)
            WHERE id >= %(recent)s AND duration_ms IS NOT NULL GROUP BY kind, quantile""",
    ),
    Gauge(
        "tillgate_notifications_refused_recent",
        "Forged, foreign and contradictory notifications first seen in the last five minutes.",
        ("reason",),
        """SELECT reason, count(*) FROM payments_refusednotification
            WHERE id >= %(recent)s GROUP BY reason""",
    ),
    Gauge(
        "tillgate_webhook_tries_recent",
        "Webhooks sent in the last five minutes, by outcome.",
        ("outcome",),
        """SELECT CASE WHEN http_status BETWEEN 200 AND 299 THEN 'succeeded' ELSE 'failed' END,
                  count(*)
             FROM events_deliverytry WHERE id >= %(recent)s GROUP BY 1""",
    ),
    Gauge(
        "tillgate_webhooks_overdue_seconds",
        "How late the most overdue webhook is whose endpoint is in good health.",
        (),
        """SELECT COALESCE(EXTRACT(EPOCH FROM %(now)s - min(owed.due_at)), 0)
             FROM events_webhookendpoint AS endpoint
            CROSS JOIN LATERAL (SELECT due_at FROM events_delivery
                                 WHERE endpoint_id = endpoint.id AND due_at < %(now)s
                                 ORDER BY due_at LIMIT 1) AS owed
            WHERE endpoint.is_enabled AND NOT endpoint.is_impaired""",
    ),
)


class TableCollector:
    """Asks the tables when it is collected from."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = clock.now()
        params: dict[str, Any] = {"now": now, "recent": ids.first_uuid_at(now - RECENT)}
        with platform_scope(), connection.cursor() as cursor:
            for gauge in GAUGES:
                family = GaugeMetricFamily(gauge.name, gauge.meaning, labels=gauge.labels)
                cursor.execute(gauge.sql, params)
                for *labels, value in cursor.fetchall():
                    family.add_metric(labels, float(value))
                yield family


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for who sends TILLGATE_METRICS_TOKEN; where none is set there is no address."""
    if not settings.METRICS_TOKEN:
        return HttpResponse("no such address", status=404, content_type="text/plain")
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    if not hmac.compare_digest(request.META.get("HTTP_AUTHORIZATION", "").encode(), expected):
        return HttpResponse("send the metrics token", status=401, content_type="text/plain")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(TableCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
