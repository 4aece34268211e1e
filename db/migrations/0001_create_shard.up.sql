-- Schema `mm`: what the matchmaker must not lose. Nobody but the owner can touch its tables; all
-- others execute functions that keep the promises P1 to P7 of docs/decisions/0012-commit.md.
--
-- The functions are SECURITY DEFINER with a fixed search_path, so that no caller can put an object
-- of his own in front of ours. PUBLIC may execute nothing: each function's file grants it by name.
alter default privileges revoke execute on functions from public;

create schema mm;
grant usage on schema mm to mm, lobby_rw, world_result;

-- Who owns a shard, the queues of one tick thread. One row a shard, updated once a second; the
-- fill factor leaves room for those versions on the same page.
create table mm.shard (
    shard text primary key check (shard ~ '^[A-Za-z0-9_-]{1,48}$'),
    owner text not null check (octet_length(owner) between 1 and 128),
    -- Rises by one with each owner and never falls: every commit is made under an epoch (P5).
    epoch bigint not null check (epoch > 0),
    -- Number of the epoch's last commit, see mm.is_new_call.
    serial bigint not null default 0,
    lease_until timestamptz not null,
    acquired_at timestamptz not null
) with (fillfactor = 10);

comment on table mm.shard is 'Who owns a shard, under which epoch, until when (database clock).';
