"""How a command names what is there already: an acquirer by its slug or its id."""

from django.core.management.base import CommandError

from kernel.ids import InvalidId, decode
from tenancy.models import Acquirer


def read_acquirer(reference: str) -> Acquirer:
    """The acquirer with this slug or ``acq_…`` id; raises CommandError if there is none."""
    try:
        wanted = {"id": decode(Acquirer.PREFIX, reference)}
    except InvalidId:
        found = Acquirer.objects.filter(slug=reference).first()
    else:
        found = Acquirer.objects.filter(**wanted).first()
    if found is None:
        raise CommandError(f"--acquirer: there is no acquirer {reference!r}.")
    return found
