"""What does Redis hold at this moment?"""

import redis
from django.conf import settings


def redis_content() -> bytes:
    """Every key with its value, whatever its type: cache, counters, the workers' queue."""
    client, parts = redis.Redis.from_url(settings.REDIS_URL), []
    readers = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"none": lambda key: [],  # it ran out since the scan
    }
    for key in client.scan_iter(count=1000):
        value = readers[client.type(key)](key) or []  # nothing: it ran out between the two questions
        parts.append(key)
        for part in (
            value.items() if isinstance(value, dict) else [value] if isinstance(value, bytes) else value
        ):
            parts.append(key + b" " + (b"".join(part) if isinstance(part, tuple) else bytes(part)))
    client.close()
    return b"\n".join(parts)
