"""`shelfwise …` for spark-submit, which wants a file.

spark-submit --master spark://… --py-files dist/shelfwise.zip dist/submit.py run --env cluster
"""

from shelfwise.core.cli import main

if __name__ == "__main__":
    main()
