"""What is expected: checklists, briefs and rating schemes; knows nothing of audits."""
