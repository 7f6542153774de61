"""``python -m config.reference``: write the generated pages of docs/reference, and the contract."""

import os

import django

from config.env import BASE_DIR

FOLDER = BASE_DIR / "docs" / "reference"


def main() -> None:
    """Write each page; needs neither database nor broker."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from api import contract
    from config.reference.pages import PAGES

    for name, render in PAGES.items():
        (FOLDER / name).write_text(render(), encoding="utf-8")
        print(f"docs/reference/{name}")
    contract.FILE.write_text(contract.render(), encoding="utf-8")
    print(contract.FILE.relative_to(BASE_DIR))


if __name__ == "__main__":
    main()
