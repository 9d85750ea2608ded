-- Who is there is corrected; the answer names them.
update {table} as target
set ({columns}) = row({fresh})
from arriving
cross join lateral jsonb_populate_record(null::{table}, arriving.fields::jsonb) as fresh
where
    target.{match} = fresh.{match}
    and arriving.number >= {first}
    and arriving.number < {end}
returning arriving.number;
