"""What SDKs and servers say to each other about sessions: messages, batches, requests, in both dialects."""
