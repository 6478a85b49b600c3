<?php
// reader.php: reads the feed, each event once. Run one of it; stop and kill it as you like.
//
//   CALENDLYD_URL=https://… CALENDLYD_KEY=cal_… DATABASE_DSN=sqlite:calendly.db php reader.php
declare(strict_types=1);
require __DIR__ . '/feed.php';
require __DIR__ . '/store.php';

// Makes a copy of all meetings. From its cursor on, the feed tells what changes.
function fill(): void
{
    $start = $page = ['next' => null, 'more' => true];
    while ($page['more']) {                     // only the cursor is wanted, hence a rare type
        $query = ['after' => $page['next'], 'limit' => 1000, 'type' => 'webhook.gap'];
        $page = ask('/v1/events', $query) ?? $start;
    }
    [$cursor, $after] = [$page['next'], null];
    transaction(fn (callable $run) => $run('UPDATE calendly_meetings SET sequence = -1'));
    do {
        $page = ask('/v1/meetings', ['after' => $after, 'limit' => 100]);
        $after = $page['next'];
        transaction(function (callable $run) use ($page, $cursor): void {
            foreach ($page['data'] as $meeting) {
                keep($run, $meeting, 0);
            }
            if ($page['next'] === null) {
                $run('DELETE FROM calendly_meetings WHERE sequence = -1');  // gone meanwhile
                $run('UPDATE calendly_feed SET cursor = ?', $cursor);
            }
        });
    } while ($after !== null);
}

for (;;) {
    $query = ['limit' => 100, 'wait' => 25, 'after' => transaction(fn (callable $run) =>
        $run('SELECT cursor FROM calendly_feed')->fetchColumn())];
    $page = $query['after'] === null ? null : ask('/v1/events', $query);
    if ($page === null) {                       // the first time, or away for too long
        fill();
        continue;
    }
    transaction(function (callable $run) use ($page): void {    // both or neither
        foreach ($page['data'] as $event) {
            handle($run, $event);
        }
        $run('UPDATE calendly_feed SET cursor = ?', $page['next']);
    });
    sleep($page['data'] === [] && !$page['more'] ? 1 : 0);      // an empty answer may come early
}
