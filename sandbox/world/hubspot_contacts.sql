-- HubSpot's contacts, each record as its API returns it.

create table hubspot_people as
with chosen as (
    select
        *,
        roll(person_id, 'hubspot twice') < 0.05 as is_twice,
        unnest(if(is_twice, [0, 1], [0])) as copy,
        is_twice and roll(person_id, 'merged in hubspot') < 0.35 as is_merged,
        old_email is not null and roll(person_id, 'stale in hubspot') < 0.35 as is_stale,
        roll(person_id, 'junk in hubspot') as junk,
    from accounts
    where standing <> 'visitor' and roll(person_id, 'in hubspot') < if(has_account, 0.55, 0.75)
),

addressed as (
    select
        *,
        (10000000 + person_id * 2)::varchar as first_id,
        (10000001 + person_id * 2)::varchar as second_id,
        -- a merge gives an id of its own to the one record that is left
        case
            when is_merged then (30000000 + person_id)::varchar
            when copy = 0 then first_id
            else second_id
        end as contact_id,
        person_id * 2 + copy as record_key,
        between_times(
            window_start() - interval 2 years, window_end(), roll(record_key, 'hubspot created')
        ) as recorded_at,
        last_touched(recorded_at, record_key, 'hubspot') as updated_at,
        roll(record_key, 'hubspot archived') < 0.015 as is_archived,
        -- HubSpot lets two contacts share no address, so the second one has the other or none
        case
            when copy = 0 and roll(person_id, 'no e-mail in hubspot') < 0.06 then null
            when copy = 0 then if(is_stale, old_email, email)
            when old_email is not null then if(is_stale, email, old_email)
        end as shown_email,
    from chosen
    where copy = 0 or not is_merged
)

select
    *,
    if(
        junk >= 0.012 and roll(record_key, 'hubspot has phone') < 0.6,
        coalesce(web_phone, mobile),
        null
    ) as shown_phone,
    if(
        junk not between 0.012 and 0.024 and copy = 0 and has_account
        and roll(person_id, 'id in hubspot') < 0.55,
        user_id,
        null
    ) as shown_user_id,
from addressed;

create table hubspot_contacts as
select
    contact_id as record_id,
    iso(updated_at) as updated_at,
    is_archived as is_deleted,
    json_merge_patch(
        to_json({
            'id': contact_id,
            'properties': {
                'hs_object_id': contact_id,
                'email': typed_email(shown_email, record_key, 'hubspot'),
                'firstname': if(
                    junk between 0.024 and 0.028,
                    'anonymous',
                    typed(first_name, record_key, 'hubspot first name')
                ),
                'lastname': if(
                    roll(record_key, 'no last name') < 0.04,
                    null,
                    typed(last_name, record_key, 'hubspot last name')
                ),
                'phone': case
                    when junk < 0.008 then '0000000000'
                    when junk < 0.012 then 'n/a'
                    else typed_phone(shown_phone, record_key, 'hubspot')
                end,
                'address': if(
                    roll(record_key, 'no street') < 0.5,
                    null,
                    typed_street(street, record_key, 'hubspot')
                ),
                'city': if(roll(record_key, 'no city') < 0.25, null, city),
                'zip': if(roll(record_key, 'no street') < 0.4, null, postal_code),
                'country': if(
                    shown_phone is null and roll(record_key, 'no country') < 0.2, null, country
                ),
                'company': company_name,
                'jobtitle': if(
                    company_id is null,
                    null,
                    pick(['Buyer', 'Head of IT', 'CEO', 'Analyst', 'Manager'], person_id, 'job')
                ),
                'lifecyclestage': case
                    when is_buyer then 'customer'
                    else pick(
                        ['subscriber', 'lead', 'marketingqualifiedlead', 'opportunity'],
                        person_id, 'stage'
                    )
                end,
                'hs_email_optout': opted_out(marketing_consent, withdrawn_at, updated_at)::varchar,
                'account_id': case
                    when junk between 0.012 and 0.02 then 'anonymous'
                    when junk between 0.02 and 0.024 then 'null'
                    else shown_user_id
                end,
                'hs_merged_object_ids': if(is_merged, first_id || ';' || second_id, null),
                'createdate': iso(recorded_at),
                'lastmodifieddate': iso(updated_at),
            },
            'createdAt': iso(recorded_at),
            'updatedAt': iso(updated_at),
            'archived': is_archived,
        }),
        to_json({
            'archivedAt': if(is_archived, iso(updated_at), null),
            'associations': if(
                is_in_hubspot,
                {'companies': {'results': [
                    {'id': company_hubspot_id(company_id), 'type': 'contact_to_company'},
                ]}},
                null
            ),
        })
    )::varchar as record,
from hubspot_people
left join (select company_id, is_in_hubspot from companies) using (company_id)
union all
select
    unnest([first_id, second_id]) as record_id,
    iso(updated_at),
    true,
    to_json({'id': record_id, 'mergedInto': contact_id})::varchar,
from hubspot_people
where is_merged
order by record_id;
