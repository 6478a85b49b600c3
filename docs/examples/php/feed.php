<?php
// feed.php: asks calendlyd for JSON, until there is an answer. Needs PHP's curl.
declare(strict_types=1);

// Returns the answer to a GET, or null for 410: events after this cursor are gone.
function ask(string $path, array $query): ?array
{
    $curl = curl_init(getenv('CALENDLYD_URL') . $path . '?' . http_build_query($query));
    curl_setopt_array($curl, [
        CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . getenv('CALENDLYD_KEY')],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 40,                  // longer than "wait"
    ]);
    for (;;) {
        $body = curl_exec($curl);
        $status = $body === false ? 0 : curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        if ($status === 410) {
            return null;
        }
        $answer = $status === 200 ? json_decode($body, true) : null;
        if (is_array($answer)) {
            return $answer;
        }
        $why = "$path: $status " . ($body === false ? curl_error($curl) : $body);
        if ($status >= 300 && $status < 500 && $status !== 429) {
            throw new RuntimeException($why);   // such as 401: somebody has to mend that
        }
        fwrite(STDERR, "$why\n");
        sleep(min(curl_getinfo($curl, CURLINFO_RETRY_AFTER) ?: 5, 300));
    }
}
