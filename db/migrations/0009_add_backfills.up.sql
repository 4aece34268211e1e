-- Players who join running matches: the same promises as for a new match (P2, P3, P5), and only
-- while the match runs with the roster that asked.

-- Commits the groups of one tick that join running matches. Group g, from 1, joins p_match[g] by
-- the request of p_generation[g]; p_serial, and how tickets, players and messages point at groups
-- and tickets, as in mm.commit_tick.
--
-- One row for each group: 'joined' (now, or by an earlier call with the same arguments), 'clash'
-- with who was taken already, 'over' (the match does not run any more) or 'stale' (its roster has
-- changed since that request).
create function mm.commit_backfills(
    p_shard text, p_epoch bigint, p_serial bigint, p_match uuid[], p_generation int[],
    p_ticket uuid[], p_ticket_group int[], p_player bigint[], p_player_ticket int[],
    p_out_group int[], p_out_subject text[], p_out_msg_id text[], p_out_body bytea[])
returns table (
    group_index int, verdict text, clash_players bigint[], clash_tickets uuid[])
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    v_is_new boolean := mm.is_new_call(p_shard, p_epoch, p_serial);
    v_verdict text[];
    v_take boolean[];
begin
    -- In order of their ids, as everything that locks several matches.
    perform from mm.match
    where match_id = any (p_match) and shard = p_shard order by match_id for update;
    v_verdict := array(
        select case
            when m.tickets @> t.tickets then 'joined'
            when m.state is distinct from 'running' then 'over'
            when g.generation < m.generation then 'stale'
            when not v_is_new then 'clash'
            else 'take' end
        from unnest(p_match, p_generation) with ordinality as g (id, generation, n)
        left join mm.match as m on m.match_id = g.id and m.shard = p_shard
        left join (
            select t.g, array_agg(t.ticket_id) as tickets
            from unnest(p_ticket, p_ticket_group) as t (ticket_id, g) group by t.g) as t
            on t.g = g.n
        order by g.n);
    v_take := array(
        select v = 'take' from unnest(v_verdict) with ordinality as v (v, n) order by n);

    for group_index, clash_players, clash_tickets in
        select * from mm.take_places(
            p_match, v_take, p_ticket, p_ticket_group, p_player, p_player_ticket)
    loop
        v_verdict[group_index] := 'clash';
        v_take[group_index] := false;
        verdict := 'clash';
        return next;
    end loop;

    update mm.match as m
    set tickets = m.tickets || joining.tickets, players = m.players || joining.players,
        generation = greatest(m.generation, joining.generation)
    from (
        select p_match[j.g] as id, array_agg(distinct j.ticket_id) as tickets,
            array_agg(j.player_id) as players, max(p_generation[j.g]) as generation
        from (
            select p_ticket_group[p.t] as g, p_ticket[p.t] as ticket_id, p.player_id
            from unnest(p_player, p_player_ticket) as p (player_id, t)) as j
        where v_take[j.g] group by 1) as joining
    where m.match_id = joining.id;

    insert into mm.outbox (msg_id, match_id, epoch, subject, body)
    select o.msg_id, p_match[o.g], p_epoch, o.subject, nullif(o.body, '')
    from unnest(p_out_group, p_out_subject, p_out_msg_id, p_out_body)
        as o (g, subject, msg_id, body)
    where coalesce(v_take[o.g], true);

    return query
    select v.n::int, case v.v when 'take' then 'joined' else v.v end, '{}'::bigint[], '{}'::uuid[]
    from unnest(v_verdict) with ordinality as v (v, n) where v.v <> 'clash' or not v_is_new;
end $$;

grant execute on function mm.commit_backfills(
    text, bigint, bigint, uuid[], int[], uuid[], int[], bigint[], int[],
    int[], text[], text[], bytea[])
to mm;
