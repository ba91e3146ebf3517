"""The raw family: whole batches, to mParticle itself, a webhook, Kafka and an S3 bucket.

Outgoing JSON has what the inbound lacks: ``message_type``, ``message_id``, ``batch_id``, ``schema_version`` 2,
and the user's identities as an array. Sources: mParticle docs json-reference:47,1354-1380, webhook/event:47-51,
kafka/event «Data format», amazons3/event:212-219 (one batch a line; ids and times as texts).
"""

from collections.abc import Callable
from typing import Any

from inspector.partners.bodies import body_object
from inspector.partners.parts import App, Payload
from inspector.wire.message import Batch

Raw = Callable[[Batch, App], Payload]


def _named(batch: Batch) -> str:
    count = len(batch.messages)
    return f"batch of {count:,} event{'s' * (count != 1)}"


def mparticle(batch: Batch, _app: App) -> Payload:
    """Return the batch as it is sent to mParticle's Events API."""
    return Payload(_named(batch), "https://s2s.mparticle.com/v2/events", body_object(batch))


def _outgoing(batch: Batch) -> dict[str, Any]:
    """Return the batch as mParticle hands it on."""
    body = body_object(batch)
    identities = body.get("user_identities") or {}
    body["user_identities"] = [
        {"identity_type": kind, "identity": value, "timestamp_unixtime_ms": batch.sent_ms}
        for kind, value in identities.items()
    ]
    for event, message in zip(body["events"], batch.messages, strict=True):
        event["data"] |= {"message_type": message.kind, "message_id": message.id}
    return body | {"batch_id": batch.id, "message_type": "events", "schema_version": 2}


def webhook(batch: Batch, _app: App) -> Payload:
    """Return the request to a webhook."""
    return Payload(_named(batch), "https://WEBHOOK", _outgoing(batch))


def kafka(batch: Batch, _app: App) -> Payload:
    """Return the record of a topic; its key is the user, so that a user's batches keep their order."""
    record = {"key": batch.mpid, "value": _outgoing(batch)}
    return Payload(_named(batch), "kafka://BROKER/TOPIC", record, method="PRODUCE")


def s3(batch: Batch, app: App) -> Payload:
    """Return one line of a file in a bucket; its numbers beyond 2^53 and its times are texts there."""
    from inspector.partners.parts import iso

    body = _outgoing(batch)
    sent = iso(batch.sent_ms or 0)
    stamp = sent[:19].translate({ord(char): None for char in "-:T"}) + sent[20:23] + "0"
    for event in body["events"]:
        for key in ("timestamp_unixtime_ms", "session_id"):
            if event["data"].get(key) is not None:
                event["data"][key] = str(event["data"][key])
    name = f"{app.name}_{stamp}_00001.txt"
    return Payload(_named(batch), f"s3://BUCKET/{sent[:10]}/{name}", body, method="APPEND")
