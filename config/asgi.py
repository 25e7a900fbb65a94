import logging
import os

from django.core.asgi import get_asgi_application

from common.logs import HideKeys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
# A page that takes longer is given up before its reader gives up; before the settings are read.
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT", "60s")

application = get_asgi_application()
# uvicorn sets its own logging up before it looks here.
logging.getLogger("uvicorn.access").addFilter(HideKeys())
