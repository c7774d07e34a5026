"""Pure values: checklists, briefs, schemes, their canonical bytes. No Django, no clock, no database."""
