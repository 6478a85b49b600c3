"""store.py: keeps events and meetings, in SQLite or in PostgreSQL (psycopg 3)."""
import contextlib
import json
import os
import sqlite3

DATABASE = os.environ["DATABASE_URL"]           # postgresql://…, or the name of an SQLite file


@contextlib.contextmanager
def transaction():
    """Gives run(sql, *values). At the end all is stored, or, after an exception, nothing."""
    if DATABASE.startswith(("postgresql:", "postgres:")):
        import psycopg
        db, mark = psycopg.connect(DATABASE), "%s"
    else:
        db, mark = sqlite3.connect(DATABASE, timeout=10), "?"
    with contextlib.closing(db), db:
        yield lambda sql, *values: db.execute(sql.replace("?", mark), values)


def handle(run, event):
    """Takes an event in, once. What is slow (mails) belongs into another program."""
    if run("INSERT INTO calendly_events (id, type, user_id) VALUES (?, ?, ?)"
           " ON CONFLICT (id) DO NOTHING",
           event["id"], event["type"], event.get("user_id")).rowcount == 0:
        return                                  # it was here before
    if event["type"] == "meeting.changed":
        keep(run, event["data"]["meeting"], event["sequence"])
    # Here is the place for other types. Ignore those that you do not know: new ones will come.


def keep(run, meeting, sequence):
    """Stores a meeting, unless a newer state of it is there: a replayed event brings an old one."""
    run("INSERT INTO calendly_meetings (id, user_id, status, start_time, sequence, body)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status,"
        " start_time = excluded.start_time, sequence = excluded.sequence, body = excluded.body"
        " WHERE calendly_meetings.sequence < excluded.sequence",
        meeting["id"], meeting["user_id"], meeting["status"], meeting["start_time"],
        sequence, json.dumps(meeting))
