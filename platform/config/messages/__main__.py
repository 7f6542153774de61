"""``python -m config.messages``: bring the catalogues up to date and compile them."""

import os
import sys

import django


def main() -> int:
    """Write both files of each language; 1 if something is not translated."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from config.messages.catalogues import (
        LANGUAGES,
        missing,
        mo_bytes,
        mo_path,
        po_bytes,
        po_path,
        refresh,
    )
    from config.messages.gather import gather

    template = gather()
    lacking = 0
    for language in LANGUAGES:
        catalog = refresh(language, template)
        po_path(language).parent.mkdir(parents=True, exist_ok=True)
        po_path(language).write_bytes(po_bytes(catalog))
        mo_path(language).write_bytes(mo_bytes(catalog))
        untranslated = missing(catalog)
        lacking += len(untranslated)
        print(f"{language}: {len(catalog)} messages, {len(untranslated)} not translated")
        for message in untranslated:
            print(f"  {message.id!r}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
