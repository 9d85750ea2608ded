-- The generator's only source of chance: every draw is a pure function of (seed, key, question).
-- DuckDB's hash() differs between versions; it is allowed here because duckdb is pinned exactly and
-- nothing the generator writes is ever compared with data made by another version.

create macro draw(key, question) as hash(key, question, getvariable('seed')),
(key, part, question) as hash(key, part, question, getvariable('seed'));

-- Uniform in [0, 1): the upper 53 bits fill a double exactly.
create macro roll(key, question) as (draw(key, question) >> 11) / 9007199254740992.0,
(key, part, question) as (draw(key, part, question) >> 11) / 9007199254740992.0;

create macro pick(options, key, question)
    as options[1 + (draw(key, question) % len(options))::bigint],
(options, key, part, question)
    as options[1 + (draw(key, part, question) % len(options))::bigint];

create macro uuid_of(words) as md5(words)::uuid::varchar;

-- Times within the window and how the two worlds write them.
create macro window_start() as getvariable('until')::timestamp - to_days(getvariable('days')::int);
create macro window_end() as getvariable('until')::timestamp;
create macro between_times(earlier, later, share)
    as earlier + to_milliseconds(((epoch_ms(later) - epoch_ms(earlier)) * share)::bigint);
create macro iso(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ');

-- JSON objects are text here: a member is spliced in only where it has a value.
create macro with_member(object, name, content)
    as object[:-2] || coalesce(',"' || name || '":' || content, '') || '}';
