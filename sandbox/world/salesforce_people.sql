-- Salesforce's leads and contacts, each record as a SOQL query returns it.

create table salesforce_persons as
with chosen as (
    select
        *,
        roll(person_id, 'salesforce') as presence,
        -- below 0.10 a lead that became a contact, then contacts, then leads
        presence < 0.24 as is_contact,
        presence < 0.10 or presence >= 0.24 as is_lead,
        if(is_lead and presence >= 0.36, presence < 0.38, false) as is_lead_twice,
        roll(person_id, 'junk in salesforce') as junk,
    from accounts
    where standing <> 'visitor' and roll(person_id, 'salesforce') < 0.38
)

select
    *,
    between_times(
        window_start() - interval 2 years, window_end(), roll(person_id, 'salesforce created')
    ) as recorded_at,
    last_touched(recorded_at, person_id, 'salesforce') as updated_at,
    case
        when roll(person_id, 'stale in salesforce') < 0.3 then coalesce(old_email, email)
        when roll(person_id, 'no e-mail in salesforce') < 0.08 then null
        else email
    end as known_email,
    opted_out(marketing_consent, withdrawn_at, updated_at) as has_opted_out,
    pick(['Web', 'Trade Show', 'Partner Referral', 'Inbound Call'], person_id, 'lead source')
        as lead_source,
    salesforce_id('003', 500000 + person_id) as contact_id,
    salesforce_id('00Q', 700000 + person_id * 2) as lead_id,
    salesforce_id('001', company_id) as employer_account_id,
from chosen;

create table salesforce_contact_people as
select
    salesforce_persons.*,
    if(is_in_salesforce, employer_account_id, null) as account_id,
    roll(person_id, 'contact deleted') < 0.015 as is_deleted,
    if(junk < 0.012, null, known_email) as shown_email,
    if(
        junk >= 0.02 and roll(person_id, 'contact phone') < 0.6, coalesce(landline, mobile), null
    ) as shown_phone,
    if(roll(person_id, 'contact mobile') < 0.4, mobile, null) as shown_mobile,
    if(
        junk >= 0.028 and has_account and roll(person_id, 'id in salesforce') < 0.5, user_id, null
    ) as shown_user_id,
from salesforce_persons
left join (select company_id, is_in_salesforce from companies) using (company_id)
where is_contact;

create table salesforce_contacts as
select
    contact_id as record_id,
    iso(updated_at) as updated_at,
    is_deleted,
    to_json({
        'attributes': salesforce_attributes('Contact', contact_id),
        'Id': contact_id,
        'FirstName': typed(first_name, person_id, 'contact first name'),
        'LastName': typed(last_name, person_id, 'contact last name'),
        'Email': if(
            junk < 0.012, 'test@test.com', typed_email(shown_email, person_id, 'contact')
        ),
        'Phone': if(
            junk between 0.012 and 0.02,
            '0000000000',
            typed_phone(shown_phone, person_id, 'contact')
        ),
        'MobilePhone': typed_phone(shown_mobile, person_id, 'contact mobile'),
        'MailingStreet': typed_street(street, person_id, 'contact'),
        'MailingCity': city,
        'MailingPostalCode': postal_code,
        'MailingCountry': country,
        'Title': if(
            company_id is null, null, pick(['Buyer', 'CTO', 'Analyst', 'Manager'], person_id, 'job')
        ),
        'AccountId': account_id,
        'LeadSource': lead_source,
        'HasOptedOutOfEmail': has_opted_out,
        'Kith_User_Id__c': if(junk between 0.02 and 0.028, 'null', shown_user_id),
        'CreatedDate': salesforce_time(recorded_at),
        'SystemModstamp': salesforce_time(updated_at),
        'IsDeleted': is_deleted,
    })::varchar as record,
from salesforce_contact_people
order by record_id;

create table salesforce_lead_people as
select
    * exclude (lead_id, updated_at),
    unnest(if(is_lead_twice, [0, 1], [0])) as copy,
    salesforce_id('00Q', 700000 + person_id * 2 + copy) as lead_id,
    last_touched(recorded_at, person_id, 'lead') as updated_at,
    is_contact as is_converted,
    copy = 1 and roll(person_id, 'leads merged') < 0.35 as is_merged,
    is_merged or roll(lead_id, 'lead deleted') < 0.015 and not is_converted as is_deleted,
    if(junk between 0.036 and 0.046, null, known_email) as shown_email,
    if(
        junk not between 0.046 and 0.056 and roll(lead_id, 'lead phone') < 0.5,
        coalesce(web_phone, mobile),
        null
    ) as shown_phone,
from salesforce_persons
where is_lead;

create table salesforce_leads as
select
    lead_id as record_id,
    iso(updated_at) as updated_at,
    is_deleted,
    to_json({
        'attributes': salesforce_attributes('Lead', lead_id),
        'Id': lead_id,
        'FirstName': if(
            junk between 0.03 and 0.036,
            'anonymous',
            typed(first_name, lead_id, 'lead first name')
        ),
        'LastName': typed(last_name, lead_id, 'lead last name'),
        'Email': if(
            junk between 0.036 and 0.046, 'test@test.com', typed_email(shown_email, lead_id, 'lead')
        ),
        'Phone': if(
            junk between 0.046 and 0.056, 'n/a', typed_phone(shown_phone, lead_id, 'lead')
        ),
        'Company': coalesce(company_name, '[not provided]'),
        'Street': if(
            roll(lead_id, 'lead street') < 0.6, null, typed_street(street, lead_id, 'lead')
        ),
        'City': if(roll(lead_id, 'lead city') < 0.3, null, city),
        'PostalCode': if(roll(lead_id, 'lead street') < 0.6, null, postal_code),
        'Country': country,
        'LeadSource': lead_source,
        'Status': case
            when is_converted then 'Closed - Converted'
            else pick(
                ['Open - Not Contacted', 'Working - Contacted', 'Closed - Not Converted'],
                lead_id, 'status'
            )
        end,
        'IsConverted': is_converted,
        'ConvertedContactId': if(is_converted, contact_id, null),
        'MasterRecordId': if(is_merged, salesforce_id('00Q', 700000 + person_id * 2), null),
        'HasOptedOutOfEmail': has_opted_out,
        'CreatedDate': salesforce_time(recorded_at),
        'SystemModstamp': salesforce_time(updated_at),
        'IsDeleted': is_deleted,
    })::varchar as record,
from salesforce_lead_people
order by record_id;
