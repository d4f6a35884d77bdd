"""The browser to the effect and back."""
