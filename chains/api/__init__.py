"""Answers about this room over HTTP: parse, one service call, answer."""
