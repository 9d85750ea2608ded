-- Proposals of the fuzzy tier. One row per version of a proposed pair.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('fuzzy', 'candidates') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'a_node_id', 'b_node_id', 'a_identifier', 'b_identifier', 'score', 'model_version',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as pair_id,
        {{ utc('updated_at') }} as proposed_at,
        is_deleted,
        batch_id,
        cast(fields.a_node_id as bigint) as a_node_id,
        cast(fields.b_node_id as bigint) as b_node_id,
        fields.a_identifier,
        fields.b_identifier,
        cast(fields.score as double) as score,
        fields.model_version
    from parsed

)

select * from renamed
