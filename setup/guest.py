"""The wheel for a platform that brings its own Python, Spark and Delta (Databricks): pip must not put others over these.

python setup/guest.py WHEEL FOLDER
"""

import base64
import hashlib
import re
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

BROUGHT = re.compile(r"(Requires-Python:|Requires-Dist: (pyspark|delta-spark)\b).*\n")


def guest_wheel(wheel: Path, folder: Path) -> Path:
    """The same files under the same name in `folder`; its metadata ask for all that it needs but what the platform brings."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / wheel.name
    with ZipFile(wheel) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        parts = {member.filename: (member, source.read(member)) for member in source.infolist()}
        (name,) = (name for name in parts if name.endswith(".dist-info/METADATA"))
        (record,) = (name for name in parts if name.endswith(".dist-info/RECORD"))
        metadata = BROUGHT.sub("", parts[name][1].decode()).encode()
        line = f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(metadata).digest()).decode().rstrip('=')},{len(metadata)}"
        listed = re.sub(rf"^{re.escape(name)},.*$", line, parts[record][1].decode(), flags=re.MULTILINE).encode()
        for member, content in parts.values():
            target.writestr(member, {name: metadata, record: listed}.get(member.filename, content))
    return made


if __name__ == "__main__":
    guest_wheel(Path(sys.argv[1]), Path(sys.argv[2]))
