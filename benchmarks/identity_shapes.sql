-- Graphs on which a contraction may go wrong, of about as many nodes as the variable `nodes` says.
create or replace macro size() as getvariable('nodes');
create or replace macro side() as cast(floor(sqrt(size())) as bigint);
create or replace macro bits() as cast(ceil(log2(size())) as integer);
create or replace macro bit_reversed(number) as list_sum(
    list_transform(range(bits()), lambda bit: ((number >> bit) & 1) << (bits() - 1 - bit))
);

create table shapes as
with

numbers as (

    select
        number,
        row_number() over (order by hash(number)) - 1 as shuffled
    from range(size()) as numbers (number)

)

select
    'path, sorted' as shape,
    number as a,
    number + 1 as b
from range(size() - 1) as numbers (number)
union all
select
    'path, shuffled',
    shuffled,
    lead(shuffled) over (order by number)
from numbers
qualify number < size() - 1
union all
select
    'path, bit-reversed',
    bit_reversed(number),
    bit_reversed(number + 1)
from range(1 << bits()) as numbers (number)
where number + 1 < 1 << bits()
union all
select
    'zigzag',
    case when number % 2 = 0 then number // 2 else size() - 1 - number // 2 end,
    case when number % 2 = 0 then size() - 1 - number // 2 else number // 2 + 1 end
from range(size() - 1) as numbers (number)
union all
select
    'star, least hub',
    0,
    number
from range(1, size()) as numbers (number)
union all
select
    'star, greatest hub',
    size() - 1,
    number
from range(size() - 1) as numbers (number)
union all
select
    'chained stars',
    case when number % 100 = 99 then number - 100 else number - number % 100 + 99 end,
    number
from range(size()) as numbers (number)
where number <> 99
union all
select
    'comb',
    case when number < size() // 2 then number - 1 else number - size() // 2 end,
    number
from range(1, size() // 2 * 2) as numbers (number)
union all
select
    'caterpillar',
    case when number < size() // 10 then number - 1 else number % (size() // 10) end,
    number
from range(1, size()) as numbers (number)
union all
select
    'grid',
    numbers.number,
    case when steps.step = 1 then numbers.number + 1 else numbers.number + side() end
from range(side() * side()) as numbers (number)
cross join range(1, 3) as steps (step)
where
    (steps.step = 1 and numbers.number % side() < side() - 1)
    or (steps.step = 2 and numbers.number < side() * (side() - 1))
union all
select
    'tree from its leaves',
    size() - number,
    size() - number // 2
from range(2, size() + 1) as numbers (number)
union all
select
    'random',
    cast(hash(number, 1) % size() as bigint),
    cast(hash(number, 2) % size() as bigint)
from numbers;
