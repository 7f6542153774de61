"""The console's first page stands in the place of the list of tables; live health, banners."""

from django.contrib import admin

from portal.admin import banners, incidents, insights, launches  # noqa: F401 - register their pages

admin.site.index_template = "portal/dashboard.html"
