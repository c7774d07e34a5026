"""The managers' pages: rendered here, readable without scripts, on a phone and by a screen reader."""
