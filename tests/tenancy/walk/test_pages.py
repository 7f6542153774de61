"""What every role sees on every page of its own acquirer; the pages are found by themselves."""

from tenancy.models import AuditEntry
from tenancy.roles import Role
from tests.tenancy.walk.addresses import SHOWS_OTHER_THINGS
from tests.tenancy.walk.language import english_of
from tests.tenancy.walk.secrets import SECRET
from tests.tenancy.walk.sweep import CROWDED, LANGUAGES, Sweep

QUERIES_LIMIT = 30


def test_no_page_shows_anything_of_another_acquirer_but_to_the_operator(sweep: Sweep) -> None:
    leaks = [
        f"{page.address.name}: {leak}"
        for page in sweep.pages
        for leak in sweep.theirs.leaks(page.text)
    ]

    if sweep.staff.role == Role.OPERATOR:
        assert f"merchants_merchant_changelist: {sweep.theirs.mark}" in leaks
    else:
        assert leaks == []
    assert [page.address.name for page in sweep.pages if page.status >= 500] == []


def test_a_list_opens_for_who_may_view_its_rows_and_for_nobody_else(sweep: Sweep) -> None:
    role = sweep.staff.role
    lists = [page for page in sweep.pages if page.address.name.endswith("_changelist")]

    assert len(lists) == sweep.tables
    assert {page.address.name: page.status for page in lists} == {
        page.address.name: 200 if page.address.may(role, "view") else 403 for page in lists
    }


def test_who_may_look_sees_the_own_row(sweep: Sweep) -> None:
    """Without this the walk would be content with pages that show nothing at all."""
    faults = []
    for page in sweep.pages:
        address, model = page.address, page.address.model
        if model is None or not address.name.endswith(("_change", "_changelist")):
            continue
        if address.may(sweep.staff.role, "view") and address.name not in SHOWS_OTHER_THINGS:
            is_there = str(sweep.ours.rows[model].pk) in page.text
            if page.status != 200 or not (is_there or model is AuditEntry):
                faults.append(f"{address.name}: {page.status}, own row not seen")
    assert faults == []


def test_support_reads_no_persons_data_on_any_page_and_the_auditor_does(sweep: Sweep) -> None:
    """Without the auditor it would be content with pages that show nothing at all."""
    shown = [page.address.name for page in sweep.pages if SECRET in page.text]

    if sweep.staff.role == Role.SUPPORT:
        assert shown == []
    if sweep.staff.role == Role.AUDITOR:
        assert "payments_payment_change" in shown


def test_however_many_rows_a_page_shows_it_asks_the_database_a_bounded_number_of_times(
    sweep: Sweep,
) -> None:
    # What hangs on a row is looked for in every table before it is deleted: once each.
    asked = {
        page.address.pattern: page.queries
        for page in sweep.pages
        if page.status == 200 and not page.address.name.endswith("_delete")
    }

    if sweep.staff.role in CROWDED:
        assert len(asked) > 2 * sweep.tables - 10  # lists and rows are among them
    assert {path: count for path, count in asked.items() if count > QUERIES_LIMIT} == {}


def test_no_english_sentence_is_left_under_chinese(sweep: Sweep) -> None:
    pages = [page for page in sweep.pages if page.status == 200 and page.is_html]

    left = ((page.address.name, said) for page in pages for said in english_of(page.text))
    found = next(left, None)

    assert len(pages) > 50
    if sweep.staff.role in LANGUAGES:
        assert found is None, [found, *left]
    else:  # without this it would be content with a look that sees no words
        assert found is not None
