-- What the load step took up. One row per file.
select
    file,
    source,
    batch_id,
    bytes,
    lines,
    loaded,
    duplicates,
    quarantined,
    loaded_at
from {{ source('loads', 'files') }}
