"""Figures that say how far a restored sound is, to the ear, from its original."""
