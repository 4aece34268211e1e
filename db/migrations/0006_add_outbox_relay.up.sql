-- Publishing what was committed. The owner publishes from memory right after its commit and marks
-- with outbox_sent; outbox_take finds what was left over by an owner that died in between, or by
-- a broker that was away. A message may be published twice, under one id; never not at all.
--
-- Nothing here is polled by a growing number: numbers are given before commits, and come into
-- sight in another order. What is unsent is found by being unsent.

-- Unsent messages older than p_older_ms, the oldest first, at most p_limit; they are not given to
-- anybody else for p_hold_ms, within which the caller publishes and marks them. Callers at the
-- same time get different ones. No transaction stays open while somebody publishes.
create function mm.outbox_take(p_older_ms int, p_hold_ms int, p_limit int)
returns table (msg_id text, match_id uuid, epoch bigint, subject text, body bytea)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with next as (
        select msg_id from mm.outbox
        where sent_at is null
            -- Not clock_timestamp(): what changes from row to row cannot be looked up in an index.
            and created_at <= statement_timestamp() - p_older_ms * interval '1 ms'
            and (taken_until is null or taken_until <= statement_timestamp())
        order by created_at
        limit p_limit
        for update skip locked),
    taken as (
        update mm.outbox as o
        set taken_until = clock_timestamp() + p_hold_ms * interval '1 ms'
        from next where o.msg_id = next.msg_id
        returning o.msg_id, o.match_id, o.epoch, o.subject, o.body, o.created_at)
    select t.msg_id, t.match_id, t.epoch, t.subject, coalesce(t.body, m.body)
    from taken as t left join mm.match as m on m.match_id = t.match_id
    order by t.created_at, t.msg_id
$$;

-- Marks messages that the broker has stored; how many of them were not marked before. Rows are
-- locked in order, here and below, since owner and sweeper may mark the same ones at once.
create function mm.outbox_sent(p_msg_id text[])
returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with unsent as (
        select o.msg_id
        from unnest(p_msg_id) as i (id) join mm.outbox as o on o.msg_id = i.id collate "C"
        where o.sent_at is null
        order by o.msg_id for update of o),
    marked as (
        update mm.outbox as o set sent_at = now()
        from unsent where o.msg_id = unsent.msg_id
        returning o.msg_id)
    select count(*) from marked
$$;

-- Takes everything for unsent again that was marked within the last p_ago_ms; how many. For an
-- operator whose broker came back from a power cut without its last minute: every id is one that
-- readers know, so that what was not lost is a repetition.
create function mm.outbox_resend(p_ago_ms bigint)
returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with sent as (
        select msg_id from mm.outbox
        where sent_at >= now() - p_ago_ms * interval '1 ms'
        order by msg_id for update),
    again as (
        update mm.outbox as o set sent_at = null, taken_until = null
        from sent where o.msg_id = sent.msg_id
        returning o.msg_id)
    select count(*) from again
$$;

-- Unsent messages and the age of the oldest in milliseconds: for a gauge.
create function mm.outbox_state()
returns table (unsent bigint, oldest_ms bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select count(*),
        coalesce((extract(epoch from clock_timestamp() - min(created_at)) * 1000)::bigint, 0)
    from mm.outbox where sent_at is null
$$;

grant execute on function
    mm.outbox_take(int, int, int), mm.outbox_sent(text[]), mm.outbox_resend(bigint),
    mm.outbox_state()
to mm;
