"""What knows Spark, Delta Lake and MLflow, and no shop."""
