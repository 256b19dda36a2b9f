"""The wheel's package as a zip for `spark-submit --py-files`: Spark ships a .whl to the driver only.

python setup/zip.py WHEEL ZIP
"""

import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile


def zip_package(wheel: Path, target: Path) -> None:
    """Everything but the wheel's metadata, with the wheel's own (fixed) times, so that equal sources give equal bytes."""
    with ZipFile(wheel) as source, ZipFile(target, "w", ZIP_DEFLATED) as made:
        for member in source.infolist():
            if ".dist-info/" not in member.filename:
                made.writestr(member, source.read(member))


if __name__ == "__main__":
    zip_package(Path(sys.argv[1]), Path(sys.argv[2]))
