"""Checklists as files: CSV, XLSX, YAML and packs, read with every fault by its place, written back exactly."""
