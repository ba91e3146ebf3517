"""What real SDKs did, from their traffic or logs, held against what the engine predicts."""
