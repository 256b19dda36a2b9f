"""Run by Airflow's own Python: what its parser makes of a DAG file, as JSON. parse_dag.py FILE"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import TimeRestriction


def parsed(file: Path) -> dict[str, object]:
    """Errors of the import; of the DAG what a night's run is made of."""
    bag = DagBag(str(file))
    (dag,) = bag.dags.values()
    restriction = TimeRestriction(earliest=datetime(2024, 6, 30, 12, tzinfo=UTC), latest=None, catchup=True)
    run = dag.timetable.next_dagrun_info(last_automated_data_interval=None, restriction=restriction)
    task = dag.task_dict["plan_inventory"]
    begun = SimpleNamespace(run_after=run.run_after)
    rendered = {
        asked: task.render_template(task.env, {"dag_run": begun, "params": {"as_of": asked}}) for asked in ("", "2024-01-31")
    }
    return {
        "errors": {Path(path).name: error for path, error in bag.import_errors.items()},
        "stored_tasks": len(DagSerialization.to_dict(dag)["dag"]["tasks"]),
        "dag": [dag.dag_id, dag.max_active_runs, dag.catchup, dag.dagrun_timeout.total_seconds()],
        "after": {name: sorted(each.upstream_task_ids) for name, each in dag.task_dict.items()},
        "each": sorted({(each.retries, each.trigger_rule, tuple(each.skip_on_exit_code)) for each in dag.tasks}),
        "first": [run.data_interval.start.isoformat(), run.data_interval.end.isoformat(), run.logical_date.isoformat()],
        "as_of": {asked: env["AS_OF"] for asked, env in rendered.items()},
        "command": task.bash_command,
    }


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(parsed(Path(sys.argv[1]))))
