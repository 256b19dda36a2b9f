"""What could be lost against the plan, where, and what would keep it off?"""
