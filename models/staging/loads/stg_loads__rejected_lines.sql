-- Lines that could not be loaded, with the reason. One row per line.
select
    batch_id,
    source,
    file,
    line_number,
    reason,
    line
from {{ source('loads', 'rejected_lines') }}
