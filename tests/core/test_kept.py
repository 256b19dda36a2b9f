"""What a job keeps is let go of when that job ends, not when another one does."""

from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import SparkSession

from shelfwise.core.kept import keep, release


def test_a_job_lets_go_of_its_own_frames_only(spark: SparkSession) -> None:
    with ThreadPoolExecutor(1) as other_job:
        theirs = other_job.submit(keep, spark.range(3)).result()
        mine = keep(spark.range(4))
        release()
        assert not mine.storageLevel.useMemory
        assert theirs.storageLevel.useMemory
        other_job.submit(release).result()
        assert not theirs.storageLevel.useMemory
