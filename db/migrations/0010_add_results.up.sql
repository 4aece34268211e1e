-- Results of matches (P7: a result changes ratings exactly once).

create table mm.match_result (
    match_id uuid primary key,
    attempt int not null,
    server text not null,
    -- SHA-256 of the body: tells a repetition from a contradiction.
    hash bytea not null check (octet_length(hash) = 32),
    body bytea not null,
    recorded_at timestamptz not null default now()
);
comment on table mm.match_result is 'The one result of each match that has one.';

-- applied     it is the match's result: go on and change ratings and history in this transaction
-- duplicate   it was recorded before: change nothing, acknowledge
-- conflict    another result was recorded before: change nothing, keep this one aside, alert
-- stale       not from the server and attempt that played the match, or it was given up: likewise
create type mm.result_verdict as enum ('applied', 'duplicate', 'conflict', 'stale');

-- Records a match's result, ends it and frees its players. The lobby service calls it first in
-- the transaction that changes ratings: the row and the ratings are committed together or not at
-- all, and a second transaction waits for the first and then finds its row.
create function mm.record_result(
    p_match uuid, p_attempt int, p_server text, p_hash bytea, p_body bytea)
returns mm.result_verdict
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    v_recorded mm.match_result;
begin
    perform from mm.match
    where match_id = p_match and attempt = p_attempt and server = p_server
        and state in ('allocated', 'running', 'ended')
    for update;
    if not found then return 'stale'; end if;

    insert into mm.match_result (match_id, attempt, server, hash, body)
    values (p_match, p_attempt, p_server, p_hash, p_body)
    on conflict (match_id) do nothing;
    if not found then
        select * into strict v_recorded from mm.match_result where match_id = p_match;
        return case when v_recorded.hash = p_hash then 'duplicate' else 'conflict' end;
    end if;
    update mm.match set state = 'ended', due_at = null where match_id = p_match;
    perform mm.free_places(p_match, false);
    return 'applied';
end $$;

grant execute on function mm.record_result(uuid, int, text, bytea, bytea) to lobby_rw;
