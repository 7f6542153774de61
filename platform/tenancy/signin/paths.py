"""Which addresses are the console: only there is a signed-in person looked at."""

ADMIN = "/admin/"
ACCOUNT = "/account/"  # sign-in, second factor, password, sessions


def is_console(path: str) -> bool:
    """Whether ``path`` is a page for staff."""
    return path.startswith((ADMIN, ACCOUNT))
