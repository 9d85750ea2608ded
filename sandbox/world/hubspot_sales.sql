-- HubSpot's companies and deals, each record as its API returns it.

create table hubspot_companies as
select
    company_hubspot_id(company_id) as record_id,
    iso(modified_at) as updated_at,
    false as is_deleted,
    to_json({
        'id': company_hubspot_id(company_id),
        'properties': {
            'hs_object_id': company_hubspot_id(company_id),
            'name': company_name,
            'domain': domain,
            'industry': industry,
            'numberofemployees': employees::varchar,
            'country': country,
            'createdate': iso(created_at),
            'hs_lastmodifieddate': iso(modified_at),
        },
        'createdAt': iso(created_at),
        'updatedAt': iso(modified_at),
        'archived': false,
    })::varchar as record,
from companies
where is_in_hubspot
order by record_id;

create table hubspot_deals as
with deals as (
    select
        (90000000 + person_id)::varchar as deal_id,
        contact_id,
        company_id,
        companies.company_name,
        companies.currency,
        pick(
            [
                'appointmentscheduled', 'qualifiedtobuy', 'presentationscheduled', 'contractsent',
                'closedwon', 'closedlost',
            ],
            person_id, 'deal stage'
        ) as stage,
        (100 * exp(2.5 + 3 * roll(person_id, 'deal amount')))::bigint as amount,
        between_times(
            window_start() - interval 120 days, window_end(), roll(person_id, 'deal created')
        ) as opened_at,
        last_touched(opened_at, person_id, 'deal') as touched_at,
    from hubspot_people
    inner join companies using (company_id)
    where is_in_hubspot and copy = 0 and roll(person_id, 'deal') < 0.3
)

select
    deal_id as record_id,
    iso(touched_at) as updated_at,
    false as is_deleted,
    to_json({
        'id': deal_id,
        'properties': {
            'hs_object_id': deal_id,
            'dealname': company_name || ' ' || strftime(opened_at, '%Y-%m'),
            'amount': amount || '.00',
            'deal_currency_code': currency,
            'dealstage': stage,
            'pipeline': 'default',
            'closedate': iso(
                if(stage like 'closed%', touched_at, touched_at + interval 30 days)
            ),
            'createdate': iso(opened_at),
            'hs_lastmodifieddate': iso(touched_at),
            'hs_is_closed_won': (stage = 'closedwon')::varchar,
        },
        'createdAt': iso(opened_at),
        'updatedAt': iso(touched_at),
        'archived': false,
        'associations': {
            'contacts': {'results': [{'id': contact_id, 'type': 'deal_to_contact'}]},
            'companies': {
                'results': [{'id': company_hubspot_id(company_id), 'type': 'deal_to_company'}],
            },
        },
    })::varchar as record,
from deals
order by record_id;
