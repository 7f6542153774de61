"""Every report, in the order in which they are told of."""

from portal.insights.report import Report
from portal.insights.reports.baskets import CATEGORIES, GOODS
from portal.insights.reports.campaigns import CAMPAIGNS
from portal.insights.reports.customers import COHORTS, PERSONAS, RETURNING, RISKS
from portal.insights.reports.sales import HOURS, PLACES, SALES, WALLETS

REPORTS: dict[str, Report] = {
    report.name: report
    for report in (
        SALES, HOURS, PLACES, WALLETS, CATEGORIES, GOODS, PERSONAS, RISKS, RETURNING, COHORTS,
        CAMPAIGNS,
    )
}  # fmt: skip
