"""What will items, brands and categories without history sell?"""
