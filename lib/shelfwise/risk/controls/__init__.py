"""What would keep losses off, at what price?"""
