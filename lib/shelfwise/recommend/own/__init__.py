"""Recommenders on a user's own ratings, without a lake: `shelfwise evaluate recommender`."""
