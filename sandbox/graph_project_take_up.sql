delete from graph.links where evidence in (select evidence from graph.given);
update runs.watermarks set version = version + 1 where model = 'links';
insert into graph.links
select *, (select version from runs.watermarks where model = 'links') from graph.given;
