"""What web servers write down of addresses."""

import logging

from common.logs import HideKeys


def test_a_key_in_an_address_is_not_written_down():
    record = logging.LogRecord(
        "uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d',
        ("127.0.0.1:1", "GET", "/ogc/?api_key=parvis_secret&limit=2", "1.1", 200), None,
    )  # fmt: skip
    assert HideKeys().filter(record)
    assert record.getMessage() == '127.0.0.1:1 - "GET /ogc/?api_key=…&limit=2 HTTP/1.1" 200'
