drop table mm.shard;
drop schema mm;
alter default privileges grant execute on functions to public;
