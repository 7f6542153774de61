"""The base of every page of the admin: whose rows, which fields, and who owns a new row.

Tenant tables are walled off by the request's scope (tenancy.admin_scope); what is added here is
that staff of an acquirer neither see nor choose an acquirer: a new row is theirs.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from kernel.errors import TillgateError
from kernel.ids import InvalidId
from tenancy.amounts import AmountsForm
from tenancy.dressing import dress
from tenancy.listing.paging import BoundedList, BoundedPaginator
from tenancy.masking import hidden_names
from tenancy.models import Staff
from tenancy.scoped import TenantModel
from tenancy.showing import status_column

if TYPE_CHECKING:  # the theme has no type hints of its own
    from django.contrib.admin import ModelAdmin, TabularInline
else:
    from unfold.admin import ModelAdmin, TabularInline

FOUND_LIMIT = 100  # rows that one look-up of a search gives at most


class OwnedForm(AmountsForm):
    """Fills in the owner of a new row, and lets constraints that name the owner be checked."""

    staff: ClassVar[Staff]  # who is asking; set by OwnedAdmin.get_form

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance._state.adding and self.staff.acquirer_id is not None:
            self.instance.acquirer_id = self.staff.acquirer_id
        return cleaned

    def check_with_service(self, check: Any, *args: Any) -> None:
        """Run a service's check; its refusal becomes this form's field errors."""
        try:
            check(*args)
        except TillgateError as refusal:
            for fault in refusal.errors:
                shown = (
                    name for name in (fault.field, f"new_{fault.field}") if name in self.fields
                )
                self.add_error(next(shown, None), ValidationError(fault.message, code=fault.code))

    def _get_validation_exclusions(self) -> set[str]:
        # Django does not check what the form does not show, and then a taken name is a crash.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        filled = {"acquirer", "merchant"} - set(self.fields)
        return excluded - {name for name in filled if getattr(self.instance, f"{name}_id", None)}


class OwnedInline(TabularInline):  # type: ignore[type-arg]
    """Rows of another table on a row's page."""

    tab = False
    extra = 0


class OwnedAdmin(ModelAdmin):  # type: ignore[type-arg]
    """See the module's docstring."""

    form = OwnedForm
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)  # newest first, as everywhere
    list_per_page = 50
    list_max_show_all = 0
    paginator = BoundedPaginator
    show_full_result_count = False
    warn_unsaved_form = True
    list_filter_sheet = False  # filters stand beside the list
    # What the page of one row shows of other tables: read with it, in one statement.
    page_select_related: tuple[str, ...] = ()
    # May be chosen when a row is added and never changed afterwards.
    fixed_fields: tuple[str, ...] = ()
    # Never a filter: a guess at their beginning, repeated, would spell them out.
    secret_fields: frozenset[str] = frozenset()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"staff": request.user})

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        if from_field is not None or not self.page_select_related:
            return super().get_object(request, object_id, from_field)
        rows = self.get_queryset(request).select_related(*self.page_select_related)
        try:
            return rows.filter(pk=object_id).first()
        except (ValidationError, ValueError):  # not written like a key
            return None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return _without_acquirer(request, super().get_fields(request, obj))

    @cached_property
    def _status(self) -> Any:
        return status_column(self.opts.get_field("status"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return [(title and gettext(str(title)), options) for title, options in fieldsets]

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = _without_acquirer(request, super().get_list_display(request))
        return [self._status if name == "status" else name for name in columns]

    def get_list_filter(self, request: HttpRequest) -> Any:
        return _without_acquirer(request, super().get_list_filter(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if obj is None else fields + self.fixed_fields

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        # Nor what is hidden from this person: masking would be no more than a nuisance.
        if (self.secret_fields | hidden_names()) & set(lookup.split("__")):
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        hidden = hidden_names()
        fields = super().get_search_fields(request)
        return [name for name in fields if not hidden & set(name.lstrip("^=@").split("__"))]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A public id finds its row; anything else is searched for as Django does."""
        if issubclass(self.model, TenantModel):
            try:
                return queryset.filter(id=self.model.public_id_to_uuid(search_term)), False
            except InvalidId:
                pass
        text = search_term.strip()
        if not text or (found := self.find(text)) is None:
            return super().get_search_results(request, queryset, search_term)
        # One look-up for each: an OR of them would make the database read the whole table.
        keys = {
            key
            for where in found
            for key in queryset.order_by().filter(where).values_list("pk", flat=True)[:FOUND_LIMIT]
        }
        return queryset.filter(pk__in=keys), False

    def find(self, text: str) -> list[Q] | None:
        """Where a big table is searched for exactly ``text``; None: as Django does.

        Each condition must be one that an index answers. ``search_fields`` then only show the box.
        """
        return None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedList]:
        return BoundedList


def is_operator(request: HttpRequest) -> bool:
    """Whether the request is made by the platform's operator."""
    return isinstance(request.user, Staff) and request.user.acquirer_id is None


def own_rows(
    request: HttpRequest, rows: QuerySet[Model, Model], column: str
) -> QuerySet[Model, Model]:
    """``rows`` of a table without a tenant policy, narrowed to the asker's acquirer."""
    if is_operator(request):
        return rows
    acquirer_id = getattr(request.user, "acquirer_id", None)
    return rows.none() if acquirer_id is None else rows.filter(**{column: acquirer_id})


def _without_acquirer(request: HttpRequest, names: Sequence[Any]) -> list[Any]:
    return [name for name in names if name != "acquirer" or is_operator(request)]
