"""All that a day's files let us compare: what was traded, what it explains, what was settled."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from merchants.models import PartnerAccount
from settlement.models import Break, SchemeFile
from settlement.services.reconcile import BESIDE_DAYS, Reconciled, reconcile
from settlement.state import BreakState, FileState, Way

Progress = Callable[[str], None]


def reconcile_day(
    account: PartnerAccount, day: date, progress: Progress = lambda words: None
) -> list[Reconciled]:
    """Compare what is loaded for ``day``, then the days around whose open breaks it may explain,
    and those after it, which may have its rows again.

    In the account's tenant scope. Nothing is compared, and the list is empty, where neither file of
    the day is loaded. Raises Conflict ``run_in_progress`` while another worker is at one of them.
    """
    runs = [*_due(account, day)]
    done = []
    for way, each in runs:
        progress(f"{way}, {each}")
        done.append(reconcile(account, way, each, progress))
    return done


def _due(account: PartnerAccount, day: date) -> Iterator[tuple[Way, date]]:
    """The runs, in the order in which one may explain what the next has open."""
    traded = _loaded(account, SchemeFile.Kind.TRANSACTION)
    settled = _loaded(account, SchemeFile.Kind.SETTLEMENT)
    if day in traded:
        yield Way.TRANSACTIONS, day
        again = _open_days(account, Way.TRANSACTIONS, day) | _days_after(day)
        for each in sorted(again & traded):
            yield Way.TRANSACTIONS, each
    if day in settled:
        yield Way.SETTLEMENT, day
        yield Way.BANK, day
        for each in sorted(_open_days(account, Way.BANK, day) & settled):
            yield Way.BANK, each
    if day in traded or day in settled:
        again = _open_days(account, Way.SETTLEMENT, day)
        if day in settled:
            again |= _days_after(day)
        for each in sorted(again & settled):
            yield Way.SETTLEMENT, each


def _days_after(day: date) -> set[date]:
    """Days whose files may have a row of this day's again: where theirs came first, nobody knew."""
    return {day + timedelta(days=ahead) for ahead in range(1, BESIDE_DAYS + 1)}


def _loaded(account: PartnerAccount, kind: str) -> set[date]:
    rows = SchemeFile.objects.filter(partner_account=account, kind=kind, state=FileState.LOADED)
    return set(rows.values_list("business_date", flat=True))


def _open_days(account: PartnerAccount, way: Way, day: date) -> set[date]:
    """The days near ``day``, without it, that have open breaks."""
    reach = timedelta(days=2 * BESIDE_DAYS)
    rows = Break.objects.filter(
        partner_account=account,
        way=way,
        state=BreakState.OPEN,
        business_date__range=(day - reach, day + reach),
    )
    return set(rows.values_list("business_date", flat=True).distinct()) - {day}
