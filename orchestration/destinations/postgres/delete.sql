-- Takes rows away.
delete from {table} as target
using
    arriving
cross join lateral jsonb_populate_record(null::{table}, arriving.fields::jsonb) as fresh
where
    target.{match} = fresh.{match}
    and arriving.number >= {first}
    and arriving.number < {end};
