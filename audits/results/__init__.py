"""Reading what is published, for the API and the managers' pages alike: what was asked for, leagues, ratings, branches.

Nothing here knows HTTP, and nothing here writes. Every row is narrowed to the person asking.
"""
