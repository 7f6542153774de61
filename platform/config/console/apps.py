"""The last app to be loaded: when every page of the console is there, its words are looked over."""

import unfold.sites
from django.apps import AppConfig
from django.core.cache.backends.dummy import DummyCache


class ConsoleConfig(AppConfig):
    name = "config.console"
    label = "console"

    def ready(self) -> None:
        from config.console.words import make_translatable

        make_translatable()
        # The theme keeps a person's results for five minutes, by the term in small letters: it
        # would show what a role may no longer see, and one id's row for another's.
        unfold.sites.cache = DummyCache("", {})
