-- Leaves of rows only what they are known by.
update {table} as target
set ({columns}) = row({cleared})
from arriving
cross join lateral jsonb_populate_record(null::{table}, arriving.fields::jsonb) as fresh
where
    target.{match} = fresh.{match}
    and arriving.number >= {first}
    and arriving.number < {end};
