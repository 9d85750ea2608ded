-- What is in each cart, and what became of it.

create table carts as
with items as (
    select
        session_id,
        item,
        product_seen(session_id, item) as product,
        quantity_added(session_id, item) as quantity,
    from (
        select
            session_id,
            unnest(range(adds)) as item,
        from sessions
        where adds > 0
    )
),

filled as (
    select
        session_id,
        sum(price_cents * quantity)::bigint as goods_cents,
        -- sorted by position afterwards: an ordered aggregate takes a hundred times the memory
        list_sort(list({
            'position': item + 1,
            'product_id': product_id,
            'name': product_name,
            'category': category,
            'price': major_units(price_cents),
            'quantity': quantity,
        })) as products,
    from items
    inner join products using (product)
    group by session_id
)

select
    session_id,
    'o_' || session_id as order_id,
    goods_cents,
    to_json(products)::varchar as products,
    if(roll(session_id, 'coupon') < 0.18, 'AUTUMN10', null) as coupon,
    if(coupon is null, 0, goods_cents // 10) as discount_cents,
    goods_cents - discount_cents as revenue_cents,
    if(goods_cents > 5000, 0, 495) as shipping_cents,
    revenue_cents * 19 // 100 as tax_cents,
    revenue_cents + shipping_cents + tax_cents as total_cents,
from filled;
