"""What will sell, how sure is that, and how well was it known before?"""
