-- Whose an identifier is, as somebody knows. One row per version of a label.
with

source as (

    select * from {{ source('labels', 'people') }}

),

renamed as (

    select
        record_id as label_id,
        {{ utc('updated_at') }} as updated_at,
        batch_id,
        {{ json_text('record', 'identifier_type') }} as identifier_type,
        {{ json_text('record', 'identifier_value') }} as identifier_value,
        {{ json_text('record', 'person') }} as person,
        coalesce(try_cast({{ json_text('record', 'is_withdrawn') }} as boolean), false)
            as is_withdrawn
    from source

)

select * from renamed
