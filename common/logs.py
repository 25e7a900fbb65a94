"""What logs may not hold."""

import logging
import re

KEY = re.compile(r"(api_key=)[^&\s\"]+")


class HideKeys(logging.Filter):
    """Takes the keys out of the addresses that a web server writes down (`?api_key=…`)."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(KEY.sub(r"\1…", one) if isinstance(one, str) else one for one in record.args)
        return True
