-- What each message says: `"event"` with its `"properties"`, or `"traits"`. One row per arrival.

create macro address_of(email, old_email, email_changed_at, moment)
    as if(moment < email_changed_at, coalesce(old_email, email), email);
-- A form that somebody in a hurry filled in with what is nobody's address.
create macro gives_junk(thing) as roll(thing, 'junk') < 0.004;

-- Most messages have no campaign and no cart. They get an empty one, because a left join would send
-- the rows that match ahead of the others and so lose the order of arrival.
create view described as
with any_campaign as (
    select * from campaigns
    union all by name
    select -1 as campaign_number
),

any_cart as (
    select * from carts
    union all by name
    select -1 as session_id
)

select
    arrivals.*,
    accounts.* exclude (person_id),
    any_campaign.* exclude (campaign_number, currency),
    any_cart.* exclude (session_id),
    pages.* exclude (page_number, page),
    address_of(email, old_email, email_changed_at, happened_at) as address,
    case
        when device_id is not null then if(is_mobile(device_id), 'mobile', 'web')
        when kind in ('order', 'refund', 'consent') then 'server'
        when kind in ('ticket', 'solved', 'call') then 'support'
        else 'email'
    end as channel,
    case
        when kind like '% page' then if(channel = 'mobile', 'screen', 'page')
        when kind in ('identify', 'group') then kind
        else 'track'
    end as type,
    with_member(page, 'referrer', case
        when place > 1 then '"https://shop.example/"'
        when roll(thing, 'referrer') < 0.5 then '""'
        else '"https://www.google.com/"'
    end) as page,
from arrivals
inner join accounts using (person_id)
inner join pages on page_number = page_seen(kind, item, thing)
inner join any_campaign
    on any_campaign.campaign_number = coalesce(arrivals.campaign_number, -1)
inner join any_cart
    on session_id = case when kind in ('checkout', 'order', 'refund') then thing else -1 end;

create view bodies as
select
    *,
    case
        when type in ('page', 'screen')
            then '"name":"' || page_name || '","properties":' || page
        when kind = 'identify'
            then '"traits":' || with_member(
                to_json({
                    'email': case
                        when gives_junk(thing)
                            then pick(['null', 'n/a', 'test@test.com'], thing, 'junk value')
                        when roll(thing, 'capital') < 0.06 then upper(address[1]) || address[2:]
                        else address
                    end,
                    'firstName': first_name,
                    'lastName': last_name,
                    'address': {
                        'street': street, 'city': city, 'postalCode': postal_code,
                        'country': country,
                    },
                    'createdAt': iso(created_at),
                })::varchar,
                'phone',
                '"' || web_phone_written || '"'
            )
        when kind = 'group'
            then '"groupId":"org_' || company_id || '","traits":'
                || to_json({'name': company_name, 'domain': company_domain})
        else '"event":"' || event_name(kind) || '","properties":' || case
            when kind = 'view'
                then with_member(product, 'currency', '"' || currency || '","quantity":1')
            when kind = 'add'
                then with_member(
                    product,
                    'currency',
                    '"' || currency || '","cart_id":"cart_' || thing
                    || '","quantity":' || quantity_added(thing, item)
                )
            when kind = 'search' then to_json({
                'query': pick(['boots', 'lamp', 'jacket', 'novel', 'chair'], thing, 'query'),
            })
            when kind = 'sign_up' then to_json({'method': 'email'})
            when kind = 'checkout' then to_json({
                'order_id': order_id, 'cart_id': 'cart_' || thing, 'currency': currency,
                'value': major_units(revenue_cents), 'products': products::json,
            })
            when kind = 'order' then with_member(
                to_json({
                    'order_id': order_id, 'currency': currency,
                    'total': major_units(total_cents), 'revenue': major_units(revenue_cents),
                    'shipping': major_units(shipping_cents), 'tax': major_units(tax_cents),
                    'discount': major_units(discount_cents), 'products': products::json,
                })::varchar,
                'coupon',
                '"' || coupon || '"'
            )
            when kind = 'refund' then to_json({
                'order_id': order_id, 'total': major_units(total_cents), 'currency': currency,
            })
            when kind in ('ticket', 'solved') then with_member(
                to_json({
                    'ticket_id': 't_' || thing,
                    'priority': pick(['low', 'normal', 'high'], thing, 'priority'),
                    'subject': pick(
                        ['Where is my parcel', 'Wrong size', 'Invoice', 'Broken on arrival'],
                        thing, 'subject'
                    ),
                })::varchar,
                'csat',
                if(
                    kind = 'solved' and roll(thing, 'answers') < 0.6,
                    pick(['1', '2', '3', '4', '4', '5', '5', '5'], thing, 'csat'),
                    null
                )
            )
            when kind = 'call' then to_json({
                'call_id': 'call_' || thing,
                'direction': pick(['inbound', 'inbound', 'outbound'], thing, 'direction'),
                'duration_seconds': 20 + (draw(thing, 'duration') % 1200)::int,
            })
            when kind = 'consent' then '{}'
            else to_json({
                'campaign_id': campaign_id, 'campaign_name': campaign_name, 'email': address,
                'email_subject': 'Seven things for you: ' || campaign_name,
            })
        end
    end as body,
from described;
