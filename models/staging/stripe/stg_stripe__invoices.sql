-- Invoices of Stripe. One row per version of an invoice.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('stripe', 'invoices') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'customer': none, 'status': none, 'currency': none, 'total': none, 'amount_paid': none,
            'amount_due': none, 'created': none, 'due_date': none,
            'status_transitions': ['finalized_at', 'paid_at', 'voided_at'],
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as invoice_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        fields.customer as customer_id,
        fields.status,
        upper(fields.currency) as currency,
        -- In minor units, as Stripe tells amounts.
        try_cast(fields.total as bigint) as total_cents,
        try_cast(fields.amount_paid as bigint) as paid_cents,
        try_cast(fields.amount_due as bigint) as due_cents,
        {{ unix_time('fields.created') }} as created_at,
        {{ unix_time('fields.due_date') }} as due_at,
        {{ unix_time('fields.status_transitions.finalized_at') }} as finalized_at,
        {{ unix_time('fields.status_transitions.paid_at') }} as paid_at,
        {{ unix_time('fields.status_transitions.voided_at') }} as voided_at
    from parsed

)

select * from renamed
