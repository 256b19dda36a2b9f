"""Any panel of demand, without a lake: which stock policy would have cost least?"""
