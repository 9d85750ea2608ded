select
    count(*) filter (where not is_deleted) as pairs,
    count(*) filter (where is_new and not is_deleted) as proposed,
    count(*) filter (where is_new and is_deleted) as withdrawn
from proposals
