-- Pipedrive, with which the branch in France works: each record as its API lists it.

create macro country_name(country) as case country
    when 'DE' then 'Germany' when 'ES' then 'Spain' when 'FR' then 'France'
    when 'GB' then 'United Kingdom' when 'NL' then 'Netherlands' else 'United States'
end;
create macro pipedrive_time(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%SZ');

create table pipedrive_people as
with chosen as (
    select
        *,
        -- Pipedrive lets somebody be entered twice with one address.
        unnest(if(roll(person_id, 'pipedrive twice') < 0.05, [0, 1], [0])) as copy,
        person_id * 2 + copy as record_key,
        between_times(
            window_start() - interval 2 years, window_end(), roll(record_key, 'pipedrive created')
        ) as recorded_at,
        last_touched(recorded_at, record_key, 'pipedrive') as touched_at,
    from accounts
    where country = 'FR' and standing <> 'visitor' and roll(person_id, 'in pipedrive') < 0.6
)

select
    * exclude (recorded_at, touched_at),
    date_trunc('second', recorded_at) as recorded_at,
    date_trunc('second', touched_at) as updated_at,
    (2000000 + record_key)::varchar as pipedrive_id,
    case
        when roll(record_key, 'no e-mail in pipedrive') < 0.08 then null
        when roll(person_id, 'stale in pipedrive') < 0.2 then coalesce(old_email, email)
        else email
    end as shown_email,
    -- merged persons have the addresses of both
    if(shown_email = email and roll(record_key, 'merged in pipedrive') < 0.3, old_email, null)
        as other_email,
    if(roll(record_key, 'pipedrive has phone') < 0.6, coalesce(mobile, landline), null)
        as shown_phone,
    if(copy = 0 and has_account and roll(person_id, 'id in pipedrive') < 0.5, user_id, null)
        as shown_user_id,
    -- one in four is about to buy, of whom some are a lead yet
    roll(person_id, 'pipedrive sale') as sale,
    (100 * exp(2.5 + 3 * roll(person_id, 'pipedrive amount')))::bigint as amount,
    date_trunc('second', between_times(
        window_start() - interval 120 days, window_end(), roll(person_id, 'pipedrive sale began')
    )) as sale_began_at,
from chosen;

create table pipedrive_persons as
select
    pipedrive_id as record_id,
    iso(updated_at) as updated_at,
    false as is_deleted,
    to_json({
        'id': pipedrive_id::bigint,
        'name': spelled_first || ' ' || spelled_last,
        'first_name': spelled_first,
        'last_name': spelled_last,
        'owner_id': 1,
        'org_id': 3000 + company_id,
        'emails': list_filter(
            [
                {
                    'value': typed_email(shown_email, record_key, 'pipedrive'),
                    'primary': true,
                    'label': 'work',
                },
                {'value': other_email, 'primary': false, 'label': 'home'},
            ],
            lambda entry: entry.value is not null
        ),
        'phones': if(shown_phone is null, [], [{
            'value': typed_phone(shown_phone, record_key, 'pipedrive'),
            'primary': true,
            'label': 'mobile',
        }]),
        'is_deleted': false,
        'visible_to': 3,
        'label_ids': []::bigint[],
        'picture_id': null::bigint,
        'job_title': if(
            company_id is null, null, pick(['Buyer', 'CTO', 'Analyst', 'Manager'], person_id, 'job')
        ),
        'postal_address': {
            'value': street || ', ' || postal_code || ' ' || city || ', France',
            'street_number': split_part(street, ' ', 1),
            'route': substr(street, 1 + position(' ' in street)),
            'locality': city,
            'postal_code': postal_code,
            'country': country_name(country),
        },
        'custom_fields': {
            'b1a5e0c6d94f4d0f8c3e27a6f1d0b8c29e47a315': shown_user_id,
            'dcf558aac1ae4e8c4f849ba5e668430d8df9be12': null::double,
            '9dc80c50d78a15643bfc4ca79d76156a73a1ca0e': null::varchar,
        },
        'add_time': pipedrive_time(recorded_at),
        'update_time': pipedrive_time(updated_at),
    })::varchar as record,
from (
    select
        *,
        typed(first_name, record_key, 'pipedrive first name') as spelled_first,
        typed(last_name, record_key, 'pipedrive last name') as spelled_last,
    from pipedrive_people
)
order by record_id;

create table pipedrive_organizations as
select
    (3000 + company_id)::varchar as record_id,
    iso(date_trunc('second', modified_at)) as updated_at,
    false as is_deleted,
    to_json({
        'id': 3000 + company_id,
        'name': company_name,
        'owner_id': 1,
        'address': {'value': country_name(country), 'country': country_name(country)},
        'is_deleted': false,
        'visible_to': 3,
        'label_ids': []::bigint[],
        'custom_fields': json_object(),
        'add_time': pipedrive_time(created_at),
        'update_time': pipedrive_time(modified_at),
    })::varchar as record,
from companies
where company_id in (select pipedrive_people.company_id from pipedrive_people)
order by record_id;

create table pipedrive_deals as
select
    (5000000 + person_id)::varchar as record_id,
    iso(touched_at) as updated_at,
    false as is_deleted,
    to_json({
        'id': 5000000 + person_id,
        'title': 'Offre ' || last_name || ' ' || strftime(sale_began_at, '%Y-%m'),
        'owner_id': 1,
        'person_id': pipedrive_id::bigint,
        'org_id': 3000 + company_id,
        'pipeline_id': 1,
        'stage_id': if(status = 'won', 5, 1 + (draw(person_id, 'pipedrive stage') % 5)::bigint),
        'value': amount,
        'currency': currency,
        'status': status,
        'is_archived': status <> 'open' and roll(person_id, 'pipedrive archived') < 0.2,
        'is_deleted': false,
        'expected_close_date': strftime(sale_began_at + interval 45 days, '%Y-%m-%d'),
        'close_time': if(status = 'open', null, pipedrive_time(touched_at)),
        'won_time': if(status = 'won', pipedrive_time(touched_at), null),
        'lost_time': if(status = 'lost', pipedrive_time(touched_at), null),
        'add_time': pipedrive_time(sale_began_at),
        'update_time': pipedrive_time(touched_at),
    })::varchar as record,
from (
    select
        *,
        pick(['open', 'open', 'won', 'lost'], person_id, 'pipedrive status') as status,
        date_trunc('second', last_touched(sale_began_at, person_id, 'pipedrive deal'))
            as touched_at,
    from pipedrive_people
)
where copy = 0 and sale < 0.25
order by record_id;

create table pipedrive_leads as
select
    uuid_of('pipedrive lead ' || person_id) as record_id,
    iso(sale_began_at) as updated_at,
    false as is_deleted,
    to_json({
        'id': uuid_of('pipedrive lead ' || person_id),
        'title': first_name || ' ' || last_name,
        'owner_id': 1,
        'person_id': pipedrive_id::bigint,
        'organization_id': 3000 + company_id,
        'value': {'amount': amount, 'currency': currency},
        'expected_close_date': null::varchar,
        'is_archived': false,
        'was_seen': true,
        'source_name': 'Manually created',
        'label_ids': []::varchar[],
        'add_time': iso(sale_began_at),
        'update_time': iso(sale_began_at),
    })::varchar as record,
from pipedrive_people
where copy = 0 and sale between 0.25 and 0.35
order by record_id;

create table pipedrive_activities as
select
    activity_key::varchar as record_id,
    iso(happened_at) as updated_at,
    false as is_deleted,
    to_json({
        'id': activity_key,
        'subject': case type
            when 'call' then 'Appel' when 'email' then 'E-mail' when 'meeting' then 'Rendez-vous'
            else 'Relance'
        end,
        'type': type,
        'owner_id': 1,
        'person_id': pipedrive_id::bigint,
        'org_id': 3000 + company_id,
        'deal_id': if(sale < 0.25, 5000000 + person_id, null),
        'lead_id': null::varchar,
        'due_date': strftime(happened_at, '%Y-%m-%d'),
        'due_time': strftime(happened_at, '%H:%M'),
        'done': true,
        'marked_as_done_time': pipedrive_time(happened_at),
        'is_deleted': false,
        'add_time': pipedrive_time(happened_at),
        'update_time': pipedrive_time(happened_at),
    })::varchar as record,
from (
    select
        *,
        unnest(range((draw(person_id, 'pipedrive activities') % 4)::bigint)) as number,
        7000000 + person_id * 4 + number as activity_key,
        pick(['call', 'email', 'meeting', 'task'], activity_key, 'pipedrive activity') as type,
        date_trunc('second', between_times(
            window_start(), window_end(), roll(activity_key, 'pipedrive activity at')
        )) as happened_at,
    from pipedrive_people
    where copy = 0
)
order by record_id;
