"""A preview as a person likes to read it in a terminal."""

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from orchestration.explanation import printable
from orchestration.preview import Example, Part, Preview

# A terminal shows so many parts of a customer.
MOST_PARTS = 8


def preview_page(preview: Preview) -> RenderableType:
    """What would change, in figures and examples; or that nothing would."""
    lines: list[RenderableType] = []
    if preview.pending_batches:
        lines.append(
            Text(
                f"{preview.pending_batches:,} batches were loaded and never built: what they bring "
                "is part of this.",
                "yellow",
            )
        )
    if preview.is_empty:
        lines.append(
            Text(
                f"Nothing would change: all {preview.customers_before:,} customers stay who they "
                "are, and every link stays as it is."
            )
        )
        return Group(*lines)
    lines += [_figures(preview), *_links(preview), Text()]
    lines += [_example(example) for example in preview.examples]
    return Group(*lines, Text("This was a copy: nothing was changed.", "dim"))


def _figures(preview: Preview) -> Table:
    table = Table(
        title="What the working tree would do to who is who",
        title_justify="left",
        show_header=False,
        box=None,
    )
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_row(
        f"{preview.customers_before:,} → {preview.customers_after:,}", "customers, before and after"
    )
    table.add_row(
        f"{preview.changed:,}",
        f"of them would change ({preview.changed_percent:.2f} %); their orders are worth "
        f"{preview.revenue_cents / 100:,.2f} in reporting currency",
    )
    table.add_row(f"{preview.split:,}", "would split")
    table.add_row(f"{preview.merged:,}", "would merge with others")
    table.add_row(f"{preview.identifiers_gone:,}", "identifiers would name nobody any more")
    table.add_row(f"{preview.identifiers_new:,}", "identifiers would name somebody again")
    if preview.biggest_new:
        table.add_row(
            f"{preview.biggest_new.identifiers:,}",
            "identifiers of the biggest customer that would be new or other than before: "
            f"{preview.biggest_new.customer_id}",
        )
    return table


def _links(preview: Preview) -> Iterator[Text]:
    for meaning, counts in (
        ("Links that would count no more, by guard: ", preview.refused),
        ("Links that would count from now on, by the guard that refused them: ", preview.used),
    ):
        if counts:
            yield Text(meaning + _listed(counts))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{guard} {count:,}" for guard, count in counts.items())


def _example(example: Example) -> Tree:
    verb = "would split into" if example.kind == "split" else "would be made of"
    tree = Tree(
        Text.assemble(
            (f"{example.kind}: ", "yellow"),
            (example.customer_id, "bold"),
            f", {example.identifiers:,} identifiers, {verb}",
        )
    )
    for part in example.parts[:MOST_PARTS]:
        tree.add(_part(part))
    if len(example.parts) > MOST_PARTS:
        tree.add(Text(f"… and {len(example.parts) - MOST_PARTS:,} more", "dim"))
    return tree


def _part(part: Part) -> Text:
    text = Text.assemble((part.customer_id or "nobody", "bold"), f", {part.identifiers:,}: ")
    text.append(
        ", ".join(
            f"{each.identifier_type} {printable(each.identifier_value)}" for each in part.examples
        ),
        "cyan",
    )
    if part.identifiers > len(part.examples):
        text.append(", …", "dim")
    return text
