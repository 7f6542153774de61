"""The address that Alipay notifies: ``POST /alipay/notify/{partner account}``."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from connectors.alipay.notification import InvalidNotification
from kernel import ids
from kernel.errors import NotFound
from merchants.models import PartnerAccount
from payments.services.notice import receive_notification


@csrf_exempt
@require_POST
def notify(request: HttpRequest, account_id: str) -> HttpResponse:
    """``success`` once the notification is safe; anything else makes Alipay send it again."""
    try:
        account = ids.decode(PartnerAccount.PREFIX, account_id)
        receive_notification(account, request.POST.dict())
    except (ids.InvalidId, NotFound):
        return _say("unknown account", 404)
    except InvalidNotification:
        return _say("fail", 400)
    return _say("success", 200)


def _say(word: str, status: int) -> HttpResponse:
    return HttpResponse(word, status=status, content_type="text/plain")
