-- Identifiers of which it is known whose they are. One row per identifier labelled with one person.
with

latest as (

    select *
    from {{ ref('stg_labels__people') }}
    qualify row_number() over (partition by label_id order by updated_at desc, batch_id desc) = 1

),

spelled as (

    select
        latest.identifier_type,
        latest.person,
        {{ normalize('latest.identifier_type', 'latest.identifier_value') }} as identifier_value
    from latest
    left join {{ ref('mail_providers') }} as provider
        on
            latest.identifier_type = 'email'
            and lower(split_part(trim(latest.identifier_value), '@', 2)) = provider.domain
    left join {{ ref('countries') }} as country
        on
            latest.identifier_type = 'phone'
            and country.country = '{{ var("default_country") }}'
    where not latest.is_withdrawn

)

select
    identifier_type,
    identifier_value,
    max(person) as person
from spelled
group by identifier_type, identifier_value
having count(distinct person) = 1
