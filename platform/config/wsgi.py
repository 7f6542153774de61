"""The WSGI application that gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.chunked_body import ChunkedBody

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

application = ChunkedBody(get_wsgi_application(), limit_bytes=settings.API_BODY_LIMIT_BYTES)
