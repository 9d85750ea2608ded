-- Messages of Segment's specification, typed. One row per message.
with

parsed as (

    select
        *,
        {{ json_struct('context', {
            'channel': [], 'campaign': ['id', 'name', 'source', 'medium'],
            'page': ['path', 'referrer'],
            'traits': {
                'email': [], 'phone': [], 'firstName': [], 'lastName': [],
                'address': ['city', 'country'],
            },
        }) }} as about,
        {{ json_struct('properties', ['email', 'campaign_id', 'campaign_name']) }} as given,
        {{ json_struct('traits', {
            'email': [], 'phone': [], 'firstName': [], 'lastName': [],
            'address': ['city', 'country'],
        }) }} as stated
    from {{ source('events', 'messages') }}
    -- A message that the tracking plan holds in quarantine belongs to no batch.
    where batch_id is not null

),

timed as (

    select
        *,
        -- A file need not say when each line was received: then it was with the file.
        coalesce({{ utc('received_at') }}, loaded_at) as received_time,
        coalesce({{ utc('original_timestamp') }}, {{ utc('event_timestamp') }}) as claimed_time,
        coalesce({{ utc('event_timestamp') }}, {{ utc('original_timestamp') }}) as given_time,
        {{ clock_skew(utc('sent_at'), utc('received_at')) }} as clock_skew,
        -- RudderStack's clients put what an identify call says here.
        case when type = 'identify' then about.traits end as also_stated
    from parsed

),

dated as (

    select
        *,
        {{ by_our_clock('claimed_time', 'clock_skew', otherwise='given_time') }} as happened_time
    from timed

),

typed as (

    select
        message_id,
        type as message_type,
        event as event_name,
        name as page_name,
        coalesce(channel, about.channel) as channel,

        nullif(trim(user_id), '') as user_id,
        nullif(trim(anonymous_id), '') as anonymous_id,
        nullif(trim(group_id), '') as group_id,
        nullif(lower(trim(coalesce(stated.email, also_stated.email, given.email))), '') as email,
        nullif(trim(coalesce(stated.phone, also_stated.phone)), '') as phone,
        upper(coalesce(stated.address.country, also_stated.address.country)) as country,
        coalesce(stated.address.city, also_stated.address.city) as city,
        coalesce(stated.firstname, also_stated.firstname) as first_name,
        coalesce(stated.lastname, also_stated.lastname) as last_name,

        coalesce(about.campaign.id, given.campaign_id) as campaign_id,
        coalesce(about.campaign.name, given.campaign_name) as campaign_name,
        about.campaign.source as campaign_source,
        about.campaign.medium as campaign_medium,
        about.page.path as page_path,
        about.page.referrer,

        case
            when {{ is_possible('happened_time', 'received_time') }} then happened_time
            else received_time
        end as occurred_at,
        claimed_time as claimed_at,
        {{ utc('sent_at') }} as sent_at,
        received_time as received_at,
        not coalesce({{ is_possible('happened_time', 'received_time') }}, false)
        -- Less is the way of the message, not a clock that is off.
        or coalesce(clock_skew not between interval '-1 minute' and interval '1 minute', false)
            as has_corrected_time,

        context,
        properties,
        traits,
        batch_id
    from dated

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
