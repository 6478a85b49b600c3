<?php
// store.php: keeps events and meetings, through PDO: SQLite and PostgreSQL.
declare(strict_types=1);

// Calls $work($run) in a transaction; $run(sql, value, …). It is stored wholly, or not at all.
function transaction(callable $work): mixed
{
    static $db;
    $db ??= new PDO(getenv('DATABASE_DSN'));                // sqlite:… or pgsql:…
    $db->beginTransaction();
    try {
        $result = $work(function (string $sql, mixed ...$values) use ($db): PDOStatement {
            $statement = $db->prepare($sql);
            $statement->execute($values);
            return $statement;
        });
        $db->commit();
        return $result;
    } finally {
        if ($db->inTransaction()) {
            $db->rollBack();
        }
    }
}

// Takes an event in, once. What is slow (mails) belongs into another program.
function handle(callable $run, array $event): void
{
    $new = $run('INSERT INTO calendly_events (id, type, user_id) VALUES (?, ?, ?)
        ON CONFLICT (id) DO NOTHING', $event['id'], $event['type'], $event['user_id'] ?? null);
    if ($new->rowCount() === 0) {
        return;                                             // it was here before
    }
    if ($event['type'] === 'meeting.changed') {
        keep($run, $event['data']['meeting'], $event['sequence']);
    }
    // Here is the place for other types. Ignore those that you do not know: new ones will come.
}

// Stores a meeting, unless a newer state of it is there: a replayed event brings an old one.
function keep(callable $run, array $meeting, int $sequence): void
{
    $run('INSERT INTO calendly_meetings (id, user_id, status, start_time, sequence, body)
          VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status,
          start_time = excluded.start_time, sequence = excluded.sequence, body = excluded.body
          WHERE calendly_meetings.sequence < excluded.sequence',
        $meeting['id'], $meeting['user_id'], $meeting['status'], $meeting['start_time'], $sequence,
        json_encode($meeting, JSON_THROW_ON_ERROR));
}
