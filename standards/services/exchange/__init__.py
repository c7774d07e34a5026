"""Checklists as files: CSV, XLSX, YAML and packs, read with every fault named by its place, and written back exactly."""
