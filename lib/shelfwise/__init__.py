"""Shelfwise: retail supply decisions as Spark jobs over a Delta lake."""

import os
import sys

__version__ = "0.1.0"

if os.environ.get("SPARK_HOME") and "pyspark" not in sys.modules:
    # A Spark installed elsewhere (a cluster's, a vendor's) wins over the one beside us.
    import findspark

    try:
        findspark.init(os.environ["SPARK_HOME"])
    except Exception:  # findspark has no error class of its own
        raise ImportError(f"SPARK_HOME={os.environ['SPARK_HOME']} holds no Spark with Python: correct it, or unset it.") from None
