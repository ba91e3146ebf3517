"""Captures from elsewhere: HAR, mitmproxy flows, device logs and exports, read as exchanges and sightings."""
