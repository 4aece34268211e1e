-- Matches that somebody else looks after from their announcement on: where no game server speaks to
-- the matchmaker, a platform of the studio's own reads the allocations and keeps its players out of
-- the queue while they play.

-- Ends the watch over a shard's matches, at most p_limit. They count as running, without a server,
-- so that players may join them, and as ended p_end_after later. Whoever was committed more than
-- p_older_ms ago is free: until then two lobbies that queue one player at once cannot both have him
-- placed. How many matches were handed over.
create function mm.hand_over(
    p_shard text, p_epoch bigint, p_older_ms int, p_end_after interval, p_limit int)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    v_before timestamptz := clock_timestamp() - p_older_ms * interval '1 ms';
    v_count bigint;
begin
    perform mm.fence(p_shard, p_epoch);
    with next as (
        select match_id from mm.match
        where due_at is not null and state = 'created' and shard = p_shard
        order by match_id limit p_limit for update),
    done as (
        update mm.match as m set state = 'running', due_at = null
        from next where m.match_id = next.match_id
        returning m.match_id)
    select count(*) into v_count from done;
    -- Here all that play are those of the last moments, so the whole table is looked through.
    delete from mm.active_player as a
    using mm.match as m, mm.match_ticket as t
    where m.match_id = a.match_id and m.shard = p_shard and m.state = 'running'
        and m.server is null and t.ticket_id = a.ticket_id and t.committed_at <= v_before;
    update mm.match set state = 'ended'
    where server is null and state = 'running' and shard = p_shard
        and created_at < now() - p_end_after;
    return v_count;
end $$;

grant execute on function mm.hand_over(text, bigint, int, interval, int) to mm;
