"""Admin pages that show a person their own rows and nothing of others: neither in lists nor in choices.

A ScopedAdmin declares which roles read and write its rows, and where the chain or office of a row is. Everything else
follows: Django's model permissions play no part, a row of someone else's is as absent as one that does not exist, and
the page that asks "really delete?" counts nothing that the person may not see.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import NestedObjects, get_fields_from_path, quote
from django.core.exceptions import FieldDoesNotExist
from django.db import router
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from chains.models import User
from chains.models.people import OFFICE_ROLES
from chains.problems import Problem

HIDDEN: Final = "something else that still needs it"


def visible_rows(model: type[Model], user: Any) -> QuerySet[Any]:
    """The rows of a model that a person may see at all; none of a model that does not know its readers."""
    rows = model._default_manager.all()
    visible_to = getattr(rows, "visible_to", None)
    if visible_to is None:
        return rows if user.is_superuser else rows.none()
    narrowed: QuerySet[Any] = visible_to(user)
    return narrowed


class Scoped(BaseModelAdmin):
    """What pages and the tables inside them share: whose rows, and whose choices."""

    # Roles that see the rows, and roles that add and change them (and see them too).
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    # Where a row's chain and office are, as lookups ("programme__chain"; "pk" for the chain itself); empty for nowhere.
    chain: str = ""
    office: str = ""
    # False: rows that only the product itself writes; nobody edits them by hand, superusers included.
    by_hand: bool = True
    # True: writers may delete as well; else only superusers may.
    deletable: bool = False

    def places(self, user: User, roles: Iterable[str]) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
        """Ids of the chains and of the offices in which a person holds one of `roles`."""
        roles = list(roles)
        office_roles = [role for role in roles if role in OFFICE_ROLES]
        return user.chain_ids(*roles) if roles else set(), user.office_ids(*office_roles) if office_roles else set()

    def scope(self, user: User, roles: Iterable[str]) -> Q | None:
        """Which rows are in the places where a person holds one of `roles`; None for no row at all."""
        if user.is_superuser:
            return Q()
        chains, offices = self.places(user, roles)
        condition = Q()
        if self.chain and chains:
            condition |= Q(**{f"{self.chain}__in": chains})
        if self.office and offices:
            condition |= Q(**{f"{self.office}__in": offices})
        return condition or None

    def rows_for(self, user: User, roles: Iterable[str]) -> QuerySet[Any]:
        """The rows a person may see, where they hold one of `roles`."""
        if not self.held_by(user, roles):
            return self.model._default_manager.none()
        rows = visible_rows(self.model, user)
        condition = self.scope(user, roles)
        return rows.none() if condition is None else rows.filter(condition)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = self.rows_for(_person(request), self.reads | self.writes)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def holds(self, request: HttpRequest, roles: frozenset[str]) -> bool:
        """Whether the person asking holds one of `roles` anywhere."""
        return self.held_by(_person(request), roles)

    @staticmethod
    def held_by(user: User, roles: Iterable[str]) -> bool:
        """Whether a person holds one of `roles` anywhere."""
        return bool(user.is_active and (user.is_superuser or user.roles & frozenset(roles)))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self.choices_of(db_field, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self.choices_of(db_field, request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def choices_of(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """What may be chosen: visible rows; on the way to the row's chain or office, only what the person writes."""
        user = _person(request)
        rows = visible_rows(db_field.related_model, user)
        if user.is_superuser:
            return rows
        chains, offices = self.places(user, self.writes)
        for lookup, ids in ((self.chain, chains), (self.office, offices)):
            first, _, rest = lookup.partition("__")
            if first == db_field.name:
                rows = rows.filter(**{f"{rest or 'pk'}__in": ids})
        return rows


