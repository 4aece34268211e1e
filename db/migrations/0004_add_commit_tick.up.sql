-- The commit of a tick: the moment at which a match exists.
--
-- P2  A player is in at most one match: primary key of active_player.
-- P3  A party matches whole or not at all: a match whose players and tickets are not all free is
--     refused whole, and the rest of the tick is committed.
-- P5  Only the owner of the shard's epoch commits: mm.is_new_call.
--     What is committed is told: its messages are in the outbox by the same transaction.
--     A repetition changes nothing and gives the same answer: calls are numbered.

-- Seats groups of tickets in matches, each group whole or not at all. Returns the groups that were
-- refused, with who of them was taken already. Internal.
--
-- Group g, from 1, joins p_match[g] if p_take[g]. Ticket t is of group p_ticket_group[t], player p
-- of ticket p_player_ticket[p]. An index that leads nowhere fails on a column's NOT NULL.
--
-- Nearly always all are free: plain inserts, to which the unique indexes object if not. Two commits
-- of different shards that want the same player meet there: the later one waits for the end of the
-- earlier one. All insert players first and in order, so that no two wait for each other in a
-- circle. (Who shares a ticket shares its players, so tickets need no order.)
create function mm.take_places(
    p_match uuid[], p_take boolean[], p_ticket uuid[], p_ticket_group int[],
    p_player bigint[], p_player_ticket int[])
returns table (group_index int, clash_players bigint[], clash_tickets uuid[])
language plpgsql as $$
begin
    insert into mm.active_player (player_id, match_id, ticket_id)
    select p.player_id, p_match[p_ticket_group[p.t]], p_ticket[p.t]
    from unnest(p_player, p_player_ticket) as p (player_id, t)
    where coalesce(p_take[p_ticket_group[p.t]], true)
    order by p.player_id;

    insert into mm.match_ticket (ticket_id, match_id)
    select t.ticket_id, p_match[t.g]
    from unnest(p_ticket, p_ticket_group) as t (ticket_id, g)
    where coalesce(p_take[t.g], true);
exception when unique_violation then
    return query select * from mm.take_free_places(
        p_match, p_take, p_ticket, p_ticket_group, p_player, p_player_ticket);
end $$;

-- The same where somebody is taken: seats who is free, finds the groups that are not complete, and
-- takes their seats back before anybody could see them. Nothing is skipped silently. Internal.
--
-- A seat is a group's own if it is there with that match and that ticket, and was named once in
-- the whole call: of two groups that name one player neither is seated.
create function mm.take_free_places(
    p_match uuid[], p_take boolean[], p_ticket uuid[], p_ticket_group int[],
    p_player bigint[], p_player_ticket int[])
returns table (group_index int, clash_players bigint[], clash_tickets uuid[])
language plpgsql as $$
#variable_conflict use_column
begin
    insert into mm.active_player (player_id, match_id, ticket_id)
    select p.player_id, p_match[p_ticket_group[p.t]], p_ticket[p.t]
    from unnest(p_player, p_player_ticket) as p (player_id, t)
    where p_take[p_ticket_group[p.t]]
    order by p.player_id
    on conflict (player_id) do nothing;

    insert into mm.match_ticket (ticket_id, match_id)
    select t.ticket_id, p_match[t.g]
    from unnest(p_ticket, p_ticket_group) as t (ticket_id, g)
    where p_take[t.g]
    order by t.ticket_id
    on conflict (ticket_id) do nothing;

    for group_index, clash_players, clash_tickets in
        with seat as (
            select p_ticket_group[p.t] as g, p.player_id,
                a.player_id is not null and count(*) over (partition by p.player_id) = 1 as is_own
            from unnest(p_player, p_player_ticket) as p (player_id, t)
            left join mm.active_player as a on a.player_id = p.player_id
                and a.match_id = p_match[p_ticket_group[p.t]] and a.ticket_id = p_ticket[p.t]
            where p_take[p_ticket_group[p.t]]),
        place as (
            select t.g, t.ticket_id,
                m.ticket_id is not null and count(*) over (partition by t.ticket_id) = 1 as is_own
            from unnest(p_ticket, p_ticket_group) as t (ticket_id, g)
            left join mm.match_ticket as m
                on m.ticket_id = t.ticket_id and m.match_id = p_match[t.g]
            where p_take[t.g]),
        lost_seat as (
            select g, array_agg(distinct player_id) as players
            from seat where not is_own group by g),
        lost_place as (
            select g, array_agg(distinct ticket_id) as tickets
            from place where not is_own group by g)
        select g, coalesce(players, '{}'), coalesce(tickets, '{}')
        from lost_seat full join lost_place using (g) order by g
    loop
        delete from mm.active_player as a
        using unnest(p_player, p_player_ticket) as p (player_id, t)
        where p_ticket_group[p.t] = group_index and a.player_id = p.player_id
            and a.match_id = p_match[group_index] and a.ticket_id = p_ticket[p.t];
        delete from mm.match_ticket as m
        using unnest(p_ticket, p_ticket_group) as t (ticket_id, g)
        where t.g = group_index and m.ticket_id = t.ticket_id
            and m.match_id = p_match[group_index];
        return next;
    end loop;
