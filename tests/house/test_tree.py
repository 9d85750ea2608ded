"""The tree: sizes, engine differences, and what must not stand in any file."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.warehouse import PROJECT
from tests.house.project import demand, files, files_in, sql_code, text

LIMITS = (
    ("models", ".sql", 110),
    ("macros", ".sql", 110),
    ("models", ".yml", 180),
    ("seeds", ".yml", 180),
    (".", ".py", 260),
)
DIALECT = tuple(
    Path(f"macros/{name}.sql")
    for name in ("dialect", "dialect_money", "dialect_tables", "breadth_first")
)
ENGINE_WORDS = (
    r"\bexclude\b", r"\bunnest\b", r"\bepoch(_ms|_us)?\s*\(", r"\bread_\w+\(", r"\bjson_extract",
    r"\bregexp_", r"\blist_\w+\(", r"\bstruct_\w+\(", r"\bstr[fp]time\b", r"\bdate_diff\b", "//",
    r"\bunion (all )?by name\b", r"\basof\b", r"\busing key\b", r"\barg_(max|min)\b",
    r"\bany_value\(", r"\bstring_agg\b", "::",
)  # fmt: skip
RECIPES = ("source", "event", "identifier type", "trait", "segment", "sync")
# Written in two halves, so that this file may be searched as well.
HOSTS = tuple(
    "".join(halves)
    for halves in (
        ("pypi", ".org"), ("python", "hosted.org"), ("npm", "js.org"), ("npm", "js.com"),
        ("yarn", "pkg.com"), ("crates", ".io"), ("rubygems", ".org"), ("proxy.golang", ".org"),
        ("anaconda", ".org"), ("docker", ".io"), ("ghcr", ".io"), ("hub.getdbt", ".com"),
    )
)  # fmt: skip
MACHINE_PATHS = re.compile(
    "(?<![\\w.:/}>)])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "home"]) + ")/"
)
UNFINISHED = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "HA" + "CK"]) + r")\b")


def lines_with(pattern: str | re.Pattern[str], file: Path, content: str) -> Iterator[str]:
    """Where a pattern stands in a file, as path, line number and what was found."""
    for number, line in enumerate(content.splitlines(), start=1):
        for match in re.finditer(pattern, line):
            yield f"{file}:{number}: {match.group()}"


@pytest.mark.parametrize(("folder", "suffix", "limit"), LIMITS)
def test_no_file_is_too_long_to_read_at_once(folder: str, suffix: str, limit: int) -> None:
    sizes = {file: len(text(file).splitlines()) for file in files_in(folder, suffix)}
    demand(
        (f"{file}: {size} lines, at most {limit}" for file, size in sizes.items() if size > limit),
        why="A file that is read at one sitting is a file that is changed without fear.",
        fix="Split it by what it holds, and name the parts after that.",
    )


def test_a_model_says_what_it_is_for_and_its_grain_before_anything_else() -> None:
    demand(
        (
            f"{file}: {text(file).splitlines()[0]}"
            for file in files_in("models", ".sql")
            if not re.match(r"-- .+\. One row per .+\.$", text(file).splitlines()[0])
        ),
        why="The reader decides by the first line whether to read on.",
        fix="`-- <purpose>. One row per <grain>.` as the first line.",
    )


def test_no_model_hides_sql_behind_conditions() -> None:
    demand(
        (
            found
            for file in files_in("models", ".sql")
            for found in lines_with(r"\{%-?\s*(if|for|set)\b", file, text(file))
        ),
        why="SQL that is there or not, depending on a variable, is two models in one file.",
        fix="Decide in SQL; what must differ by engine or by run belongs into a named macro.",
    )


def test_only_the_dialect_macro_names_what_engines_do_differently() -> None:
    spoken = [
        file
        for folder in ("models", "macros", "tests/conservation")
        for file in files_in(folder, ".sql")
        if file not in DIALECT
    ]
    demand(
        (
            found
            for file in spoken
            for found in lines_with("|".join(ENGINE_WORDS), file, sql_code(file))
        ),
        why="The models run on DuckDB and on Spark; each difference is handled in one place.",
        fix=f"Call a macro of {DIALECT[0]} or {DIALECT[1]}, or add one there.",
    )


def test_every_macro_is_called() -> None:
    by_dbt = (
        r"(duckdb|spark|default|databricks)__|generate_|get_incremental_"
        r"|is_incremental$|should_full_refresh$"
    )
    everything = "\n".join(
        text(file)
        for file in files()
        if file.suffix in (".sql", ".yml")
        and (
            file.parts[0] in ("models", "macros", "dbt_project.yml")
            or file.is_relative_to("tests/conservation")
        )
    )
    defined = re.findall(r"\{%-?\s*macro\s+(\w+)", everything)
    demand(
        (
            name
            for name in set(defined)
            if not re.match(by_dbt, name)
            and len(re.findall(rf"\b{name}\(", everything)) <= defined.count(name)
        ),
        why="What nothing uses still has to be read and understood.",
        fix="Delete the macro.",
    )


def test_no_file_names_a_package_registry() -> None:
    demand(
        (
            found
            for file in files()
            for found in lines_with("|".join(map(re.escape, HOSTS)), file, text(file))
        ),
        why="The project installs from whatever index its owner configured.",
        fix="Name the package and its version only; the index is the machine's business.",
    )


def test_no_file_names_a_path_of_one_machine() -> None:
    demand(
        (found for file in files() for found in lines_with(MACHINE_PATHS, file, text(file))),
        why="The project runs wherever it was checked out.",
        fix="Start from the project's folder, or from KITH_HOME.",
    )


def test_nothing_is_left_for_later() -> None:
    demand(
        (found for file in files() for found in lines_with(UNFINISHED, file, text(file))),
        why="A note to oneself in the code is a promise nobody keeps.",
        fix="Do it now, or leave the note out.",
    )


def test_every_python_module_says_what_it_holds() -> None:
    demand(
        (
            str(file)
            for file in files_in(".", ".py")
            if text(file).strip() and not ast.get_docstring(ast.parse(text(file)))
        ),
        why="The first line is the table of contents of a package.",
        fix="A docstring as the first line of the module.",
    )


def test_every_make_target_says_what_it_does() -> None:
    targets = re.findall(r"^([a-z][a-z-]*):(?!=)(.*)$", text(Path("Makefile")), flags=re.MULTILINE)
    assert targets, "there is no Makefile"
    demand(
        (name for name, rest in targets if not re.search(r"## \w+", rest)),
        why="`make help` is the list of everything that can be done here.",
        fix="End the target's line with `## what it does`.",
    )


def test_the_readme_has_every_recipe() -> None:
    assert (PROJECT / "README.md").exists(), "there is no README.md"
    rows = re.findall(
        r"^(?:\| |#+ (?:Add an? )?)([^|\n]+?)(?: \||$)", text(Path("README.md")), re.M
    )
    demand(
        (
            f"no recipe for: {recipe}"
            for recipe in RECIPES
            if not any(r.startswith(recipe) for r in rows)
        ),
        why="Adding a thing is what people come here for.",
        fix="One row under Recipes: what is added, and the files to edit.",
    )


def test_the_product_never_imports_what_only_surrounds_it() -> None:
    outside = re.compile(r"^\s*(?:from|import) (?:sandbox|tests|benchmarks)\b.*")
    demand(
        (
            found
            for file in files_in("orchestration", ".py")
            for found in lines_with(outside, file, text(file))
        ),
        why="The product must run without its sandbox.",
        fix="Move what both need into orchestration.",
    )
