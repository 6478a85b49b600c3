"""reader.py: reads the feed, each event once. Run one of it; stop and kill it as you like.

CALENDLYD_URL=https://… CALENDLYD_KEY=cal_… DATABASE_URL=calendly.db python3 reader.py
"""
import time

from feed import ask
from store import handle, keep, transaction


def fill():
    """Makes a copy of all meetings. From its cursor on, the feed tells what changes."""
    start = page = {"next": None, "more": True}
    while page["more"]:                         # only the cursor is wanted, hence a rare type
        page = ask("/v1/events", after=page["next"], limit=1000, type="webhook.gap") or start
    cursor, after = page["next"], None
    with transaction() as run:
        run("UPDATE calendly_meetings SET sequence = -1")
    while True:
        page = ask("/v1/meetings", after=after, limit=100)
        after = page["next"]
        with transaction() as run:
            for meeting in page["data"]:
                keep(run, meeting, 0)
            if after is None:
                run("DELETE FROM calendly_meetings WHERE sequence = -1")    # not there any more
                run("UPDATE calendly_feed SET cursor = ?", cursor)
                return


def main():
    while True:
        with transaction() as run:
            cursor = run("SELECT cursor FROM calendly_feed").fetchone()[0]
        page = ask("/v1/events", after=cursor, limit=100, wait=25) if cursor else None
        if page is None:                        # the first time, or away for too long
            fill()
            continue
        with transaction() as run:              # the events and the cursor: both or neither
            for event in page["data"]:
                handle(run, event)
            run("UPDATE calendly_feed SET cursor = ?", page["next"])
        if not page["data"] and not page["more"]:
            time.sleep(1)                       # an empty answer may come early


main()
