"""Put new content into a sound, and keep what should stay."""
