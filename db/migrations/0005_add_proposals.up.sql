-- Matches that their players have to accept. They are committed as proposed, with their players
-- taken (P2), and become created or closed. Everything here is fenced (P5) and may be repeated.

-- Frees the players of a match, and with p_tickets its tickets too, so that they can be matched
-- again. The caller holds the match's row. Internal.
create function mm.free_places(p_match uuid, p_tickets boolean)
returns void
language plpgsql as $$
begin
    delete from mm.active_player as a
    using (select unnest(players) as player_id from mm.match where match_id = p_match) as p
    where a.player_id = p.player_id and a.match_id = p_match;
    if p_tickets then
        delete from mm.match_ticket as t
        using (select unnest(tickets) as ticket_id from mm.match where match_id = p_match) as m
        where t.ticket_id = m.ticket_id and t.match_id = p_match;
    end if;
end $$;

-- Puts messages about matches into the outbox, of those matches that p_about names: message o is
-- about p_match[p_out_match[o]]. An empty body stands for the match's own. Internal.
create function mm.put_out(
    p_epoch bigint, p_match uuid[], p_about uuid[],
    p_out_match int[], p_out_subject text[], p_out_msg_id text[], p_out_body bytea[])
returns void
language sql as $$
    insert into mm.outbox (msg_id, match_id, epoch, subject, body)
    select o.msg_id, p_match[o.m], p_epoch, o.subject, nullif(o.body, '')
    from unnest(p_out_match, p_out_subject, p_out_msg_id, p_out_body)
        as o (m, subject, msg_id, body)
    where coalesce(p_match[o.m] = any (p_about), true)
$$;

-- All have accepted: the matches want servers. p_body is the allocation as it will be played.
--
-- One row for each match that is there, with its state now. Who finds a state other than proposed
-- or closed has been accepted, by this call or by an earlier one with the same arguments.
create function mm.accept_matches(
    p_shard text, p_epoch bigint, p_match uuid[], p_due_ms int, p_body bytea[],
    p_out_match int[], p_out_subject text[], p_out_msg_id text[], p_out_body bytea[])
returns table (match_id uuid, state mm.match_state)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    v_done uuid[];
begin
    perform mm.fence(p_shard, p_epoch);
    with done as (
        update mm.match as m
        set state = 'created', body = a.body, due_at = now() + p_due_ms * interval '1 ms'
        from unnest(p_match, p_body) as a (id, body)
        where m.match_id = a.id and m.shard = p_shard and m.state = 'proposed'
        returning m.match_id)
    select array_agg(match_id) into v_done from done;
    perform mm.put_out(
        p_epoch, p_match, coalesce(v_done, '{}'),
        p_out_match, p_out_subject, p_out_msg_id, p_out_body);
    return query
    select m.match_id, m.state from mm.match as m
    where m.match_id = any (p_match) and m.shard = p_shard;
end $$;

-- Not accepted: as if the match had never been. Players and tickets are free at once.
--
-- One row for each match that is there, with its state now: closed, or what it became before.
create function mm.close_matches(
    p_shard text, p_epoch bigint, p_match uuid[],
    p_out_match int[], p_out_subject text[], p_out_msg_id text[], p_out_body bytea[])
returns table (match_id uuid, state mm.match_state)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    v_done uuid[];
begin
    perform mm.fence(p_shard, p_epoch);
    with done as (
        update mm.match as m set state = 'closed', due_at = null
        where m.match_id = any (p_match) and m.shard = p_shard and m.state = 'proposed'
        returning m.match_id)
    select coalesce(array_agg(match_id), '{}') into v_done from done;
    perform mm.free_places(id, true) from unnest(v_done) as d (id);
    perform mm.put_out(
        p_epoch, p_match, v_done, p_out_match, p_out_subject, p_out_msg_id, p_out_body);
    return query
    select m.match_id, m.state from mm.match as m
    where m.match_id = any (p_match) and m.shard = p_shard;
end $$;

-- Another ticket takes the place of one that declined or stayed silent (P2, P3: whole or not at
-- all). True if it stands in for the other now; else who of it was taken already, or nobody when
-- the match is not proposed any more or does not hold the other ticket. A call with a serial, see
-- mm.commit_tick.
create function mm.replace_ticket(
    p_shard text, p_epoch bigint, p_serial bigint, p_match uuid, p_old uuid, p_new uuid,
    p_player bigint[], p_out_subject text[], p_out_msg_id text[], p_out_body bytea[])
returns table (replaced boolean, clash_players bigint[], clash_tickets uuid[])
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    v_match mm.match;
    v_gone bigint[];
begin
    if not mm.is_new_call(p_shard, p_epoch, p_serial) then
        return query select exists (
            select from mm.match_ticket as t where t.ticket_id = p_new and t.match_id = p_match),
            '{}'::bigint[], '{}'::uuid[];
        return;
    end if;
    select * into v_match from mm.match
    where match_id = p_match and shard = p_shard and state = 'proposed'
        and p_old = any (tickets) for update;
    if not found then
        return query select false, '{}'::bigint[], '{}'::uuid[];
        return;
    end if;
    select true, c.clash_players, c.clash_tickets
    into replaced, clash_players, clash_tickets
    from mm.take_places(
        array[p_match], array[true], array[p_new], array[1], p_player,
        array_fill(1, array[cardinality(p_player)])) as c;
    if found then
        return query select false, clash_players, clash_tickets;
        return;
    end if;
    with gone as (
        delete from mm.active_player
        where player_id = any (v_match.players) and match_id = p_match and ticket_id = p_old
        returning player_id)
    select array_agg(player_id) into v_gone from gone;
    delete from mm.match_ticket where ticket_id = p_old and match_id = p_match;
    update mm.match
    set tickets = array_replace(tickets, p_old, p_new),
        players = array(select unnest(players) except select unnest(v_gone)) || p_player
    where match_id = p_match;
    perform mm.put_out(
        p_epoch, array[p_match], array[p_match],
        array_fill(1, array[cardinality(p_out_subject)]),
        p_out_subject, p_out_msg_id, p_out_body);
    return query select true, '{}'::bigint[], '{}'::uuid[];
end $$;

grant execute on function
    mm.accept_matches(
        text, bigint, uuid[], int, bytea[], int[], text[], text[], bytea[]),
    mm.close_matches(text, bigint, uuid[], int[], text[], text[], bytea[]),
    mm.replace_ticket(
        text, bigint, bigint, uuid, uuid, uuid, bigint[], text[], text[], bytea[])
to mm;
