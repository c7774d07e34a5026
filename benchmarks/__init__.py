"""Measurements, each a ratio or a figure of one run; none of them is a test."""
