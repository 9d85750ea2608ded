-- What events of Klaviyo are called. One row per version of a metric.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('klaviyo', 'metrics') }}
    where {{ is_new() }}

)

select
    record_id as metric_id,
    {{ utc('updated_at') }} as updated_at,
    is_deleted,
    md5(cast(record as varchar)) as version_key,
    batch_id,
    nullif(trim({{ json_text('record', 'attributes.name') }}), '') as metric_name
from source
