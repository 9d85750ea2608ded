-- What was logged in HubSpot about contacts and deals, each record as its API returns it.

create table hubspot_logged as
with occasions as (
    select
        hubspot_people.person_id,
        contact_id,
        hubspot_deals.record_id as deal_id,
        unnest(['calls', 'emails', 'meetings', 'tasks', 'notes']) as object,
    from hubspot_people
    left join hubspot_deals on hubspot_deals.record_id = (90000000 + person_id)::varchar
    where copy = 0
)

select
    *,
    (400000000 + person_id)::varchar as activity_id,
    between_times(window_start(), window_end(), roll(person_id, object, 'logged')) as logged_at,
    least(
        window_end(), logged_at + to_minutes((draw(person_id, object, 'edited') % 600)::int)
    ) as touched_at,
    roll(person_id, object, 'activity archived') < 0.02 as is_archived,
    pick(
        ['Renewal', 'Introduction', 'Question about an order', 'Offer', 'Follow-up'],
        person_id, object, 'subject'
    ) as subject,
    roll(person_id, object, 'done') < 0.7 as is_done,
    roll(person_id, object, 'direction') < 0.4 as is_inbound,
from occasions
where roll(person_id, object, 'is logged') < if(deal_id is null, 0.03, 0.4);

create table hubspot_activities as
select
    object,
    activity_id as record_id,
    iso(touched_at) as updated_at,
    is_archived as is_deleted,
    json_merge_patch(
        to_json({
            'id': activity_id,
            'properties': {
                'hs_object_id': activity_id,
                'hs_timestamp': iso(logged_at),
                'hs_createdate': iso(logged_at),
                'hs_lastmodifieddate': iso(touched_at),
            },
            'createdAt': iso(logged_at),
            'updatedAt': iso(touched_at),
            'archived': is_archived,
            'associations': {'contacts': {
                'results': [{'id': contact_id, 'type': object[:-2] || '_to_contact'}],
            }},
        }),
        to_json({
            'archivedAt': if(is_archived, iso(touched_at), null),
            'associations': {'deals': if(
                deal_id is null,
                null,
                {'results': [{'id': deal_id, 'type': object[:-2] || '_to_deal'}]}
            )},
            'properties': case object
                when 'calls' then to_json({
                    'hs_call_title': subject,
                    'hs_call_direction': if(is_inbound, 'INBOUND', 'OUTBOUND'),
                    'hs_call_status': if(is_done, 'COMPLETED', 'NO_ANSWER'),
                })
                when 'emails' then to_json({
                    'hs_email_subject': subject,
                    'hs_email_direction': if(is_inbound, 'INCOMING_EMAIL', 'EMAIL'),
                    'hs_email_status': 'SENT',
                })
                when 'meetings' then to_json({
                    'hs_meeting_title': subject,
                    'hs_meeting_start_time': iso(logged_at),
                    'hs_meeting_outcome': if(is_done, 'COMPLETED', 'NO_SHOW'),
                })
                when 'tasks' then to_json({
                    'hs_task_subject': subject,
                    'hs_task_status': if(is_done, 'COMPLETED', 'NOT_STARTED'),
                    'hs_task_completion_date': if(is_done, iso(touched_at), null),
                })
                else '{}'::json
            end,
        })
    )::varchar as record,
from hubspot_logged
order by object, record_id;
