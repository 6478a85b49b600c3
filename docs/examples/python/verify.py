"""verify.py: checks the signature of a push (Standard Webhooks). Standard library only."""
import base64
import hmac
import time

TOLERANCE = 5 * 60                              # seconds between the sender's clock and ours


def keys_of(secrets):
    """The keys of "whsec_… whsec_…": one secret, or two while it is being rotated."""
    keys = [base64.b64decode(s.removeprefix("whsec_"), validate=True) for s in secrets.split()]
    if not keys or min(map(len, keys)) < 24:
        raise ValueError("a whsec_… secret is missing or cut: anybody could sign")
    return keys


def verified(keys, body, msg_id, timestamp, signatures, now=None):
    """Tells whether one of our keys signed exactly these bytes, within the last 5 minutes."""
    now = time.time() if now is None else now
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    if abs(now - int(timestamp)) > TOLERANCE:
        return False
    signed = b".".join([msg_id.encode(), timestamp.encode(), body])
    ours = [b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256")) for key in keys]
    # There can be several signatures, with blanks between them: one of them must be ours.
    return any(hmac.compare_digest(given, our)
               for given in signatures.encode().split(b" ") for our in ours)
