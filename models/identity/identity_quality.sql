-- How well identity does, to be charted and bounded. One row per measure and bucket.
with

measures as (

    select * from {{ ref('int_size_measures') }}
    union all
    select * from {{ ref('int_link_measures') }}
    union all
    select * from {{ ref('int_change_measures') }}
    union all
    select * from {{ ref('int_label_measures') }}

)

select
    measure,
    bucket,
    cast(numerator as double) / coalesce(denominator, 1) as value,
    cast(numerator as bigint) as numerator,
    cast(denominator as bigint) as denominator,
    description
from measures
-- What is a share of nothing is no figure, nor what nobody has labelled.
where numerator is not null and coalesce(denominator, 1) > 0
