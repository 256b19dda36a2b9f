"""What pip reports of an installation becomes a lock file."""

from setup.locked import locked


def test_each_package_has_its_version_and_the_hash_of_the_file_that_pip_chose() -> None:
    """By name, in small letters as pip writes requirements; the file's address is left out."""
    report = {
        "install": [
            {
                "metadata": {"name": name, "version": version},
                "download_info": {"url": f"somewhere/{name}.whl", "archive_info": {"hashes": {"sha256": digest}}},
            }
            for name, version, digest in (("Zebra", "2.0", "bb"), ("ant", "1.1", "aa"))
        ]
    }
    assert locked(report) == "ant==1.1 \\\n    --hash=sha256:aa\nzebra==2.0 \\\n    --hash=sha256:bb\n"
