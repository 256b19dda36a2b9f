"""Which items, brands and categories to bring in, when and how much?"""
