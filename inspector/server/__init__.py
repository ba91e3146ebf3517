"""The wire itself: a durable outbox to an Events API endpoint, and the loopback collector real SDKs send to."""
