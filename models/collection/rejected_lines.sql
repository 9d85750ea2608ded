-- Lines that could not be read, and why. One row per line, or per file that is unreadable.
select
    md5(concat(file, ' ', coalesce(cast(line_number as varchar), 'whole file'), ' ', reason))
        as rejection_id,
    file,
    line_number,
    source,
    reason,
    -- The line itself may name a person: it stays in the warehouse.
    cast(length(line) as bigint) as characters,
    batch_id
from {{ ref('stg_loads__rejected_lines') }}
