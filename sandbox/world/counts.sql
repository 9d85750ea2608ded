-- What the event files hold. One row.

select
    count(*) as lines,
    count(*) filter (copy = 0) as messages,
    count(*) filter (copy = 1) as duplicates,
    count(*) filter (copy >= 2) as malformed,
    count(*) filter (kind = 'order' and copy = 0) as orders,
from arrivals;
