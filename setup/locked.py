"""What pip would install here, as a lock file: one hash for each, no address.

pip install --dry-run --ignore-installed --only-binary :all: --report - NAME | python setup/locked.py >LOCK
"""

import json
import sys
from typing import Any


def locked(report: dict[str, Any]) -> str:
    """By name; the hash is that of the very file that pip chose."""
    chosen = {
        install["metadata"]["name"].lower(): (
            install["metadata"]["version"],
            install["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for install in report["install"]
    }
    return "".join(f"{name}=={version} \\\n    --hash=sha256:{digest}\n" for name, (version, digest) in sorted(chosen.items()))


if __name__ == "__main__":
    sys.stdout.write(locked(json.load(sys.stdin)))
