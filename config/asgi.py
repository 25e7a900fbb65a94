import logging
import os

from django.core.asgi import get_asgi_application

from common.logs import HideKeys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

application = get_asgi_application()
# uvicorn sets its own logging up before it looks here.
logging.getLogger("uvicorn.access").addFilter(HideKeys())
