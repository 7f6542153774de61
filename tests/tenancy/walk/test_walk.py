"""The walk: every page of the admin, by every role, with own ids and with another acquirer's.

The pages are found by themselves, so a page that is added tomorrow is walked tomorrow.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.core import serializers
from django.test import Client, RequestFactory

from tenancy.admin import AcquirerAdmin
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.factories.tenancy import StaffFactory
from tests.tenancy.walk.addresses import Address, every_address
from tests.tenancy.walk.furnish import World
from tests.tenancy.walk.sweep import body
from tests.tenancy.walk.visit import signed_in

pytestmark = pytest.mark.django_db

REFUSED = {302, 403, 404, 405}


def snapshot(world: World) -> str:
    """Every row of ``world`` as it stands in the database."""
    with platform_scope():
        rows = [type(row)._base_manager.get(pk=row.pk) for row in world.rows.values()]
        return serializers.serialize("json", [row for row in rows])


def words(address: Address, theirs: World, role: str) -> list[str]:
    """What to search a page for: the mark; by one role, who sees all, the row's ids as well."""
    if address.model is None or role != Role.OWNER:
        return [theirs.mark]
    row = theirs.rows[address.model]
    return [theirs.mark, str(row.pk), getattr(row, "public_id", theirs.mark)]


def test_the_walk_notices_a_page_that_forgets_whose_rows_it_shows(
    ours: World, theirs: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(StaffFactory(acquirer=ours.person.acquirer))
    everything = ModelAdmin.get_queryset
    monkeypatch.setattr(AcquirerAdmin, "get_queryset", everything)

    answer = client.get("/admin/tenancy/acquirer/")

    assert theirs.mark in theirs.leaks(body(answer))


def test_every_model_of_the_admin_is_walked_with_all_its_pages() -> None:
    walked = {address.name for address in every_address()}

    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        for page in ("changelist", "add", "history", "delete", "change"):
            assert f"{name}_{page}" in walked
    assert {"index", "autocomplete", "view_on_site"} <= walked


def test_what_another_acquirer_owns_is_found_by_no_search(
    staff: Staff, ours: World, theirs: World
) -> None:
    client, faults = signed_in(staff), []
    for address in every_address():
        if address.takes_a_row or address.name.endswith("_add"):
            continue
        for word in words(address, theirs, staff.role):
            # Django's lists, the theme's search, and whatever calls it a term.
            answer = client.get(address.fill(theirs), dict.fromkeys(("q", "s", "term"), word))
            found = theirs.leaks(body(answer), asked=word)
            faults += [f"{address.name}?q={word}: {leak}" for leak in found]
            if answer.context is not None and "cl" in answer.context:
                faults += [
                    f"{address.name} found {row}" for row in answer.context["cl"].result_list
                ]
    assert faults == []


def test_a_foreign_row_is_refused_on_every_page_that_takes_one(
    staff: Staff, ours: World, theirs: World
) -> None:
    client, faults, before = signed_in(staff), [], snapshot(theirs)
    for address in every_address():
        if not address.takes_a_row:
            continue
        path = address.fill(theirs)
        for method in ("get", "post"):
            answer = getattr(client, method)(path, {"post": "yes"} if method == "post" else {})
            if answer.status_code not in REFUSED:
                faults.append(f"{method} {address.name}: {answer.status_code}")
            leaked = theirs.leaks(body(answer), asked=path)
            faults += [f"{method} {address.name}: {leak}" for leak in leaked]
    assert faults == []
    assert snapshot(theirs) == before


def test_a_role_without_the_permission_is_refused_its_own_rows_too(
    staff: Staff, ours: World, theirs: World
) -> None:
    client, faults = signed_in(staff), []
    for address in every_address():
        if address.model is None or not address.takes_a_row or not address.name:
            continue
        if address.may(staff.role, "view") or address.may(staff.role, "change"):
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(address.fill(ours))
            if answer.status_code not in {403, 404, 405}:
                faults.append(f"{method} {address.name}: {answer.status_code}")
    assert faults == []


def test_a_button_without_the_permission_is_refused_on_the_own_row(
    staff: Staff, ours: World, theirs: World
) -> None:
    client, faults, before = signed_in(staff), [], snapshot(ours)
    for address in every_address():
        if not address.permission or staff.has_perm(address.permission):
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(address.fill(ours))
            if answer.status_code not in {403, 404}:
                faults.append(f"{method} {address.pattern}: {answer.status_code}")
    assert faults == []
    assert snapshot(ours) == before


def test_every_button_opens_for_who_has_the_permission(ours: World, theirs: World) -> None:
    """Without this the test above would be content with buttons that nobody can press."""
    operator = StaffFactory(role=Role.OPERATOR, acquirer=None)
    client, faults, buttons = signed_in(operator), [], 0
    for address in every_address():
        if address.permission:
            buttons += 1
            answer = client.get(address.fill(ours))
            if answer.status_code not in {200, 302}:  # closed ones lead back and say why
                faults.append(f"{address.pattern}: {answer.status_code}")
    assert faults == []
    assert buttons > 10


def test_a_form_takes_no_row_of_another_acquirer(ours: World, theirs: World) -> None:
    """What a form offers is looked at below; here a foreign id is sent to it all the same. By an
    owner, who has every form that anybody of an acquirer has. Each field of a form is judged for
    itself, so all are sent at once."""
    client, faults, asked, before = signed_in(ours.staff), [], 0, snapshot(theirs)
    for address in every_address():
        is_form = address.name.endswith(("_add", "_change")) or address.permission
        if not is_form or address.model is None:
            continue
        page = client.get(address.fill(ours))
        form = form_of(page)
        if form is None:
            continue
        sent = foreign_ids(form, theirs)
        if not sent:
            continue
        asked += len(sent)
        answer = client.post(address.fill(ours), sent)
        refused = form_of(answer)
        taken = [name for name in sent if refused is None or name not in refused.errors]
        leaked = theirs.leaks(body(answer), asked=" ".join(sent.values()))
        faults += [f"{address.name}.{found}" for found in [*taken, *leaked]]
    assert asked > 20
    assert faults == []
    assert snapshot(theirs) == before


def foreign_ids(form: Any, theirs: World) -> dict[str, str]:
    """An id of theirs for each field that names a row."""
    named = {
        name: getattr(getattr(field, "queryset", None), "model", None)
        for name, field in form.fields.items()
    }
    return {name: str(theirs.rows[kind].pk) for name, kind in named.items() if kind in theirs.rows}


def form_of(answer: Any) -> Any:
    """The form of a page, where it has one."""
    if answer.status_code not in {200, 400} or answer.context is None:
        return None
    found = answer.context.get("adminform")
    return answer.context.get("form") if found is None else found.form


def test_who_may_only_look_changes_nothing(staff: Staff, ours: World, theirs: World) -> None:
    client, faults = signed_in(staff), []
    for address in every_address():
        name = address.name
        for page, action in (("_add", "add"), ("_change", "change"), ("_delete", "delete")):
            if not name.endswith(page) or address.model is None or address.may(staff.role, action):
                continue
            answer = client.post(address.fill(ours), {"post": "yes"})
            if answer.status_code != 403:
                faults.append(f"post {name}: {answer.status_code}")
    assert faults == []


def actions() -> Iterator[tuple[Any, Any, str]]:
    for model, page in admin.site._registry.items():
        request = RequestFactory().get("/admin/")
        request.user = StaffFactory(role=Role.OPERATOR, acquirer=None)
        for name in page.get_actions(request):
            yield model, page, name


def test_no_action_reaches_a_foreign_row(staff: Staff, ours: World, theirs: World) -> None:
    client, faults, before = signed_in(staff), [], snapshot(theirs)
    for model, _, name in list(actions()):
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        pk = str(theirs.rows[model].pk)
        for select_across in ("0", "1"):
            chosen = {"action": name, "_selected_action": pk, "select_across": select_across}
            answer = client.post(path, chosen | {"post": "yes", "confirm": "yes"})
            found = theirs.leaks(body(answer), asked=pk)
            faults += [f"{name} of {model._meta.label}: {leak}" for leak in found]
    assert faults == []
    assert snapshot(theirs) == before


def test_choices_of_a_form_and_autocomplete_offer_no_foreign_row(
    staff: Staff, ours: World, theirs: World
) -> None:
    client, faults = signed_in(staff), []
    for model in admin.site._registry:
        for column in model._meta.fields:
            if not column.is_relation:
                continue
            answer = client.get(
                "/admin/autocomplete/",
                {
                    "app_label": model._meta.app_label,
                    "model_name": model._meta.model_name,
                    "field_name": column.name,
                    "term": "",
                },
            )
            found = theirs.leaks(body(answer))
            faults += [f"{model._meta.label}.{column.name}: {leak}" for leak in found]
    assert faults == []


def test_a_stranger_is_led_to_the_sign_in_from_every_page(ours: World) -> None:
    client, faults = Client(), []
    for address in every_address():
        for method in ("get", "post"):
            answer = getattr(client, method)(address.fill(ours))
            where = answer.headers.get("Location", "")
            if answer.status_code != 302 or "/login/" not in where:
                faults.append(f"{method} {address.name}: {answer.status_code} {where}")
    assert faults == []
