-- States of identity that passed the checks of `identity_quality`. One row per state.
{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

-- dbt builds what reads `identity_quality` only if the tests on it pass.
select
    numerator as version,
    {{ current_batch() }} as batch_id,
    cast(current_timestamp as timestamp) as accepted_at
from {{ ref('identity_quality') }}
where
    measure = 'version'
    and (
        numerator > {{ highest_in_this('version') }}
        or {{ current_batch() }} > {{ highest_in_this('batch_id') }}
    )
