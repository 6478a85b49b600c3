"""receiver.py: takes pushes in. A WSGI application: gunicorn --workers 4 receiver:app

To try it: CALENDLYD_SECRETS=whsec_… DATABASE_URL=calendly.db python3 receiver.py
"""
import json
import os
import socketserver
import wsgiref.simple_server

import store
from verify import keys_of, verified

KEYS = keys_of(os.environ["CALENDLYD_SECRETS"])
MOST = 4 * 1024 * 1024                          # bytes; the largest events have about one MiB


def app(environ, start_response):
    def answer(status):
        start_response(status, [])
        return []

    size = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 <= size <= MOST:
        return answer("413 Content Too Large")
    # The signature is over the bytes that came: JSON that was read and written again is different.
    body = environ["wsgi.input"].read(size)
    if not body or not verified(KEYS, body, environ.get("HTTP_WEBHOOK_ID", ""),
                                environ.get("HTTP_WEBHOOK_TIMESTAMP", ""),
                                environ.get("HTTP_WEBHOOK_SIGNATURE", "")):
        return answer("401 Unauthorized")
    # 2xx only when it is stored. If this fails, the server answers 500, and the push comes again.
    with store.transaction() as run:
        store.handle(run, json.loads(body))
    return answer("204 No Content")


class Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "3000"))
    wsgiref.simple_server.make_server("127.0.0.1", port, app, Server).serve_forever()
