<?php
// receiver.php: takes pushes in, under php-fpm or Apache.
//
// To try it:
//   CALENDLYD_SECRETS=whsec_… DATABASE_DSN=sqlite:calendly.db php -S 127.0.0.1:3000 receiver.php
declare(strict_types=1);
require __DIR__ . '/verify.php';
require __DIR__ . '/store.php';

const MOST = 4 * 1024 * 1024;                   // bytes; the largest events have about one MiB

// The answer unless we come to the end: the push comes again. (A script that fails while
// display_errors is on is answered 200 by PHP itself, and the event would be lost.)
http_response_code(500);
ini_set('display_errors', '0');

function receive(): int
{
    // The signature is over the bytes that came; JSON that was decoded and encoded differs.
    $body = file_get_contents('php://input', false, null, 0, MOST + 1);
    if (strlen($body) > MOST) {
        return 413;
    }
    if ($body === '' || !verified(keys_of(getenv('CALENDLYD_SECRETS') ?: ''), $body,
        $_SERVER['HTTP_WEBHOOK_ID'] ?? '', $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '',
        $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '')) {
        return 401;
    }
    $event = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
    transaction(fn (callable $run) => handle($run, $event));
    return 204;                                 // 2xx only when it is stored
}

http_response_code(receive());
