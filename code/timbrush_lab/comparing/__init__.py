"""Codecs side by side on the same sounds, by figures of hearing."""
