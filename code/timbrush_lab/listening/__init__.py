"""A listening test that anyone can run: its page, its sounds, and what its answers say."""
