-- The complete audience under the destination's names, for a destination that takes nothing less.
copy (
    select {fields}
    from serving.{model} as model
    semi join consented
        on
            cast(model.{key} as varchar) = consented.customer_id
            and consented.obstacle is null
    order by cast(model.{key} as varchar)
) to '{spool}' ({options});
