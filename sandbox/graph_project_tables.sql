create schema raw;
create table raw.loads (batch_id bigint);
create schema graph;
create table graph.links (evidence varchar, a bigint, b bigint, is_used boolean, version bigint);
create table graph.given (evidence varchar, a bigint, b bigint, is_used boolean);
create table graph.rules (
    kind varchar, a bigint, b bigint, strength integer, name varchar, most integer
);
create schema runs;
create table runs.watermarks (model varchar, batch_id bigint, definition varchar, version bigint);
insert into runs.watermarks values ('links', 0, '', 0);
