"""The console's first page stands in the place of the list of tables."""

from django.contrib import admin

admin.site.index_template = "portal/dashboard.html"
