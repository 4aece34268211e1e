-- Matches, who is in them, and what has to be told of them.
--
-- No foreign keys between these tables: nobody can write them but the functions, which keep them
-- consistent in one transaction each, and a tick's commit would cost twice as much with them
-- (figures in docs/decisions/0012-commit.md). The tests look for what
-- a foreign key would refuse.

-- proposed    waits for its players to accept
-- created     wants a game server, under the current attempt
-- allocated   claimed by a server that has not said yet that it runs
-- running     is played
-- ended       was played; its players are free
-- failed      found no server, or lost it; its players are free
-- closed      was not accepted; as if it had never been
create type mm.match_state as enum (
    'proposed', 'created', 'allocated', 'running', 'ended', 'failed', 'closed');

create table mm.match (
    match_id uuid primary key,
    shard text not null,
    -- Of the owner who committed it.
    epoch bigint not null,
    tick bigint not null,
    queue text not null,
    mode text not null,
    region text not null,
    rules_version bigint not null,
    state mm.match_state not null,
    -- Counts the servers that were asked to play it, from 1: a claim is good for one attempt (P6).
    attempt int not null default 1,
    -- Of the request for players that was filled last; a request of an older one is refused.
    generation int not null default 0,
    -- The server that claimed it.
    server text,
    -- When somebody has to look at it: accept, claim or start by then. Null when nothing is due.
    due_at timestamptz,
    created_at timestamptz not null default now(),
    -- Who is or was in it, in the order of the commit. Kept here rather than found by an index on
    -- each ticket and player, of which there are up to eighty times as many.
    tickets uuid[] not null,
    players bigint[] not null,
    -- The allocation as it is sent to game servers.
    body bytea not null
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05);
-- Bodies of larger matches are stored as they are: compressing them costs more than writing them.
alter table mm.match alter column body set storage external;

-- Small: a match is in it until it runs.
create index match_due on mm.match (due_at) where due_at is not null;
create index match_server on mm.match (server) where state in ('allocated', 'running');
-- Rows come in order of time, so that a few bytes for each 128 kB find an age.
create index match_age on mm.match using brin (created_at)
    with (pages_per_range = 16, autosummarize = on);

-- A player is in at most one match: the primary key is the promise (P2).
create table mm.active_player (
    player_id bigint primary key check (player_id > 0),
    match_id uuid not null,
    ticket_id uuid not null
) with (autovacuum_vacuum_scale_factor = 0.05);

-- A ticket ends in at most one match, also after that match has ended (P1): a ticket that comes
-- again is known, a cancel that comes too late is told of its match, and a new owner leaves out
-- who was matched. A match that failed before it ran gives its tickets back.
create table mm.match_ticket (
    ticket_id uuid primary key,
    match_id uuid not null,
    committed_at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0.05);
create index match_ticket_age on mm.match_ticket using brin (committed_at)
    with (pages_per_range = 16, autosummarize = on);

-- What has to be published, written with what it tells of. The key is the message's own id, so
-- that nothing can be in it twice.
create table mm.outbox (
    msg_id text collate "C" primary key,
    match_id uuid not null,
    epoch bigint not null,
    subject text not null,
    -- Null for the match's own body, which would else be written twice.
    body bytea,
    created_at timestamptz not null default now(),
    -- Somebody is publishing it; nobody else tries before then.
    taken_until timestamptz,
    sent_at timestamptz
) with (autovacuum_vacuum_scale_factor = 0.05);
alter table mm.outbox alter column body set storage external;
create index outbox_unsent on mm.outbox (created_at) where sent_at is null;

comment on table mm.match is 'Every match from its commit on; purged some hours after its end.';
comment on table mm.active_player is 'Who is in a match now.';
comment on table mm.match_ticket is 'Which match a ticket ended in.';
comment on table mm.outbox is 'Messages that have to be published; sent ones are kept a while.';
