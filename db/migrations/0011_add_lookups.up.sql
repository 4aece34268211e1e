-- Questions that change nothing: after an unknown outcome, at a new owner's start, and for lobbies.

-- What became of matches, by id: of those that are not there, nothing was committed. Asked by who
-- took over, before anybody is queued again: from the takeover on no commit of an older epoch can
-- follow. Who still owns the shard repeats the call instead, since the first may be on its way.
create function mm.match_states(p_match uuid[])
returns table (
    match_id uuid, shard text, epoch bigint, state mm.match_state, attempt int, server text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select m.match_id, m.shard, m.epoch, m.state, m.attempt, m.server
    from unnest(p_match) as asked (id) join mm.match as m on m.match_id = asked.id
$$;

-- Tickets that have ended in a match, by id: a cancel that comes too late, a ticket that comes
-- again (P1, P4).
create function mm.ticket_matches(p_ticket uuid[])
returns table (ticket_id uuid, match_id uuid, state mm.match_state)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select t.ticket_id, t.match_id, m.state
    from unnest(p_ticket) as asked (id)
    join mm.match_ticket as t on t.ticket_id = asked.id
    left join mm.match as m on m.match_id = t.match_id
$$;

-- All tickets that were committed since a moment of the database's clock, of every shard: a new
-- owner takes them out of what it has read from snapshot and stream (P1, P2). Choose the moment a
-- minute before the snapshot, because a commit comes into sight later than its time says.
create function mm.tickets_since(p_since timestamptz)
returns table (ticket_id uuid, match_id uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select ticket_id, match_id from mm.match_ticket where committed_at >= p_since
$$;

-- Matches of a shard since a moment of the database's clock, with their tickets and players.
create function mm.matches_since(p_shard text, p_since timestamptz)
returns table (
    match_id uuid, epoch bigint, tick bigint, queue text, state mm.match_state, attempt int,
    created_at timestamptz, tickets uuid[], players bigint[])
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select match_id, epoch, tick, queue, state, attempt, created_at, tickets, players
    from mm.match
    where created_at >= p_since and shard = p_shard
    order by created_at, match_id
$$;

-- Matches of a shard that wait for acceptance, a claim or a start. A new owner closes those that
-- are proposed, whose answers died with the old one, and watches over the others.
create function mm.open_matches(p_shard text)
returns table (
    match_id uuid, state mm.match_state, attempt int, server text, due_ms bigint,
    tickets uuid[], body bytea)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select match_id, state, attempt, server,
        (extract(epoch from due_at - clock_timestamp()) * 1000)::bigint, tickets, body
    from mm.match
    where due_at is not null and shard = p_shard
    order by created_at, match_id
$$;

-- Which of these players are in a match now, and by which ticket.
create function mm.active_players(p_player bigint[])
returns table (
    player_id bigint, match_id uuid, ticket_id uuid, state mm.match_state, server text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select a.player_id, a.match_id, a.ticket_id, m.state, m.server
    from unnest(p_player) as asked (id)
    join mm.active_player as a on a.player_id = asked.id
    join mm.match as m on m.match_id = a.match_id
$$;

-- A match as one of its players may see it; no row for anybody else, as for no such match.
create function mm.session_of(p_match uuid, p_player bigint)
returns table (
    state mm.match_state, attempt int, server text, queue text, mode text, region text,
    created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select state, attempt, server, queue, mode, region, created_at
    from mm.match where match_id = p_match and p_player = any (players)
$$;

grant execute on function
    mm.match_states(uuid[]), mm.ticket_matches(uuid[]), mm.tickets_since(timestamptz),
    mm.matches_since(text, timestamptz), mm.open_matches(text)
to mm;
grant execute on function
    mm.active_players(bigint[]), mm.ticket_matches(uuid[]), mm.session_of(uuid, bigint)
to lobby_rw;
