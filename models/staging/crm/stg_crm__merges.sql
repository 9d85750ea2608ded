-- Who was merged with whom in a CRM, and where that was undone. One row per statement of it.
with

-- A record that is seen alive after it was merged away stands for itself again.
statements as (

    select
        source,
        record_id,
        updated_at,
        version_key,
        batch_id,
        merged_into_record_id,
        min(case when merged_into_record_id is not null then batch_id end) over (
            partition by source, record_id order by updated_at asc, version_key asc
            rows between unbounded preceding and 1 preceding
        ) as merged_in_batch
    from {{ ref('stg_crm__contacts') }}
    where
        (merged_into_record_id is not null or not is_deleted)
        and (source, record_id) in (
            select
                source,
                record_id
            from {{ ref('stg_crm__contacts') }}
            where merged_into_record_id is not null
        )

)

select
    source,
    'merge/' || record_id as record_id,
    updated_at,
    version_key,
    -- That a merge was undone is known once both were seen.
    case
        when merged_into_record_id is null then greatest(batch_id, merged_in_batch)
        else batch_id
    end as batch_id,
    {{ crm_identifier_type('source', 'record_id') }} as identifier_type,
    split_part(record_id, '/', 2) as loser_id,
    split_part(merged_into_record_id, '/', 2) as winner_id
from statements
where merged_into_record_id is not null or merged_in_batch is not null
