"""Options that several commands share."""

from typing import Annotated

import typer

Env = Annotated[
    str,
    typer.Option(envvar="SHELFWISE_ENV", help="Overlays of conf/base.yaml, by commas: local, docker, cluster, databricks, sample."),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        metavar="DATE", help="Decide at the end of this day, or of that 'before DATE'; else the source's own, else yesterday."
    ),
]
Source = Annotated[str | None, typer.Option(help="The shop: completejourney, online_retail, files, simulated, olist.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="job.param=value or section.key=value; repeatable.")
]
Force = Annotated[bool, typer.Option("--force", help="Run jobs whose inputs, parameters and code are unchanged, too.")]
Upstream = Annotated[bool, typer.Option("--upstream", help="Run all that the named jobs depend on, too.")]
Lenient = Annotated[
    bool, typer.Option("--lenient", help="Exit code 0, not 3, where files were rejected; they are named all the same.")
]
Size = Annotated[int | None, typer.Option(help="Instead of the preset's.")]
TableName = Annotated[str, typer.Argument(metavar="TABLE", help="layer.table, such as gold.purchase_orders.")]
