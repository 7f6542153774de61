"""Who asks, in views of the console."""

from django.http import HttpRequest

from tenancy.models import Staff


def staff_of(request: HttpRequest) -> Staff:
    """The person that is signed in: the admin lets nobody else in."""
    assert isinstance(request.user, Staff)  # noqa: S101 - see above
    return request.user
