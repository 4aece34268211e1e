"""What the integration tests share: processes, a foreign NATS client, messages and the books."""
