"""A folder that is either there and complete, or not there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_folder(out: Path, *inside: str) -> Iterator[Path]:
    """A working folder beside `out`, with the folders `inside` and `scratch`, that becomes `out`.

    It does so, without `scratch`, only if the block ends well; what a killed run left is replaced.
    Raises FileExistsError if `out` holds anything.
    """
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty: give each world a folder of its own.")
    part = out.parent / f".{out.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    for folder in (*inside, "scratch"):
        (part / folder).mkdir(parents=True)
    yield part
    shutil.rmtree(part / "scratch")
    part.rename(out)
