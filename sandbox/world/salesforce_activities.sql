-- What was logged in Salesforce about people and opportunities, and who is in which campaign, each
-- record as a SOQL query returns it.

create table salesforce_logged as
with people as (
    select
        salesforce_contact_people.person_id,
        contact_id as who_id,
        salesforce_opportunities.record_id as what_id,
    from salesforce_contact_people
    left join salesforce_opportunities
        on salesforce_opportunities.record_id = salesforce_id('006', 900000 + person_id)
    union all
    select
        person_id,
        lead_id,
        null,
    from salesforce_lead_people
    where copy = 0 and not is_converted
),

occasions as (
    select
        *,
        unnest(['Call', 'Email', 'Task', 'Event']) as subtype,
    from people
)

select
    *,
    salesforce_id(if(subtype = 'Event', '00U', '00T'), 1000000 + person_id * 4
        + list_position(['Call', 'Email', 'Task', 'Event'], subtype)) as activity_id,
    between_times(window_start(), window_end(), roll(person_id, subtype, 'logged')) as logged_at,
    least(
        window_end(), logged_at + to_minutes((draw(person_id, subtype, 'edited') % 600)::int)
    ) as touched_at,
    roll(person_id, subtype, 'activity deleted') < 0.02 as is_deleted,
    pick(
        ['Renewal', 'Introduction', 'Question about an order', 'Offer', 'Follow-up'],
        person_id, subtype, 'subject'
    ) as subject,
    roll(person_id, subtype, 'done') < 0.7 as is_done,
    roll(person_id, subtype, 'direction') < 0.4 as is_inbound,
from occasions
where roll(person_id, subtype, 'is logged') < if(what_id is null, 0.04, 0.4);

create table salesforce_tasks as
select
    activity_id as record_id,
    iso(touched_at) as updated_at,
    is_deleted,
    to_json({
        'attributes': salesforce_attributes('Task', activity_id),
        'Id': activity_id,
        'Subject': subject,
        'TaskSubtype': subtype,
        'CallType': if(subtype = 'Call', if(is_inbound, 'Inbound', 'Outbound'), null),
        'Status': if(is_done, 'Completed', 'Not Started'),
        'WhoId': who_id,
        'WhatId': what_id,
        'ActivityDate': strftime(logged_at, '%Y-%m-%d'),
        'CompletedDateTime': if(is_done, salesforce_time(touched_at), null),
        'CreatedDate': salesforce_time(logged_at),
        'SystemModstamp': salesforce_time(touched_at),
        'IsDeleted': is_deleted,
    })::varchar as record,
from salesforce_logged
where subtype <> 'Event'
order by record_id;

create table salesforce_events as
select
    activity_id as record_id,
    iso(touched_at) as updated_at,
    is_deleted,
    to_json({
        'attributes': salesforce_attributes('Event', activity_id),
        'Id': activity_id,
        'Subject': subject,
        'StartDateTime': salesforce_time(logged_at),
        'EndDateTime': salesforce_time(logged_at + interval 1 hour),
        'WhoId': who_id,
        'WhatId': what_id,
        'CreatedDate': salesforce_time(logged_at),
        'SystemModstamp': salesforce_time(touched_at),
        'IsDeleted': is_deleted,
    })::varchar as record,
from salesforce_logged
where subtype = 'Event'
order by record_id;

create table salesforce_campaigns as
with campaigns as (
    select
        unnest([1, 2]) as number,
        ['Autumn Trade Show', 'Partner Webinar'][number] as campaign_name,
        salesforce_id('701', number) as campaign_id,
        between_times(
            window_start(), window_end(), 0.2 * number + 0.1 * roll(number, 'campaign')
        ) as starts_at,
)

select
    campaign_id as record_id,
    iso(starts_at) as updated_at,
    false as is_deleted,
    to_json({
        'attributes': salesforce_attributes('Campaign', campaign_id),
        'Id': campaign_id,
        'Name': campaign_name,
        'Type': if(number = 1, 'Trade Show', 'Webinar'),
        'Status': 'In Progress',
        'IsActive': true,
        'StartDate': strftime(starts_at, '%Y-%m-%d'),
        'EndDate': strftime(starts_at + interval 14 days, '%Y-%m-%d'),
        'CreatedDate': salesforce_time(starts_at),
        'SystemModstamp': salesforce_time(starts_at),
        'IsDeleted': false,
    })::varchar as record,
from campaigns
order by record_id;

create table salesforce_campaign_members as
with invited as (
    select
        person_id,
        if(lead_source = 'Trade Show', 1, 2) as number,
        if(is_contact, contact_id, null) as contact_id,
        if(is_contact, null, lead_id) as lead_id,
        salesforce_id('00v', person_id) as member_id,
        between_times(
            window_start(), window_end(), 0.2 * number + 0.1 + 0.1 * roll(person_id, 'invited')
        ) as invited_at,
        roll(person_id, 'responded') < 0.3 as has_responded,
    from salesforce_persons
    where lead_source in ('Trade Show', 'Partner Referral') and roll(person_id, 'invited') < 0.5
)

select
    member_id as record_id,
    iso(invited_at) as updated_at,
    false as is_deleted,
    to_json({
        'attributes': salesforce_attributes('CampaignMember', member_id),
        'Id': member_id,
        'CampaignId': salesforce_id('701', number),
        'ContactId': contact_id,
        'LeadId': lead_id,
        'Status': if(has_responded, 'Responded', 'Sent'),
        'HasResponded': has_responded,
        'FirstRespondedDate': if(has_responded, strftime(invited_at, '%Y-%m-%d'), null),
        'CreatedDate': salesforce_time(invited_at),
        'SystemModstamp': salesforce_time(invited_at),
        'IsDeleted': false,
    })::varchar as record,
from invited
order by record_id;
