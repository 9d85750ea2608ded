-- Salesforce's accounts and opportunities, each record as a SOQL query returns it.

create table salesforce_accounts as
select
    salesforce_id('001', company_id) as record_id,
    iso(modified_at) as updated_at,
    false as is_deleted,
    to_json({
        'attributes': salesforce_attributes('Account', record_id),
        'Id': record_id,
        'Name': company_name,
        'Website': pick(['https://www.', 'http://', 'www.', ''], company_id, 'website') || domain,
        'Industry': industry,
        'NumberOfEmployees': employees,
        'BillingCountry': country,
        'CreatedDate': salesforce_time(created_at),
        'SystemModstamp': salesforce_time(modified_at),
        'IsDeleted': false,
    })::varchar as record,
from companies
where is_in_salesforce
order by record_id;

create table salesforce_opportunities as
with opportunities as (
    select
        salesforce_id('006', 900000 + person_id) as opportunity_id,
        contact_id,
        employer_account_id,
        companies.company_name,
        companies.currency,
        pick(
            [
                'Prospecting', 'Qualification', 'Proposal/Price Quote', 'Negotiation/Review',
                'Closed Won', 'Closed Lost',
            ],
            person_id, 'opportunity stage'
        ) as stage,
        (100 * exp(2.5 + 3 * roll(person_id, 'opportunity amount')))::bigint as amount,
        between_times(
            window_start() - interval 120 days, window_end(), roll(person_id, 'opportunity created')
        ) as opened_at,
        last_touched(opened_at, person_id, 'opportunity') as touched_at,
    from salesforce_persons
    inner join companies using (company_id)
    where is_contact and is_in_salesforce and roll(person_id, 'opportunity') < 0.4
)

select
    opportunity_id as record_id,
    iso(touched_at) as updated_at,
    false as is_deleted,
    to_json({
        'attributes': salesforce_attributes('Opportunity', opportunity_id),
        'Id': opportunity_id,
        'Name': company_name || ' ' || strftime(opened_at, '%Y-%m'),
        'AccountId': employer_account_id,
        'ContactId': contact_id,
        'StageName': stage,
        'Amount': amount,
        'CurrencyIsoCode': currency,
        'CloseDate': strftime(
            if(stage like 'Closed%', touched_at, touched_at + interval 30 days), '%Y-%m-%d'
        ),
        'IsClosed': stage like 'Closed%',
        'IsWon': stage = 'Closed Won',
        'CreatedDate': salesforce_time(opened_at),
        'SystemModstamp': salesforce_time(touched_at),
        'IsDeleted': false,
    })::varchar as record,
from opportunities
order by record_id;
