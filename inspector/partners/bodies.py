"""A batch of the journal as the body of a request, in either dialect."""

from typing import Any

from inspector.partners.identifiers import is_mpid, mpid_number
from inspector.wire import events_api, native
from inspector.wire.message import Batch, Dialect


def body_object(batch: Batch, dialect: Dialect = "events_api") -> dict[str, Any]:
    """Return the body of the request that carries ``batch``, ready for JSON.

    A user whose name is no MPID travels under a number derived from it, with the name as customer id.
    """
    write = events_api.batch_object if dialect == "events_api" else native.batch_object
    return write(batch, mpid=mpid_number(batch.mpid), identities=identities(batch.mpid))


def body_bytes(batch: Batch, dialect: Dialect = "events_api") -> bytes:
    """Return the body as it is sent, before any content encoding."""
    return events_api.encode(body_object(batch, dialect))


def identities(mpid: str) -> dict[str, str]:
    """Return the user identities that a batch of this user carries, by the Events API's names."""
    return {} if not mpid or is_mpid(mpid) else {"customer_id": mpid}
