"""What would a stock policy have cost over demand that happened, told nothing but what was known at each decision?"""
