"""The base of factories of tenant tables: rows are made in the platform's scope, whoever asks."""

from typing import Any

import factory

from tenancy.scope import platform_scope


class TenantFactory(factory.django.DjangoModelFactory):
    """Saves within ``platform_scope``; reading the row afterwards needs a scope of the test's."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        with platform_scope():
            row = model_class(*args, **kwargs)
            row.save(force_insert=True)
            return row
