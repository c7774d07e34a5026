"""Who and where: offices, chains, places, people, devices, jobs."""
