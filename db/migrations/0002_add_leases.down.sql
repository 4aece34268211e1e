drop function mm.is_new_call(text, bigint, bigint);
drop function mm.fence(text, bigint);
drop function mm.shards();
drop function mm.release_shard(text, bigint);
drop function mm.renew_shard(text, bigint, int);
drop function mm.acquire_shard(text, text, int);
