-- What was taken up from the landing folder, and what became of it. One row per file.
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
from {{ ref('stg_loads__files') }}
