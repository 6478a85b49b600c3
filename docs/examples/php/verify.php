<?php
// verify.php: checks the signature of a push (Standard Webhooks). PHP alone.
declare(strict_types=1);

const TOLERANCE = 5 * 60;                       // seconds between the sender's clock and ours

// The keys of "whsec_… whsec_…": one secret, or two while it is being rotated.
function keys_of(string $secrets): array
{
    $keys = [];
    foreach (preg_split('/ +/', $secrets, -1, PREG_SPLIT_NO_EMPTY) as $secret) {
        $keys[] = $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
        if ($key === false || strlen($key) < 24) {
            throw new ValueError('a whsec_… secret is cut: anybody could sign');
        }
    }
    return $keys ?: throw new ValueError('the whsec_… secret is missing');
}

// Tells whether one of our keys signed exactly these bytes, within the last 5 minutes.
function verified(array $keys, string $body, string $id, string $time, string $signatures,
    ?int $now = null): bool
{
    $now ??= time();
    if (!ctype_digit($time) || strlen($time) > 11 || abs($now - (int) $time) > TOLERANCE) {
        return false;
    }
    foreach ($keys as $key) {
        $our = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$body", $key, true));
        foreach (explode(' ', $signatures) as $given) {     // of several, one must be ours
            if (hash_equals($our, $given)) {
                return true;
            }
        }
    }
    return false;
}
