"""What a stroke does to its zone."""
