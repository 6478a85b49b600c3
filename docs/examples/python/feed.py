"""feed.py: asks calendlyd for JSON, until there is an answer. Standard library only."""
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


def ask(path, **query):
    """Returns the answer to a GET, or None for 410: events after this cursor are gone."""
    query = urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})
    request = urllib.request.Request(os.environ["CALENDLYD_URL"] + path + "?" + query, headers={
        "Authorization": "Bearer " + os.environ["CALENDLYD_KEY"]})
    while True:
        pause = 5
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:     # longer than "wait"
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 410:
                return None
            if error.code < 500 and error.code != 429:
                raise                           # such as 401: somebody has to mend that
            wish = error.headers.get("Retry-After", "")
            pause = min(int(wish), 300) if wish.isdecimal() else pause
            print(f"{path}: {error}", file=sys.stderr)
        except (OSError, http.client.HTTPException, ValueError) as error:
            print(f"{path}: {error}", file=sys.stderr)
        time.sleep(pause)
