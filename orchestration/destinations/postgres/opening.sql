-- What holds for this transaction only: times are UTC, and no answer is waited for long.
select
    set_config('TimeZone', 'UTC', true),
    set_config('statement_timeout', %(patience)s, true);
