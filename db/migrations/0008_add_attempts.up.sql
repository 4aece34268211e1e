-- What becomes of a match that no server claims, that does not start, or whose server fell
-- silent. Done by the owner of its shard, fenced (P5); repeating changes nothing (P6).

-- Matches of a shard that somebody has to look at by now, the longest overdue first: proposed but
-- not accepted, created but not claimed, allocated but not running.
create function mm.due_matches(p_shard text, p_limit int)
returns table (
    match_id uuid, state mm.match_state, attempt int, server text, overdue_ms bigint, body bytea)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select match_id, state, attempt, server,
        (extract(epoch from clock_timestamp() - due_at) * 1000)::bigint, body
    from mm.match
    where due_at <= statement_timestamp() and shard = p_shard
    order by due_at limit p_limit
$$;

-- Matches of a shard that are at servers which have fallen silent.
create function mm.silent_matches(p_shard text, p_server text[])
returns table (match_id uuid, state mm.match_state, attempt int, server text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select match_id, state, attempt, server from mm.match
    where server = any (p_server) and state in ('allocated', 'running') and shard = p_shard
    order by created_at, match_id
$$;

-- Another server is asked: the attempt rises by one and the claim of the last is void. p_attempt
-- is the attempt that failed. The new attempt's number; null if the match has gone on meanwhile.
-- A repetition gives the number that the first call gave.
create function mm.next_attempt(
    p_shard text, p_epoch bigint, p_match uuid, p_attempt int, p_due_ms int, p_body bytea,
    p_out_subject text[], p_out_msg_id text[], p_out_body bytea[])
returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform mm.fence(p_shard, p_epoch);
    update mm.match
    set attempt = attempt + 1, state = 'created', server = null, body = p_body,
        due_at = now() + p_due_ms * interval '1 ms'
    where match_id = p_match and shard = p_shard and attempt = p_attempt
        and state in ('created', 'allocated');
    if found then
        perform mm.put_out(
            p_epoch, array[p_match], array[p_match],
            array_fill(1, array[cardinality(p_out_subject)]),
            p_out_subject, p_out_msg_id, p_out_body);
        return p_attempt + 1;
    end if;
    return (
        select attempt from mm.match
        where match_id = p_match and shard = p_shard and attempt = p_attempt + 1
            and state in ('created', 'allocated', 'running'));
end $$;

-- Gives matches up, each at the attempt that failed. Players are free. The tickets of a match
-- that never ran are free too and go back to their queues; those of a running match have ended.
--
-- One row for each match that is there: its state now, and whether its tickets wait again. Who
-- finds another state than failed came too late, and leaves the match alone.
create function mm.fail_matches(
    p_shard text, p_epoch bigint, p_match uuid[], p_attempt int[],
    p_out_match int[], p_out_subject text[], p_out_msg_id text[], p_out_body bytea[])
returns table (match_id uuid, state mm.match_state, requeue boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    v_before record;
    v_done uuid[] := '{}';
begin
    perform mm.fence(p_shard, p_epoch);
    for v_before in
        select m.match_id as id, m.state <> 'running' as never_ran
        from unnest(p_match, p_attempt) as f (id, attempt)
        join mm.match as m on m.match_id = f.id and m.attempt = f.attempt
        where m.shard = p_shard and m.state in ('created', 'allocated', 'running')
        order by m.match_id for update of m
    loop
        update mm.match set state = 'failed', due_at = null where match_id = v_before.id;
        perform mm.free_places(v_before.id, v_before.never_ran);
        v_done := v_done || v_before.id;
    end loop;
    perform mm.put_out(
        p_epoch, p_match, v_done, p_out_match, p_out_subject, p_out_msg_id, p_out_body);
    return query
    select m.match_id, m.state, m.state = 'failed' and not exists (
        select from mm.match_ticket as t
        where t.ticket_id = any (m.tickets) and t.match_id = m.match_id)
    from mm.match as m where m.match_id = any (p_match) and m.shard = p_shard;
end $$;

grant execute on function
    mm.due_matches(text, int), mm.silent_matches(text, text[]),
    mm.next_attempt(
        text, bigint, uuid, int, int, bytea, text[], text[], bytea[]),
    mm.fail_matches(text, bigint, uuid[], int[], int[], text[], text[], bytea[])
to mm;