end $$;

-- Commits the matches of one tick of a shard, in one round trip.
--
-- One row for each match, in no particular order: its state now, or, if it was refused, null and
-- who was taken already. The first tells who must not be queued again; all others of a refused
-- match wait on. Raises MM001 FENCED (stand by), or MM002 PASSED or an error of class 22 or 23 (a
-- mistake of the caller). After an unknown outcome, and after 55P03 (lock_timeout) or 40P01, call
-- it again with the same arguments: what was not committed by then will never be.
--
-- p_serial rises with each call of this and of the other functions that take one.
-- Match m, from 1: p_match, p_queue, p_mode, p_region, p_proposed (its players have yet to accept),
-- p_due_ms (until it must be accepted or claimed), p_body (the allocation). Tickets and players
-- point at matches and tickets as in mm.take_places. Message o is of match p_out_match[o]; an
-- empty body stands for the match's own.
create function mm.commit_tick(
    p_shard text, p_epoch bigint, p_serial bigint, p_tick bigint, p_rules_version bigint,
    p_match uuid[], p_queue text[], p_mode text[], p_region text[], p_proposed boolean[],
    p_due_ms int[], p_body bytea[],
    p_ticket uuid[], p_ticket_match int[], p_player bigint[], p_player_ticket int[],
    p_out_match int[], p_out_subject text[], p_out_msg_id text[], p_out_body bytea[])
returns table (
    match_id uuid, state mm.match_state, clash_players bigint[], clash_tickets uuid[])
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    v_is_new boolean := mm.is_new_call(p_shard, p_epoch, p_serial);
    v_take boolean[] := array_fill(v_is_new, array[cardinality(p_match)]);
    v_refused int;
begin
    for v_refused, clash_players, clash_tickets in
        select * from mm.take_places(
            p_match, v_take, p_ticket, p_ticket_match, p_player, p_player_ticket)
    loop
        v_take[v_refused] := false;
        match_id := p_match[v_refused];
        return next;
    end loop;

    insert into mm.match (
        match_id, shard, epoch, tick, queue, mode, region, rules_version, state, due_at,
        tickets, players, body)
    select m.id, p_shard, p_epoch, p_tick, m.queue, m.mode, m.region, p_rules_version,
        case when m.proposed then 'proposed' else 'created' end::mm.match_state,
        now() + m.due_ms * interval '1 ms', t.tickets, p.players, m.body
    from unnest(p_match, p_queue, p_mode, p_region, p_proposed, p_due_ms, p_body)
        with ordinality as m (id, queue, mode, region, proposed, due_ms, body, n)
    left join (
        select g, array_agg(ticket_id) as tickets
        from unnest(p_ticket, p_ticket_match) as t (ticket_id, g) group by g) as t on t.g = m.n
    left join (
        select p_ticket_match[p.t] as g, array_agg(player_id) as players
        from unnest(p_player, p_player_ticket) as p (player_id, t) group by 1) as p on p.g = m.n
    where v_take[m.n];

    insert into mm.outbox (msg_id, match_id, epoch, subject, body)
    select o.msg_id, p_match[o.m], p_epoch, o.subject, nullif(o.body, '')
    from unnest(p_out_match, p_out_subject, p_out_msg_id, p_out_body)
        as o (m, subject, msg_id, body)
    where coalesce(v_take[o.m], true);

    return query
    select m.id, case when m.proposed then 'proposed' else 'created' end::mm.match_state,
        '{}'::bigint[], '{}'::uuid[]
    from unnest(p_match, p_proposed, v_take) as m (id, proposed, took) where m.took
    union all
    select m.id, had.state, '{}', '{}'
    from unnest(p_match) as m (id) left join mm.match as had on had.match_id = m.id
    where not v_is_new;
end $$;

grant execute on function mm.commit_tick(
    text, bigint, bigint, bigint, bigint, uuid[], text[], text[], text[], boolean[], int[], bytea[],
    uuid[], int[], bigint[], int[], int[], text[], text[], bytea[])
to mm;
