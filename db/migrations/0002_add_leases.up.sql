-- Acquiring, renewing and giving back a shard (P5: at most one owner can commit).
--
-- Only the database's clock counts, and always clock_timestamp(): now() is the time at which the
-- transaction began, which lies before the wait for a row that somebody else holds.

-- Takes a shard whose lease is over, or that never had an owner, under a new epoch.
--
-- One row always: whether it was granted, and who owns it now, for how many more milliseconds.
-- A second call of the owner itself is refused too, while its lease lasts: two processes that
-- were started under one name could not be told from one process that asks twice. Who does not
-- know whether it was granted waits for the lease to end.
--
-- Of many at once one wins: the row's lock puts them in order, and the condition is checked again
-- under it. The lock also waits for a commit in flight, see mm.fence.
create function mm.acquire_shard(p_shard text, p_owner text, p_lease_ms int)
returns table (
    granted boolean, owner text, epoch bigint, remaining_ms bigint, database_time timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    v_epoch bigint;
begin
    if p_lease_ms is null or p_lease_ms not between 100 and 600000 then
        raise exception 'MALFORMED: a lease lasts 100 to 600000 ms' using errcode = 'MM003';
    end if;
    insert into mm.shard as held (shard, owner, epoch, lease_until, acquired_at)
    values (
        p_shard, p_owner, 1, clock_timestamp() + p_lease_ms * interval '1 ms', clock_timestamp())
    on conflict (shard) do update
    set owner = excluded.owner, epoch = held.epoch + 1, serial = 0, acquired_at = clock_timestamp(),
        lease_until = clock_timestamp() + p_lease_ms * interval '1 ms'
    where held.lease_until <= clock_timestamp()
    returning held.epoch into v_epoch;
    return query
    select v_epoch is not null, held.owner, held.epoch,
        (extract(epoch from held.lease_until - clock_timestamp()) * 1000)::bigint,
        clock_timestamp()
    from mm.shard as held where held.shard = p_shard;
end $$;

-- Lengthens the lease of who still holds the epoch; false when somebody else has taken over. A
-- lease that has run out without a successor may be renewed: nothing was committed in between.
create function mm.renew_shard(p_shard text, p_epoch bigint, p_lease_ms int)
returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with renewed as (
        update mm.shard
        set lease_until = clock_timestamp()
            + least(greatest(p_lease_ms, 100), 600000) * interval '1 ms'
        where shard = p_shard and epoch = p_epoch
        returning shard)
    select exists (select from renewed)
$$;

-- Ends the lease now, for a hand-over without a wait; false when somebody else has taken over.
-- The epoch stays: until the next owner comes, its holder could still commit what it had begun.
create function mm.release_shard(p_shard text, p_epoch bigint)
returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with released as (
        update mm.shard set lease_until = clock_timestamp()
        where shard = p_shard and epoch = p_epoch
        returning shard)
    select exists (select from released)
$$;

-- All shards: for choosing which to take, and for people.
create function mm.shards()
returns table (
    shard text, owner text, epoch bigint, remaining_ms bigint, acquired_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select shard, owner, epoch,
        (extract(epoch from lease_until - clock_timestamp()) * 1000)::bigint, acquired_at
    from mm.shard order by shard
$$;

-- Stops the transaction with FENCED unless the shard's epoch is the caller's (P5). Internal: the
-- first statement of everything that a shard's owner writes.
--
-- The lock is kept to the end of the transaction. A takeover waits for it, so that a new owner
-- sees all that the old one committed; and the writes of one shard follow each other, so that a
-- repetition whose first attempt is still being executed finds it finished.
create function mm.fence(p_shard text, p_epoch bigint)
returns void
language plpgsql as $$
begin
    perform from mm.shard where shard = p_shard and epoch = p_epoch for no key update;
    if not found then
        raise exception 'FENCED: % is not the epoch of shard %', p_epoch, p_shard
            using errcode = 'MM001';
    end if;
end $$;

-- The fence of calls that may be refused: numbers them within their epoch. True for a new call,
-- false for a repetition of the last one, whose outcome was unknown to the caller; an error for an
-- older one. Internal.
--
-- Why not look alone for what is there: a call can lie in a broken connection's buffer while its
-- repetition is refused, and come to be executed when those who were in the way are free again.
-- Then it would commit what its caller has long given up. So a repetition only ever reports.
create function mm.is_new_call(p_shard text, p_epoch bigint, p_serial bigint)
returns boolean
language plpgsql as $$
declare
    v_last bigint;
begin
    select serial into v_last from mm.shard
    where shard = p_shard and epoch = p_epoch for no key update;
    if v_last is null then
        raise exception 'FENCED: % is not the epoch of shard %', p_epoch, p_shard
            using errcode = 'MM001';
    end if;
    if p_serial is null or p_serial < v_last then
        raise exception 'PASSED: call % comes after call %', p_serial, v_last
            using errcode = 'MM002';
    end if;
    update mm.shard set serial = p_serial where shard = p_shard and p_serial > v_last;
    return p_serial > v_last;
end $$;

grant execute on function
    mm.acquire_shard(text, text, int), mm.renew_shard(text, bigint, int),
    mm.release_shard(text, bigint), mm.shards()
to mm;
