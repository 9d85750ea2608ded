-- Everything that happens. One row a message; `thing` is its session, e-mail, ticket or call.

create table messages (
    thing bigint,
    person_id bigint,
    place int,
    item int,
    kind varchar,
    happened_at timestamp,
    device_id bigint,
    is_known boolean,
    campaign_number bigint,
);

insert into messages
with stepped as (
    select
        *,
        unnest(steps) as step,
        generate_subscripts(steps, 1) as place,
        list_position(steps, 'identify') as login_place,
    from sessions
),

located as (
    select
        *,
        starts_at + to_milliseconds(
            (1000 * seconds_between * (place - 1 + 0.9 * roll(session_id, place, 'pause')))::bigint
        ) as happened_at,
        login = 0 or (login = 1 and place >= login_place) as is_known,
    from stepped
    inner join accounts using (person_id)
    where step <> 'group' or (company_id is not null and roll(session_id, 'group') < 0.5)
)

select
    session_id,
    person_id,
    place,
    case
        when step = 'add' then place - list_position(steps, 'add')
        when step in ('product page', 'view') then (place - list_position(steps, 'view') + 1) // 2
    end,
    step,
    happened_at,
    if(step = 'order', null, device_id),
    coalesce(is_known, false),
    if(place = 1, campaign_number, null),
from located;

-- A visit that a newsletter brought is the last of three steps; other newsletters bring nobody.
insert into messages
with read as (
    select
        session_id * 2 as thing,
        person_id,
        starts_at - interval 20 seconds
        - to_seconds((draw(session_id, 'delivered') % 36000)::bigint) as delivered_at,
        starts_at - interval 15 seconds as opened_at,
        starts_at - interval 4 seconds as clicked_at,
    from sessions
    where campaign_number >= 1000
),

unread as (
    select
        (person_id * 1024 + sending) * 2 + 1 as thing,
        person_id,
        between_times(
            asked_at,
            coalesce(withdrawn_at, window_end()),
            (sending + roll(person_id, sending, 'sent')) / sendings
        ) as delivered_at,
        case
            when roll(person_id, sending, 'opens') < 0.3
                then delivered_at + to_seconds((draw(person_id, sending, 'opened') % 90000)::bigint)
        end as opened_at,
        null::timestamp as clicked_at,
    from (
        select
            *,
            unnest(range(sendings)) as sending,
        from (
            select
                *,
                floor((1 + 5 * roll(person_id, 'sendings')) * getvariable('intensity'))::bigint
                    as sendings,
            from accounts
            where marketing_consent in ('granted', 'withdrawn')
        )
    )
),

sendings as (
    select * from read
    union all
    select * from unread
),

steps as (
    select
        *,
        unnest([delivered_at, opened_at, clicked_at]) as happened_at,
        generate_subscripts([delivered_at, opened_at, clicked_at], 1) as place,
    from sendings
)

select
    thing,
    person_id,
    place,
    null,
    ['delivered', 'opened', 'clicked'][place],
    happened_at,
    null,
    true,
    newsletter_week(delivered_at),
from steps
where happened_at is not null;

-- Consent: asked once, and some take it back, by the link in an e-mail or in their account.
insert into messages
select
    person_id,
    person_id,
    0,
    null,
    'consent',
    asked_at,
    null,
    true,
    null,
from accounts
where marketing_consent <> 'never asked'
union all
select
    person_id,
    person_id,
    1,
    null,
    if(roll(person_id, 'takes back by e-mail') < 0.5, 'unsubscribed', 'consent'),
    withdrawn_at,
    null,
    true,
    newsletter_week(withdrawn_at),
from accounts
where withdrawn_at is not null;

-- After the sale: refunds, tickets and calls.
insert into messages
select
    session_id,
    person_id,
    100,
    null,
    'refund',
    starts_at + to_seconds(86400 + (draw(session_id, 'refunded') % 1728000)::bigint),
    null,
    true,
    null,
from sessions
where is_purchase and roll(session_id, 'refund') < 0.07;

insert into messages
with contacts as (
    select
        person_id,
        is_buyer,
        between_times(asked_at, window_end(), roll(person_id, 'writes')) as written_at,
        between_times(asked_at, window_end(), roll(person_id, 'calls at')) as called_at,
        written_at + to_seconds(3600 + (draw(person_id, 'solved') % 250000)::bigint) as solved_at,
        roll(person_id, 'ticket') < 0.04 + if(is_buyer, 0.12, 0) as writes,
        roll(person_id, 'call') < 0.02 + if(is_buyer, 0.05, 0) as calls,
    from accounts
    where has_account
)

select person_id, person_id, 0, null, 'ticket', written_at, null, true, null
from contacts
where writes
union all
select person_id, person_id, 1, null, 'solved', solved_at, null, true, null
from contacts
where writes and roll(person_id, 'is solved') < 0.85
union all
select person_id, person_id, 0, null, 'call', called_at, null, true, null
from contacts
where calls;
