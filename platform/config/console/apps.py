"""The last app to be loaded: when every page of the console is there, its words are looked over."""

import unfold.sites
from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.cache.backends.dummy import DummyCache


class ConsoleAdminConfig(admin_apps.AdminConfig):
    """Django's admin with a site of ours."""

    default = False
    default_site = "config.console.site.ConsoleSite"


class ConsoleConfig(AppConfig):
    name = "config.console"
    label = "console"
    default = True

    def ready(self) -> None:
        from config.console.words import make_translatable

        make_translatable()
        # The theme keeps a person's results for five minutes, by the term in small letters: it
        # would show what a role may no longer see, and one id's row for another's.
        unfold.sites.cache = DummyCache("", {})
