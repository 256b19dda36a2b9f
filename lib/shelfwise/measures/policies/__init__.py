"""When to order and how much, as pure functions of a demand law and of costs: exact where an exact answer exists.

Costs are per period (or per year, where demand is a rate); each module names its question and its source.
"""
