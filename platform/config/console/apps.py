"""The last app to be loaded: when every page of the console is there, its words are looked over."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "config.console"
    label = "console"

    def ready(self) -> None:
        from config.console.words import make_translatable

        make_translatable()
