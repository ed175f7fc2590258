"""Measurements of the matcher, `make bench`; see README.md in this folder."""
