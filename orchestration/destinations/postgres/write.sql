-- Who is new is added, who is there already is corrected.
insert into {table} ({columns})
select {fresh}
from arriving
cross join lateral jsonb_populate_record(null::{table}, arriving.fields::jsonb) as fresh
where arriving.number >= {first} and arriving.number < {end}
on conflict ({match}) do update set ({columns}) = row({excluded});
