"""Which files of the landing folder are new and complete."""

import time
from collections.abc import Container, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyarrow as pa

from orchestration.sources.declaration import Declaration, EventFiles

EVENT_SUFFIXES = (".ndjson", ".ndjson.gz", ".ndjson.zst")
RECORD_SUFFIXES = (".csv", ".parquet", ".xlsx")
SETTLED_AFTER_SECONDS = 60
# What stands at the end of a file that is whole; an open line may still grow.
_END = {".parquet": b"PAR1", ".xlsx": b"PK\x05\x06"}
_BLOCK = 1 << 20
_TAIL = 64


@dataclass(frozen=True)
class Arrival:
    """A new file: why it cannot be read at all (`refusal`), whether it may still be growing."""

    declaration: Declaration
    path: Path
    file: str
    bytes: int
    refusal: str | None
    has_stray_tail: bool
    is_growing: bool


def overwritten(
    landing: Path, declarations: Iterable[Declaration], known: Mapping[str, int]
) -> list[str]:
    """Files that have another size than when they were loaded; `known` are sizes in bytes."""
    present = (path for each in declarations for path in _files(landing, each))
    sizes = {path.relative_to(landing).as_posix(): path.stat().st_size for path in present}
    return sorted(file for file, size in sizes.items() if known.get(file, size) != size)


def strays(landing: Path, declarations: Iterable[Declaration]) -> list[str]:
    """Folders, relative to `landing`, in which files lie that are no table's."""
    declared = {each.landing for each in declarations}
    # What dlt keeps beside the tables of a source.
    known = declared | {folder.parent for folder in declared}
    folders = [each for depth in ("*", "*/*", "*/*/*") for each in landing.glob(f"{depth}/")]
    found = (each for each in folders if PurePosixPath(each.relative_to(landing)) not in known)
    return sorted(
        f"landing/{each.relative_to(landing).as_posix()}"
        for each in found
        if not each.name.startswith(("_", ".")) and any(path.is_file() for path in each.iterdir())
    )


def new_arrivals(
    landing: Path, declarations: Iterable[Declaration], known: Container[str]
) -> list[Arrival]:
    """New files of all tables in the order of their names; `known` are those already loaded."""
    found = [
        (declaration, path)
        for declaration in declarations
        for path in _files(landing, declaration)
        if path.relative_to(landing).as_posix() not in known
    ]
    # Decompression releases the interpreter lock, so two files are checked at once.
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(lambda each: _arrival(landing, *each), found))


def is_growing(path: Path) -> bool:
    """Whether a file of events may still be written: it ends within a line, and is young."""
    if time.time() - path.stat().st_mtime >= SETTLED_AFTER_SECONDS:
        return False
    try:
        return not _is_whole(path, _tail(path))
    except OSError:
        return True


def completed_loads(folder: Path) -> set[str]:
    """Load ids that dlt has marked complete in a source's folder; their files are all there."""
    return {path.stem.rpartition("__")[2] for path in (folder / "_dlt_loads").glob("*.jsonl")}


def load_of(path: Path) -> str:
    """The dlt load id in the name of a data file, `<load id>.<file id>.parquet`."""
    return path.name.rsplit(".", 2)[0]


def _files(landing: Path, declaration: Declaration) -> Iterator[Path]:
    folder = landing / declaration.landing
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    present = (path for path in paths if path.is_file() and _is_in_place(path.name))
    if not declaration.is_vendors:
        return present
    completed = completed_loads(landing / declaration.source)
    return (path for path in present if load_of(path) in completed)


def _is_in_place(name: str) -> bool:
    # Excel keeps a file ~$… beside a workbook while somebody has it open.
    return not name.startswith((".", "~$")) and not name.endswith((".part", ".tmp"))


def _arrival(landing: Path, declaration: Declaration, path: Path) -> Arrival:
    state = path.stat()
    refusal, tail = _inspected(path, declaration)
    is_whole = refusal is None and _is_whole(path, tail)
    return Arrival(
        declaration=declaration,
        path=path,
        file=path.relative_to(landing).as_posix(),
        bytes=state.st_size,
        refusal=refusal,
        # DuckDB's JSON reader drops a last line of one character without a word.
        has_stray_tail=len(tail.rpartition(b"\n")[2].strip()) == 1,
        is_growing=not is_whole and time.time() - state.st_mtime < SETTLED_AFTER_SECONDS,
    )


def _inspected(path: Path, declaration: Declaration) -> tuple[str | None, bytes]:
    """Why the file cannot be read (or None) and the last bytes of its content."""
    is_events = isinstance(declaration.collect, EventFiles)
    suffixes = EVENT_SUFFIXES if is_events else RECORD_SUFFIXES
    name = path.name if is_events else path.name.lower()
    if not name.endswith(suffixes):
        return f"unknown type of file: expected {', '.join(suffixes)}", b""
    try:
        return None, _tail(path)
    except PermissionError:
        return "file may not be read", b""
    except OSError:
        return "damaged or truncated compression", b""


def _is_whole(path: Path, tail: bytes) -> bool:
    end = _END.get(path.suffix.lower())
    # Whoever opens a file to write has made an empty one.
    return tail.endswith(b"\n") if end is None else end in tail


def _tail(path: Path) -> bytes:
    if path.suffix in {".gz", ".zst"}:
        return _tail_of_compressed(path)
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL))
        return stream.read()


def _tail_of_compressed(path: Path) -> bytes:
    """Reads to the end: DuckDB takes a truncated file as if it ended there; OSError if it is."""
    tail = b""
    if not path.stat().st_size:
        return tail
    with pa.input_stream(str(path)) as stream:
        while block := stream.read(_BLOCK):
            tail = (tail + block)[-_TAIL:]
    return tail
