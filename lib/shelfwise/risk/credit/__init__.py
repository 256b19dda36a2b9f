"""Who may not pay, and what would be lost then?"""
