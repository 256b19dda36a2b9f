"""A learnt mixture of the models, the classical family among them."""
