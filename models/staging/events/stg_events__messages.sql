-- Messages of Segment's specification, typed. One row per message.
with

source as (

    select * from {{ source('events', 'messages') }}

),

timed as (

    select
        *,
        -- A file need not say when each line was received: then it was with the file.
        coalesce({{ utc('received_at') }}, loaded_at) as received_time,
        coalesce({{ utc('event_timestamp') }}, {{ utc('original_timestamp') }}) as claimed_time
    from source

),

typed as (

    select
        message_id,
        type as message_type,
        event as event_name,
        name as page_name,
        coalesce(channel, {{ json_text('context', 'channel') }}) as channel,

        nullif(trim(user_id), '') as user_id,
        nullif(trim(anonymous_id), '') as anonymous_id,
        nullif(trim(group_id), '') as group_id,
        nullif(lower(trim(coalesce(
            {{ json_text('traits', 'email') }}, {{ json_text('properties', 'email') }}
        ))), '') as email,
        nullif(trim({{ json_text('traits', 'phone') }}), '') as phone,
        upper({{ json_text('traits', 'address.country') }}) as country,
        {{ json_text('traits', 'address.city') }} as city,
        {{ json_text('traits', 'firstName') }} as first_name,
        {{ json_text('traits', 'lastName') }} as last_name,

        coalesce(
            {{ json_text('context', 'campaign.id') }}, {{ json_text('properties', 'campaign_id') }}
        ) as campaign_id,
        coalesce(
            {{ json_text('context', 'campaign.name') }},
            {{ json_text('properties', 'campaign_name') }}
        ) as campaign_name,
        {{ json_text('context', 'campaign.source') }} as campaign_source,
        {{ json_text('context', 'campaign.medium') }} as campaign_medium,
        {{ json_text('context', 'page.path') }} as page_path,
        {{ json_text('context', 'page.referrer') }} as referrer,

        -- A device's clock may be decades off; the time of receipt is ours.
        case
            when claimed_time between timestamp '2000-01-01 00:00:00' and received_time
                then claimed_time
            else received_time
        end as occurred_at,
        received_time as received_at,
        claimed_time is null
        or claimed_time not between timestamp '2000-01-01 00:00:00' and received_time
            as has_corrected_time,

        context,
        properties,
        traits,
        batch_id
    from timed

),

keyed as (

    select
        *,
        -- Messages that name the same identifiers are one record to identity.
        md5(concat(
            coalesce(user_id, ''), '|', coalesce(anonymous_id, ''), '|',
            coalesce(email, ''), '|', coalesce(phone, '')
        )) as identity_key
    from typed

)

select * from keyed