class ScopedAdmin(Scoped, admin.ModelAdmin):
    """The pages of one model, for the people whose rows they are."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.holds(request, self.reads | self.writes)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj, self.reads | self.writes)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.by_hand and self.holds(request, self.writes)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.by_hand and self._may(request, obj, self.writes)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not self.deletable and not _person(request).is_superuser:
            return False
        return self.has_change_permission(request, obj)

    def _may(self, request: HttpRequest, obj: Any, roles: frozenset[str]) -> bool:
        if obj is None or obj.pk is None:
            return self.holds(request, roles)
        if not self.holds(request, roles):
            return False
        # Django asks many times per page.
        asked = request.__dict__.setdefault("scoped_rows_asked", {})
        question = (self.model, obj.pk, roles)
        if question not in asked:
            asked[question] = self.rows_for(_person(request), roles).filter(pk=obj.pk).exists()
        return bool(asked[question])

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The page of a row; where a service refuses what was asked for, nothing is changed and the page says why."""
        page = super().changeform_view
        try:
            return page(request, *args, **kwargs)
        except Problem as problem:
            return self.when_refused(request, problem, lambda: page(request, *args, **kwargs))

    def when_refused(self, request: HttpRequest, problem: Problem, again: Callable[[], Any]) -> Any:
        """What a refused save is answered with: the page anew, with the reason; `again` runs the form once more."""
        self.message_user(request, problem.detail or problem.kind.title, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        """The filters, those over related rows offering visible rows only."""
        return [self._scoped_filter(item) for item in super().get_list_filter(request)]

    def _scoped_filter(self, item: Any) -> Any:
        if not isinstance(item, str):
            return item
        try:
            field = get_fields_from_path(self.model, item)[-1]
        except FieldDoesNotExist:
            return item
        return (item, ScopedFilter) if field.is_relation else item

    def get_deleted_objects(
        self, objs: QuerySet[Any] | Sequence[Any], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """What would go with these rows; what the person may not see is one neutral line, however much it is."""
        rows = list(objs)
        if not rows:
            return [], {}, set(), []
        collector = NestedObjects(using=router.db_for_write(self.model), origin=rows)
        collector.collect(rows)
        count: dict[str, int] = {}
        hidden = False
        for model, found in collector.model_objs.items():
            shown = [row for row in found if model._meta.auto_created or self._sees(request, row)]
            hidden |= len(shown) < len(found)
            if shown:
                count[str(model._meta.verbose_name_plural)] = len(shown)
        listed = _without_none(collector.nested(lambda row: self._line(request, row)))
        protected = sorted({self._line(request, row) or HIDDEN for row in collector.protected})
        return listed, count, {HIDDEN} if hidden else set(), protected

    def _sees(self, request: HttpRequest, row: Model) -> bool:
        if not self.admin_site.is_registered(type(row)):
            return False
        return self.admin_site.get_model_admin(type(row)).has_view_permission(request, row)

    def _line(self, request: HttpRequest, row: Model) -> str | None:
        options = row._meta
        if options.auto_created:
            return f"{capfirst(options.verbose_name)}"
        if not self._sees(request, row):
            return None
        address = reverse(
            f"{self.admin_site.name}:{options.app_label}_{options.model_name}_change", args=(quote(row.pk),)
        )
        return format_html('{}: <a href="{}">{}</a>', capfirst(options.verbose_name), address, row)


class ScopedInline(Scoped, admin.TabularInline):
    """A table of rows inside another's page: written by whoever may change that page and holds a role here."""

    extra = 0
    deletable = True

    def _parent_may_change(self, request: HttpRequest, parent: Any) -> bool:
        page = self.admin_site.get_model_admin(self.parent_model)
        return page.has_add_permission(request) if parent is None else page.has_change_permission(request, parent)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.holds(request, self.reads | self.writes)

    def has_add_permission(self, request: HttpRequest, obj: Any) -> bool:
        return self.by_hand and self.holds(request, self.writes) and self._parent_may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.by_hand and self.holds(request, self.writes) and self._parent_may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.deletable and self.has_change_permission(request, obj)


class ScopedFilter(admin.RelatedFieldListFilter):
    """A filter by a related row that offers only the rows the person may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(row.pk, str(row)) for row in visible_rows(field.related_model, request.user)]


def _person(request: HttpRequest) -> Any:
    return request.user


def _without_none(lines: list[Any]) -> list[Any]:
    """The nested lines without those that stand for hidden rows, and without what hangs on these."""
    kept: list[Any] = []
    dropped = False
    for line in lines:
        if isinstance(line, list):
            if not dropped:
                kept.append(_without_none(line))
        elif line is None:
            dropped = True
        else:
            kept.append(line)
            dropped = False
    return kept
