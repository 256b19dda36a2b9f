"""The models in the registry."""

from shelfwise.core.job import Model

DEMAND_TREES = Model("demand.trees", "Boosted trees, MLlib's and XGBoost's, for an item's units in a coming week.")
RECOMMENDER_ALS = Model("recommend.als", "Implicit ALS factors of customers and items.", transductive=True)
RECOMMENDER_RANKER = Model("recommend.ranker", "Boosted trees for the chance that a customer buys an item in the next weeks.")
