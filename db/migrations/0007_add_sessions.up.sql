-- What game servers say of a match (P6: one match has at most one live session).
--
-- A server is held to the attempt under which it was asked: each function compares match, attempt
-- and server, so that a server that was given up and comes back finds the door closed. All may be
-- repeated after an unknown outcome.
--
-- Heartbeats of servers are not kept here: a write every three seconds for each of them would
-- cost more flushes than the matches do. They go over NATS; who listens reports silent servers by
-- mm.silent_matches.

-- Claims a created match for a server, which has p_start_ms to say that it runs. One row with the
-- allocation if it is the server's, now or by an earlier call; none if it must drop the work. Of
-- many servers at once one wins: the others wait for its row and then find it allocated.
create function mm.claim_match(p_match uuid, p_attempt int, p_server text, p_start_ms int)
returns table (body bytea)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update mm.match
    set state = 'allocated', server = p_server,
        due_at = case when state = 'created' then now() + p_start_ms * interval '1 ms'
            else due_at end
    where match_id = p_match and attempt = p_attempt
        and (state = 'created' or state = 'allocated' and server = p_server)
    returning body
$$;

-- The server is ready and lets players in; false if the match is not the server's any more.
create function mm.start_match(p_match uuid, p_attempt int, p_server text)
returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with started as (
        update mm.match set state = 'running', due_at = null
        where match_id = p_match and attempt = p_attempt and server = p_server
            and state in ('allocated', 'running')
        returning match_id)
    select exists (select from started)
$$;

-- The match is over and its players are free; its result may still come. False if the match is
-- not the server's any more.
create function mm.end_match(p_match uuid, p_attempt int, p_server text)
returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update mm.match set state = 'ended', due_at = null
    where match_id = p_match and attempt = p_attempt and server = p_server
        and state in ('running', 'ended');
    if not found then return false; end if;
    perform mm.free_places(p_match, false);
    return true;
end $$;

-- The server cannot play it. Before it ran, the match becomes due at once for another attempt;
-- a running match has failed, and its players are free. The state then, or null if the match is
-- not the server's any more.
create function mm.give_up_match(p_match uuid, p_attempt int, p_server text)
returns mm.match_state
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    v_state mm.match_state;
begin
    update mm.match
    set state = case when state = 'allocated' then 'allocated' else 'failed' end::mm.match_state,
        due_at = case when state = 'allocated' then now() end
    where match_id = p_match and attempt = p_attempt and server = p_server
        and state in ('allocated', 'running', 'failed')
    returning state into v_state;
    if v_state = 'failed' then
        perform mm.free_places(p_match, false);
    end if;
    return v_state;
end $$;

-- Players who have left a running match for good may queue again. p_generation is that of the
-- roster without them: a request for players of an older one is refused from now on. Returns who
-- was freed; nobody if the match is not the server's any more.
create function mm.release_players(
    p_match uuid, p_attempt int, p_server text, p_generation int, p_player bigint[])
returns setof bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update mm.match set generation = greatest(generation, p_generation)
    where match_id = p_match and attempt = p_attempt and server = p_server
        and state = 'running';
    if not found then return; end if;
    return query
    delete from mm.active_player where player_id = any (p_player) and match_id = p_match
    returning player_id;
end $$;

-- Of the sessions that a server believes to run, those that it must end: given up, ended, or
-- another's.
create function mm.dead_sessions(p_server text, p_match uuid[], p_attempt int[])
returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select s.match_id from unnest(p_match, p_attempt) as s (match_id, attempt)
    where not exists (
        select from mm.match as m
        where m.match_id = s.match_id and m.attempt = s.attempt and m.server = p_server
            and m.state in ('allocated', 'running'))
$$;

grant execute on function
    mm.claim_match(uuid, int, text, int), mm.start_match(uuid, int, text),
    mm.end_match(uuid, int, text), mm.give_up_match(uuid, int, text),
    mm.release_players(uuid, int, text, int, bigint[]),
    mm.dead_sessions(text, uuid[], int[])
to world_result;
