"""An Airflow DAG, written from the declarations: a task per job, each after those that write what it reads.

The file needs Airflow 3 and nothing beside: `BashOperator` comes with it, where `SparkSubmitOperator` would bring a provider,
a pyspark of its own into Airflow's environment and a connection that somebody has to keep.
"""

from collections.abc import Mapping

from shelfwise.core.job import Job
from shelfwise.core.tasks import HOUR, JOB_SECONDS, RETRIES, RETRY_AFTER, RUN_SECONDS, Task, tasks

CRON = f"0 {HOUR} * * *"
WIDE = 132  # the line limit of this repository, which the committed file keeps

DAG = '''"""Shelfwise every night: raw files to purchase orders and the page.

Written by `shelfwise airflow` from the declarations; change those, not this file. docs/deploy.md says what it needs.
"""

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Param
from airflow.timetables.interval import CronDataIntervalTimetable

# each job, and those that write what it reads
AFTER: dict[str, list[str]] = {
%(after)s
}

# the values come by the environment: what somebody types into Airflow is never read by a shell as part of a command
SUBMIT = (
    "spark-submit"
    ' --py-files "${SHELFWISE_HOME:?must name the folder of jobs and shelfwise.zip}/shelfwise.zip"'
    ' "$SHELFWISE_HOME/jobs/$JOB.py" --env "${SHELFWISE_ENV:-cluster}" --as-of "$AS_OF"'
)
# the day of the interval that has just ended; of a run that somebody triggers, which may have none, the day before it
AS_OF = "{{ params.as_of or 'before ' ~ dag_run.run_after.date() }}"
REJECTED = 3  # exit code: done, but files were rejected; the task is shown as skipped, and what waits for it goes on

with DAG(
    dag_id="shelfwise",
    description="From raw files to purchase orders and the page",
    # a plain cron string would name a run by the moment at which it starts, and a backfill's days would be one too early
    schedule=CronDataIntervalTimetable("%(cron)s", timezone="UTC"),
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(seconds=%(run_seconds)d),
    params={"as_of": Param("", type="string", pattern=r"^(\\d{4}-\\d{2}-\\d{2})?$", description="Instead of the interval's day")},
    default_args={
        "retries": %(retries)d,
        "retry_delay": timedelta(seconds=%(retry_after)d),
        "execution_timeout": timedelta(seconds=%(job_seconds)d),
    },
    tags=["shelfwise"],
) as dag:
    TASKS = {
        job: BashOperator(
            task_id=job,
            bash_command=SUBMIT,
            env={"JOB": job, "AS_OF": AS_OF},
            append_env=True,
            skip_on_exit_code=REJECTED,
            trigger_rule="none_failed",
        )
        for job in AFTER
    }
    for job, earlier in AFTER.items():
        TASKS[job].set_upstream([TASKS[name] for name in earlier])
'''


def airflow_dag(jobs: Mapping[str, Job], cron: str = CRON) -> str:
    """The DAG file's text; equal declarations give equal texts. `cron` is in UTC."""
    numbers = {"run_seconds": RUN_SECONDS, "retries": RETRIES, "retry_after": RETRY_AFTER, "job_seconds": JOB_SECONDS}
    return DAG % {"after": "\n".join(_entry(task) for task in tasks(jobs)), "cron": cron, **numbers}


def _entry(task: Task) -> str:
    names = [f'"{name}"' for name in task.after]
    line = f'    "{task.name}": [{", ".join(names)}],'
    return line if len(line) <= WIDE else "\n".join([f'    "{task.name}": [', *(f"        {name}," for name in names), "    ],"])
