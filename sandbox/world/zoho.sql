-- Zoho CRM, with which the branch in Spain works: each record as its API lists it.

create macro zoho_time(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%S+00:00');
create macro zoho_id(number) as (4200000000000 + number)::varchar;
create macro zoho_link(number, name)
    as if(number is null, null, {'name': name, 'id': zoho_id(number)});

create table zoho_people as
select
    *,
    roll(person_id, 'zoho') as presence,
    -- below 0.12 a lead that became a contact, then contacts, then leads
    presence < 0.35 as is_contact,
    presence < 0.12 or presence >= 0.35 as is_lead,
    date_trunc('second', between_times(
        window_start() - interval 2 years, window_end(), roll(person_id, 'zoho created')
    )) as recorded_at,
    date_trunc('second', last_touched(recorded_at, person_id, 'zoho')) as updated_at,
    is_lead and not is_contact and roll(person_id, 'zoho deleted') < 0.05 as is_deleted,
    case
        when is_deleted or roll(person_id, 'no e-mail in zoho') < 0.06 then null
        when roll(person_id, 'stale in zoho') < 0.2 then coalesce(old_email, email)
        else email
    end as shown_email,
    if(not is_deleted and roll(person_id, 'zoho phone') < 0.5, coalesce(landline, mobile), null)
        as shown_phone,
    if(not is_deleted and roll(person_id, 'zoho mobile') < 0.4, mobile, null) as shown_mobile,
    if(has_account and roll(person_id, 'id in zoho') < 0.5, user_id, null) as shown_user_id,
    opted_out(marketing_consent, withdrawn_at, updated_at) as has_opted_out,
from accounts
where country = 'ES' and standing <> 'visitor' and roll(person_id, 'in zoho') < 0.6;

create table zoho_contacts as
select
    zoho_id(person_id) as record_id,
    iso(updated_at) as updated_at,
    false as is_deleted,
    to_json({
        'id': zoho_id(person_id),
        'First_Name': typed(first_name, person_id, 'zoho first name'),
        'Last_Name': typed(last_name, person_id, 'zoho last name'),
        'Email': typed_email(shown_email, person_id, 'zoho'),
        'Secondary_Email': null::varchar,
        'Phone': typed_phone(shown_phone, person_id, 'zoho'),
        'Mobile': typed_phone(shown_mobile, person_id, 'zoho mobile'),
        'Title': if(
            company_id is null, null, pick(['Buyer', 'CTO', 'Analyst', 'Manager'], person_id, 'job')
        ),
        'Mailing_Street': typed_street(street, person_id, 'zoho'),
        'Mailing_City': city,
        'Mailing_Zip': postal_code,
        'Mailing_Country': country_name(country),
        'Account_Name': zoho_link(600000000 + company_id, company_name),
        'Lead_Source': pick(['Web', 'Trade Show', 'Cold Call'], person_id, 'zoho source'),
        'Email_Opt_Out': has_opted_out,
        'Kith_User_Id': shown_user_id,
        'Created_Time': zoho_time(recorded_at),
        'Modified_Time': zoho_time(updated_at),
    })::varchar as record,
from zoho_people
where is_contact
order by record_id;

create table zoho_leads as
select
    zoho_id(100000000 + person_id) as record_id,
    iso(updated_at) as updated_at,
    is_deleted,
    if(
        is_deleted,
        to_json({'id': zoho_id(100000000 + person_id)}),
        to_json({
            'id': zoho_id(100000000 + person_id),
            'First_Name': typed(first_name, person_id, 'zoho lead first name'),
            'Last_Name': typed(last_name, person_id, 'zoho lead last name'),
            'Email': typed_email(shown_email, person_id, 'zoho lead'),
            'Phone': typed_phone(shown_phone, person_id, 'zoho lead'),
            'Mobile': typed_phone(shown_mobile, person_id, 'zoho lead mobile'),
            'Company': company_name,
            'Designation': null::varchar,
            'Street': typed_street(street, person_id, 'zoho lead'),
            'City': city,
            'Zip_Code': postal_code,
            'Country': country_name(country),
            'Lead_Source': pick(['Web', 'Trade Show', 'Cold Call'], person_id, 'zoho source'),
            'Lead_Status': pick(['Not Contacted', 'Contacted', 'Lost Lead'], person_id, 'zoho'),
            'Email_Opt_Out': has_opted_out,
            'Converted__s': is_contact,
            'Converted_Contact': zoho_link(if(is_contact, person_id, null), first_name),
            'Created_Time': zoho_time(recorded_at),
            'Modified_Time': zoho_time(updated_at),
        })
    )::varchar as record,
from zoho_people
where is_lead
order by record_id;

create table zoho_accounts as
select
    zoho_id(600000000 + company_id) as record_id,
    iso(date_trunc('second', modified_at)) as updated_at,
    false as is_deleted,
    to_json({
        'id': zoho_id(600000000 + company_id),
        'Account_Name': company_name,
        'Website': 'www.' || domain,
        'Industry': industry,
        'Employees': employees,
        'Billing_Country': country_name(country),
        'Created_Time': zoho_time(created_at),
        'Modified_Time': zoho_time(modified_at),
    })::varchar as record,
from companies
where company_id in (select zoho_people.company_id from zoho_people where is_contact)
order by record_id;

create table zoho_deals as
select
    zoho_id(700000000 + person_id) as record_id,
    iso(touched_at) as updated_at,
    false as is_deleted,
    to_json({
        'id': zoho_id(700000000 + person_id),
        'Deal_Name': 'Oferta ' || last_name || ' ' || strftime(opened_at, '%Y-%m'),
        'Stage': stage,
        'Pipeline': 'Standard (Standard)',
        'Amount': (100 * exp(2.5 + 3 * roll(person_id, 'zoho amount')))::bigint,
        'Currency': currency,
        'Closing_Date': strftime(
            if(stage like 'Closed%', touched_at, touched_at + interval 30 days), '%Y-%m-%d'
        ),
        'Contact_Name': zoho_link(person_id, first_name),
        'Account_Name': zoho_link(600000000 + company_id, company_name),
        'Created_Time': zoho_time(opened_at),
        'Modified_Time': zoho_time(touched_at),
    })::varchar as record,
from (
    select
        *,
        pick(
            ['Qualification', 'Needs Analysis', 'Negotiation/Review', 'Closed Won', 'Closed Lost'],
            person_id, 'zoho stage'
        ) as stage,
        date_trunc('second', between_times(
            window_start() - interval 120 days, window_end(), roll(person_id, 'zoho deal')
        )) as opened_at,
        date_trunc('second', last_touched(opened_at, person_id, 'zoho deal')) as touched_at,
    from zoho_people
    where is_contact and roll(person_id, 'zoho sale') < 0.3
)
order by record_id;

create table zoho_activities as
select
    *,
    pick(['task', 'event', 'call'], activity_key, 'zoho activity') as kind,
    date_trunc('second', between_times(
        window_start(), window_end(), roll(activity_key, 'zoho activity at')
    )) as happened_at,
    {
        'id': zoho_id(activity_key),
        'Who_Id': zoho_link(person_id, first_name),
        'What_Id': null,
        '$se_module': null,
        'Created_Time': zoho_time(happened_at),
        'Modified_Time': zoho_time(happened_at),
    } as common,
from (
    select
        *,
        unnest(range((draw(person_id, 'zoho activities') % 4)::bigint)) as number,
        800000000 + person_id * 4 + number as activity_key,
    from zoho_people
    where is_contact
);

create table zoho_tasks as
select
    common.id as record_id,
    iso(happened_at) as updated_at,
    false as is_deleted,
    json_merge_patch(
        to_json(common),
        to_json({
            'Subject': 'Seguimiento',
            'Status': 'Completed',
            'Due_Date': strftime(happened_at, '%Y-%m-%d'),
            'Closed_Time': zoho_time(happened_at),
        })
    )::varchar as record,
from zoho_activities
where kind = 'task'
order by record_id;

create table zoho_events as
select
    common.id as record_id,
    iso(happened_at) as updated_at,
    false as is_deleted,
    json_merge_patch(
        to_json(common),
        to_json({
            'Event_Title': 'Reunión',
            'Start_DateTime': zoho_time(happened_at),
            'End_DateTime': zoho_time(happened_at + interval 1 hour),
        })
    )::varchar as record,
from zoho_activities
where kind = 'event'
order by record_id;

create table zoho_calls as
select
    common.id as record_id,
    iso(happened_at) as updated_at,
    false as is_deleted,
    json_merge_patch(
        to_json(common),
        to_json({
            'Subject': 'Llamada',
            'Call_Type': pick(['Inbound', 'Outbound'], activity_key, 'zoho call'),
            'Call_Start_Time': zoho_time(happened_at),
            'Call_Duration': '02:10',
        })
    )::varchar as record,
from zoho_activities
where kind = 'call'
order by record_id;
