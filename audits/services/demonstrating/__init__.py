"""The demo chain as data and a seeded world: who, where, what each branch is like, what its shoppers saw.

The world is made by the product's own services; `audits.management.demonstration` leads it through them.
"""
