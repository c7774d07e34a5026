"""What every request passes; named in settings by dotted path, imported by nobody else."""
