"""What is learnt from who took what: each model is fitted to vectors of customers and of items (see recommend.vectors)."""
