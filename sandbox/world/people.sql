-- Who there is: people in households, with what they are called and how they can be reached.

-- Neighbours in blocks of four make households of one to four, named after their first member.
create table households as
select
    person_id,
    4 * (person_id // 4) + pattern[1 + person_id % 4] as household_id,
    len(list_filter(pattern, lambda head: head = pattern[1 + person_id % 4])) as members,
from (
    select
        range as person_id,
        pick(
            [[0, 1, 2, 3], [0, 1, 2, 3], [0, 0, 2, 3], [0, 0, 2, 2], [0, 0, 0, 3], [0, 0, 0, 0]],
            range // 4, 'household'
        ) as pattern,
    from range(getvariable('people'))
);

-- What is left of a name in an e-mail address.
create macro letters_of(name)
    as regexp_replace(strip_accents(replace(lower(name), 'ß', 'ss')), '[^a-z]', '', 'g');

create table residents as
select
    households.*,
    countries.* exclude (share, share_from, share_to, first_names, last_names, cities, streets),
    pick(first_names, person_id, 'first name') as first_name,
    pick(
        last_names,
        if(roll(person_id, 'own family name') < 0.15, person_id, household_id),
        'last name'
    ) as last_name,
    pick(cities, household_id, 'city') as place,
    street_address(
        countries.country, pick(streets, household_id, 'street'), 1 + household_id % 997
    ) as street,
    case
        when roll(person_id, 'standing') < 0.20 then 'visitor'
        when roll(person_id, 'standing') < 0.35 then 'lead'
        else 'member'
    end as standing,
    case
        when standing <> 'visitor' and roll(person_id, 'employed') < 0.30
            then 1 + (draw(person_id, 'employer') % (select count(*) from companies))::bigint
    end as company_id,
    letters_of(first_name) as first_letters,
    letters_of(last_name) as last_letters,
from households
inner join countries
    on roll(household_id, 'country') >= share_from and roll(household_id, 'country') < share_to;

create table people as
select
    residents.person_id,
    household_id,
    standing,
    residents.country,
    residents.currency,
    locale,
    timezone,
    first_name,
    last_name,
    split_part(place, '|', 1) as city,
    split_part(place, '|', 2) as postal_code,
    street,
    company_id,
    companies.company_name,
    companies.domain as company_domain,
    'u_' || lpad(residents.person_id::varchar, 8, '0') as user_id,
    first_letters || '.' || last_letters || residents.person_id || '@' || case
        when roll(residents.person_id, 'writes from work') < 0.6
            then coalesce(companies.domain, pick(mail_hosts, residents.person_id, 'mail host'))
        else pick(mail_hosts, residents.person_id, 'mail host')
    end as email,
    case
        when roll(residents.person_id, 'changed e-mail') < 0.18
            then last_letters || residents.person_id || '@'
                || pick(['hotmail.com', 'aol.com', 'yahoo.com'], residents.person_id, 'old host')
    end as old_email,
    between_times(
        window_start() - interval 90 days, window_end(), roll(residents.person_id, 'e-mail change')
    ) as email_changed_at,
    {
        'country': residents.country, 'dial_code': dial_code, 'trunk_prefix': trunk_prefix,
        'prefix': mobile_prefix,
        'number': subscriber_number(residents.person_id, mobile_digits),
    } as mobile,
    case
        when members > 1 and roll(household_id, 'landline') < 0.5
            then {
                'country': residents.country, 'dial_code': dial_code, 'trunk_prefix': trunk_prefix,
                'prefix': landline_prefix,
                'number': subscriber_number(household_id, landline_digits),
            }
    end as landline,
    case
        when roll(residents.person_id, 'phone on the web') < 0.25 then landline
        when roll(residents.person_id, 'phone on the web') < 0.70 then mobile
    end as web_phone,
    members > 1 and roll(household_id, 'shared device') < 0.35 as shares_device,
from residents
left join companies using (company_id);
