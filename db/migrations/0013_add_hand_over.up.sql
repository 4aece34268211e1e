-- Matches that somebody else looks after from their announcement on: where no game server speaks to
-- the matchmaker, a platform of the studio's own reads the allocations and keeps its players out of
-- the queue while they play.

-- Ends the watch over a shard's matches that were committed more than p_older_ms ago, at most
-- p_limit: they count as ended, and their players are free. How many.
create function mm.hand_over(p_shard text, p_epoch bigint, p_older_ms int, p_limit int)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    v_match uuid[];
begin
    perform mm.fence(p_shard, p_epoch);
    with next as (
        select match_id from mm.match
        where due_at is not null and state = 'created' and shard = p_shard
            and created_at <= clock_timestamp() - p_older_ms * interval '1 ms'
        order by match_id limit p_limit for update),
    done as (
        update mm.match as m set state = 'ended', due_at = null
        from next where m.match_id = next.match_id
        returning m.match_id)
    select coalesce(array_agg(match_id), '{}') into v_match from done;
    delete from mm.active_player as a
    using (
        select match_id, unnest(players) as player_id
        from mm.match where match_id = any (v_match)) as p
    where a.player_id = p.player_id and a.match_id = p.match_id;
    return cardinality(v_match);
end $$;

grant execute on function mm.hand_over(text, bigint, int, int) to mm;
