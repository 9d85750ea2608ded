-- Who is who: each identifier that appears anywhere, and each person it belongs to.

create table truth as
with seen as (
    select distinct
        person_id,
        device_id,
        is_known,
        kind = 'identify' as is_identify,
        kind in ('delivered', 'opened', 'clicked', 'unsubscribed')
        or (kind = 'identify' and not gives_junk(thing)) as shows_email,
        address_of(email, old_email, email_changed_at, happened_at) as address,
        user_id,
        web_phone,
    from arrivals
    inner join accounts using (person_id)
    where copy < 2
),

crm_records as (
    select
        'hubspot' as source,
        person_id,
        'hubspot_contact_id' as record_type,
        contact_id as record_id,
        shown_email,
        [shown_phone] as shown_phones,
        shown_user_id,
    from hubspot_people
    union all
    select
        'hubspot',
        person_id,
        'hubspot_contact_id',
        unnest([first_id, second_id]),
        null,
        [null],
        null,
    from hubspot_people
    where is_merged
    union all
    select
        'salesforce',
        person_id,
        'salesforce_contact_id',
        contact_id,
        shown_email,
        [shown_phone, shown_mobile],
        shown_user_id,
    from salesforce_contact_people
    union all
    select
        'salesforce', person_id, 'salesforce_lead_id', lead_id, shown_email, [shown_phone], null
    from salesforce_lead_people
    union all
    select
        'pipedrive',
        person_id,
        'pipedrive_person_id',
        pipedrive_id,
        shown_email,
        [shown_phone],
        shown_user_id,
    from pipedrive_people
    union all
    select
        'pipedrive', person_id, 'pipedrive_person_id', pipedrive_id, other_email, [null], null
    from pipedrive_people
    union all
    select
        'zoho',
        person_id,
        'zoho_contact_id',
        zoho_id(person_id),
        shown_email,
        [shown_phone, shown_mobile],
        shown_user_id,
    from zoho_people
    where is_contact
    union all
    select
        'zoho',
        person_id,
        'zoho_lead_id',
        zoho_id(100000000 + person_id),
        shown_email,
        [shown_phone, shown_mobile],
        null,
    from zoho_people
    where is_lead
),

appearances as (
    select
        'events' as source,
        unnest([
            {'type': 'user_id', 'value': if(is_known, user_id, null)},
            {'type': 'anonymous_id', 'value': anonymous_id(device_id)},
            {'type': 'email', 'value': if(shows_email, address, null)},
            {'type': 'phone', 'value': if(is_identify, e164(web_phone), null)},
        ]) as identifier,
        person_id,
    from seen
    union all
    select
        source,
        unnest(
            [
                {'type': record_type, 'value': record_id},
                {'type': 'email', 'value': shown_email},
                {'type': 'user_id', 'value': shown_user_id},
            ]
            || list_transform(
                shown_phones, lambda phone: {'type': 'phone', 'value': e164(phone)}
            )
        ),
        person_id,
    from crm_records
)

select distinct
    source,
    identifier.type as identifier_type,
    identifier.value as identifier_value,
    person_id,
from appearances
where identifier.value is not null
order by all;
