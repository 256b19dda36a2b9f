"""Are the programs there, in versions that go together: Python, its packages, Java, the BLAS library, Delta's jars?"""

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from packaging.requirements import Requirement

from shelfwise.core.doctor.finding import Finding, fail, ok, warn
from shelfwise.core.packaged import PACKAGE
from shelfwise.core.settings import Settings

SETUP = "run 'make setup'"
JAVA = "run 'apt-get install openjdk-17-jre-headless'"
JAVAS = (17, 21)  # all that Spark 4 runs on
LOCK = PACKAGE.parents[1] / "requirements.lock"  # a checkout has it, an installed package has not
JAR = re.compile(r"delta-(spark|storage)(?:_(?P<spark>[\d.]+)_[\d.]+)?-(?P<delta>[\d.]+)\.jar")


def python() -> Finding:
    found = f"{sys.version.split()[0]} at {sys.executable}"
    fits = sys.version_info[:2] == (3, 11)
    return ok(found) if fits else fail(found, "3.11 is needed: run 'apt-get install python3.11 python3.11-venv', then 'make setup'")


def packages() -> Finding:
    """What the package asks for is there; and in the very versions that it was tested with, where a lock file tells them."""
    try:
        declared = [Requirement(line) for line in metadata.requires("shelfwise") or []]
    except metadata.PackageNotFoundError:
        return warn("shelfwise is not installed as a package, so that nothing says which versions it needs", SETUP)
    needed = [one for one in declared if not one.marker or one.marker.evaluate({"extra": ""})]
    installed = {one.name: _installed(one.name) for one in needed}
    wrong = [f"{one} (found: {installed[one.name] or 'none'})" for one in needed if not _fits(one, installed[one.name])]
    if wrong:
        return fail(f"needed: {', '.join(wrong)}", f"{SETUP}; pyspark and delta-spark work together in these versions only")
    other = [
        f"{name} {installed[name]}, tested {tested}" for name, tested in _locked().items() if installed.get(name, tested) != tested
    ]
    pair = f"pyspark {installed.get('pyspark')} with delta-spark {installed.get('delta-spark')}, and {len(needed) - 2} more"
    return warn("; ".join(other), f"{SETUP} for the versions of requirements.lock") if other else ok(pair)


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _fits(needed: Requirement, installed: str | None) -> bool:
    return installed is not None and needed.specifier.contains(installed, prereleases=True)


def _locked() -> dict[str, str]:
    lines = LOCK.read_text(encoding="utf-8").splitlines() if LOCK.is_file() else []
    return dict(line.split(" ", 1)[0].split("==", 1) for line in lines if re.match(r"[\w.-]+==", line))


def java() -> Finding:
    """The one that Spark would start: of JAVA_HOME, else of PATH."""
    home = os.environ.get("JAVA_HOME")
    program, remedy = (f"{home}/bin/java", f"{JAVA} and unset JAVA_HOME") if home else ("java", JAVA)
    try:
        said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=20, check=False).stderr
    except OSError:
        return fail(f"there is no '{program}'", remedy)
    version = re.search(r'version "((\d+)[^"]*)"', said)
    if not version or int(version[2]) not in JAVAS:
        return fail(f"'{program}' is version {version[1] if version else 'unknown'}; 17 or 21 is needed", remedy)
    return ok(f"{version[1]} ({program})")


def blas() -> Finding:
    from shelfwise.core.session import BLAS, BLAS_REMEDY, WITHOUT_BLAS, has_blas

    return ok(BLAS) if has_blas() else warn(WITHOUT_BLAS, BLAS_REMEDY)


def jars(settings: Settings) -> Finding:
    """Both of Delta's, whole, of the installed delta-spark and for the installed Spark."""
    if not settings.spark.jars:
        return ok("spark.jars is not set: the platform brings Delta, or spark-submit --jars does")
    folder = Path(settings.spark.jars).resolve()
    there = {match[1]: match for path in sorted(folder.glob("*.jar")) if (match := JAR.fullmatch(path.name))}
    if missing := {"spark", "storage"} - set(there):
        return fail(f"{folder} has no {' and no '.join(f'delta-{name}-….jar' for name in sorted(missing))}", _fetch())
    delta, spark = _installed("delta-spark"), (_installed("pyspark") or "").rpartition(".")[0]
    for match in there.values():
        if match["delta"] != delta or match["spark"] not in (None, spark):
            return fail(f"{match[0]} does not go with delta-spark {delta} and Spark {spark}", f"move it away and {_fetch()}")
        try:
            ZipFile(folder / match[0]).close()
        except (BadZipFile, OSError) as error:
            return fail(f"{folder / match[0]} is damaged: {error}", f"delete it and {_fetch()}")
    return ok(f"Delta {delta} in {folder}")


def _fetch() -> str:
    return f"{SETUP}, or set spark.jars to the folder that holds them"
