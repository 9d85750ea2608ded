-- Each arrival as one line of JSON, as the Segment specification has it. One row per line.

create macro campaign_context(id, name, source, medium)
    as to_json({'id': id, 'name': name, 'source': source, 'medium': medium})::varchar;
create macro consent_context(person_id, agrees, takes_back) as to_json({
    'categoryPreferences': {
        'marketing_email': agrees,
        'advertising': roll(person_id, 'advertising') < 0.55 and not takes_back,
        'analytics': roll(person_id, 'analytics') < 0.85,
    },
})::varchar;

create view lines as
with located as (
    select
        *,
        case channel
            when 'web' then web_context(locale, timezone, device_id, page)
            when 'mobile' then mobile_context(locale, timezone, device_id)
            else server_context('analytics-python')
        end::varchar as base_context,
        case
            when place = 1 and device_id is not null and campaign_number is not null
                then with_member(
                    base_context,
                    'campaign',
                    campaign_context(campaign_id, campaign_name, source, medium)
                )
            when kind = 'consent'
                then with_member(
                    base_context,
                    'consent',
                    consent_context(
                        person_id, place = 0 and marketing_consent <> 'denied', place = 1
                    )
                )
            else base_context
        end as context,
    from bodies
),

written as (
    select
        line_number,
        copy,
        '{"type":"' || type || '","messageId":"'
        || uuid_of(concat_ws('|', getvariable('seed'), kind, thing, place))
        || '","anonymousId":' || coalesce('"' || anonymous_id(device_id) || '"', 'null')
        || ',"userId":' || if(is_known, '"' || user_id || '"', 'null')
        || ',"channel":"' || channel
        || '","timestamp":"' || iso(happened_at)
        || '","originalTimestamp":"' || iso(happened_at)
        || '","sentAt":"' || iso(received_at - interval 70 milliseconds)
        || '","receivedAt":"' || iso(received_at)
        || '",' || body || ',"context":' || context || '}' as line,
    from located
)

select
    line_number,
    case copy
        when 2 then line[:(len(line) * 0.7)::int]
        when 3 then '[1, 2]'
        when 4 then replace(line, '"messageId":', '"id":')
        when 5 then 'this is not JSON'
        else line
    end as line,
from written;
