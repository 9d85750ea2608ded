-- The complete audience under the destination's names, for a destination that takes nothing less.
copy (
    select {fields}
    from serving.{model} as model
    semi join sendable on cast(model.{key} as varchar) = sendable.customer_id
    anti join (
        select customer_id
        from changes
        where is_capped
    ) as capped
        on cast(model.{key} as varchar) = capped.customer_id
    order by cast(model.{key} as varchar)
) to '{spool}' ({options});
